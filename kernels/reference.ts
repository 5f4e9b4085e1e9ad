/**
 * The operators' references for one request as pure functions, without cases, files or devices, so
 * that a page can compute with what the kernels are tested against. Law: a suite's reference calls
 * the same function.
 */
export { bestContinuations, type Continuation } from './beam_step/reference.ts';
export { movedRows } from './compact_kv/reference.ts';
export { type Candidates, topCandidates } from './draft_topk/reference.ts';
export { drawToken, softmax } from './lib/draw-token.ts';
export { log } from './lib/reference-math.ts';
export { type PackedTree, packTree } from './pack_beams/reference.ts';
export { selectedPath } from './select_path/reference.ts';
export { maskWords } from './tree_mask/reference.ts';
export { uniformAt } from './uniform/reference.ts';
export {
  childWith,
  type ExactRequest,
  exactWalk,
  type TokenTree,
} from './verify_exact/reference.ts';
export { argmax, type GreedyRequest, longestMatch } from './verify_greedy/reference.ts';
export {
  bonusWeights,
  type RedrafterRequest,
  ratioOf,
  redrafterRule,
} from './verify_redrafter/reference.ts';
