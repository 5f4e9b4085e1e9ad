/** The operators that have a WGSL counterpart, in the order of `operators`. */
import { beamStepKernel } from './beam_step/wgsl.ts';
import { compactKvKernel } from './compact_kv/wgsl.ts';
import { draftTopkKernel } from './draft_topk/wgsl.ts';
import { drafterCellKernel } from './drafter_cell/wgsl.ts';
import { drafterResidualKernel } from './drafter_residual/wgsl.ts';
import { kvAppendKernel } from './kv_append/wgsl.ts';
import type { WgslKernel } from './lib/wgsl/record.ts';
import { mergePhasesKernel } from './merge_phases/wgsl.ts';
import { packBeamsKernel } from './pack_beams/wgsl.ts';
import { pruneTreeKernel } from './prune_tree/wgsl.ts';
import { scanLengthsKernel } from './scan_lengths/wgsl.ts';
import { selectPathKernel } from './select_path/wgsl.ts';
import { splitPhasesKernel } from './split_phases/wgsl.ts';
import { treeAttentionKernel } from './tree_attention/wgsl.ts';
import { treeMaskKernel } from './tree_mask/wgsl.ts';
import { uniformKernel } from './uniform/wgsl.ts';
import { verifyExactKernel } from './verify_exact/wgsl.ts';
import { verifyGreedyKernel } from './verify_greedy/wgsl.ts';
import { verifyRedrafterKernel } from './verify_redrafter/wgsl.ts';

export { bindingsOf, moduleText, outputName } from './lib/wgsl/module.ts';
export {
  type IndirectGroups,
  paramsOf,
  type WgslFeature,
  type WgslKernel,
  type WgslPass,
  type WgslPlan,
  type WgslVariant,
} from './lib/wgsl/record.ts';

export const wgslKernels: readonly WgslKernel[] = [
  drafterCellKernel,
  drafterResidualKernel,
  draftTopkKernel,
  beamStepKernel,
  packBeamsKernel,
  pruneTreeKernel,
  treeMaskKernel,
  kvAppendKernel,
  treeAttentionKernel,
  verifyGreedyKernel,
  verifyExactKernel,
  verifyRedrafterKernel,
  selectPathKernel,
  compactKvKernel,
  splitPhasesKernel,
  mergePhasesKernel,
  scanLengthsKernel,
  uniformKernel,
];
