/**
 * Drafting: the methods, how much of a draft is accepted, and how much a request differs from
 * another.
 */
export { type Acceptance, acceptanceOf, ProfileAcceptance } from './acceptance.ts';
export { type FitForm, type FitPoint, type FitResult, fitProfile } from './fit.ts';
export {
  type AcceptanceLaw,
  conditionalAcceptance,
  meanSurvival,
  meanTokensPerStep,
} from './mean-acceptance.ts';
export { type DraftMethod, draftMethod, draftMethods, type TreeKind } from './methods.ts';
export { acceptanceNames, acceptanceProfile } from './profiles.ts';
export { refitProfile } from './refit.ts';
export type { ShapeAcceptance } from './shape-acceptance.ts';
export { DEDUP_EXPONENT } from './tree-rows.ts';
