/**
 * The test side of every operator, in the order of `operators`. The bench takes its cases,
 * references and probes from here and nowhere else.
 */
import { beamStepSuite } from './beam_step/suite.ts';
import { kvAppendSuite } from './kv_append/suite.ts';
import { packBeamsSuite } from './pack_beams/suite.ts';
import { scanLengthsSuite } from './scan_lengths/suite.ts';
import type { OperatorSuite } from './suite-record.ts';
import { treeAttentionSuite } from './tree_attention/suite.ts';
import { treeMaskSuite } from './tree_mask/suite.ts';
import { uniformSuite } from './uniform/suite.ts';
import { verifyGreedySuite } from './verify_greedy/suite.ts';

export { CaseError } from './lib/case-error.ts';
export { parseCases, printCase, tensorsToJson } from './lib/case-file.ts';
export { compare, outputShapes } from './lib/compare.ts';
export { Draw, Stream, shrinkChoices } from './lib/draw.ts';
export type {
  Case,
  OperatorSuite,
  Probe,
  Problem,
  RawCase,
  Tensor,
  Tensors,
  Tolerance,
} from './suite-record.ts';

export const suites: readonly OperatorSuite[] = [
  beamStepSuite,
  packBeamsSuite,
  treeMaskSuite,
  kvAppendSuite,
  treeAttentionSuite,
  verifyGreedySuite,
  scanLengthsSuite,
  uniformSuite,
];
