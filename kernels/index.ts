/**
 * The operator suite: one folder per operator, one record in each. The order is that of a step.
 */
import { beamStep } from './beam_step/operator.ts';
import { compactKv } from './compact_kv/operator.ts';
import { draftTopk } from './draft_topk/operator.ts';
import { drafterCell } from './drafter_cell/operator.ts';
import { drafterResidual } from './drafter_residual/operator.ts';
import { kvAppend } from './kv_append/operator.ts';
import { mergePhases } from './merge_phases/operator.ts';
import { packBeams } from './pack_beams/operator.ts';
import { pruneTree } from './prune_tree/operator.ts';
import type { Operator } from './record.ts';
import { scanLengths } from './scan_lengths/operator.ts';
import { selectPath } from './select_path/operator.ts';
import { splitPhases } from './split_phases/operator.ts';
import { treeAttention } from './tree_attention/operator.ts';
import { treeMask } from './tree_mask/operator.ts';
import { uniform } from './uniform/operator.ts';
import { verifyExact } from './verify_exact/operator.ts';
import { verifyGreedy } from './verify_greedy/operator.ts';
import { verifyRedrafter } from './verify_redrafter/operator.ts';

export type { Attribute, Axis, Dtype, Dtypes, Operator, TensorSpec, Work } from './record.ts';
export { bytesPerElement, emptyWork, limits } from './record.ts';

export {
  beamStep,
  compactKv,
  drafterCell,
  drafterResidual,
  draftTopk,
  kvAppend,
  mergePhases,
  packBeams,
  pruneTree,
  scanLengths,
  selectPath,
  splitPhases,
  treeAttention,
  treeMask,
  uniform,
  verifyExact,
  verifyGreedy,
  verifyRedrafter,
};

/** Every operator of the suite. */
export const operators: readonly Operator[] = [
  drafterCell,
  drafterResidual,
  draftTopk,
  beamStep,
  packBeams,
  pruneTree,
  treeMask,
  kvAppend,
  treeAttention,
  verifyGreedy,
  verifyExact,
  verifyRedrafter,
  selectPath,
  compactKv,
  splitPhases,
  mergePhases,
  scanLengths,
  uniform,
];
