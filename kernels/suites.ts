/**
 * The test side of every operator, in the order of `operators`. The bench takes its cases,
 * references and probes from here and nowhere else.
 */
import { beamStepSuite } from './beam_step/suite.ts';
import { compactKvSuite } from './compact_kv/suite.ts';
import { draftTopkSuite } from './draft_topk/suite.ts';
import { drafterCellSuite } from './drafter_cell/suite.ts';
import { drafterResidualSuite } from './drafter_residual/suite.ts';
import { kvAppendSuite } from './kv_append/suite.ts';
import { mergePhasesSuite } from './merge_phases/suite.ts';
import { packBeamsSuite } from './pack_beams/suite.ts';
import { pruneTreeSuite } from './prune_tree/suite.ts';
import { scanLengthsSuite } from './scan_lengths/suite.ts';
import { selectPathSuite } from './select_path/suite.ts';
import { splitPhasesSuite } from './split_phases/suite.ts';
import type { OperatorSuite } from './suite-record.ts';
import { treeAttentionSuite } from './tree_attention/suite.ts';
import { treeMaskSuite } from './tree_mask/suite.ts';
import { uniformSuite } from './uniform/suite.ts';
import { verifyExactSuite } from './verify_exact/suite.ts';
import { verifyGreedySuite } from './verify_greedy/suite.ts';
import { verifyRedrafterSuite } from './verify_redrafter/suite.ts';

export { CaseError, suggestion } from './lib/case-error.ts';
export { parseCases, printCase, tensorsToJson } from './lib/case-file.ts';
export { compare, outputShapes } from './lib/compare.ts';
export { Draw, Stream, shrinkChoices } from './lib/draw.ts';
export { isFloat, roundTo } from './lib/float-formats.ts';
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
  drafterCellSuite,
  drafterResidualSuite,
  draftTopkSuite,
  beamStepSuite,
  packBeamsSuite,
  pruneTreeSuite,
  treeMaskSuite,
  kvAppendSuite,
  treeAttentionSuite,
  verifyGreedySuite,
  verifyExactSuite,
  verifyRedrafterSuite,
  selectPathSuite,
  compactKvSuite,
  splitPhasesSuite,
  mergePhasesSuite,
  scanLengthsSuite,
  uniformSuite,
];
