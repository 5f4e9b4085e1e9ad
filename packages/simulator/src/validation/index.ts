export type {
  ErrorTarget,
  EvidencePoint,
  EvidenceRow,
  Fact,
  Part,
} from './evidence.ts';
export { type Validation, validate } from './validation.ts';
