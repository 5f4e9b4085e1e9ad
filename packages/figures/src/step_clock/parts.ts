/**
 * The parts of a step on the clock, by operator. Law: every operator of a step stands in exactly
 * one part, so that the parts sum to the step.
 */

/** In the order of a step. */
export const partNames = [
  'products',
  'attention',
  'head',
  'kernels',
  'links',
  'sampling',
  'draft-head',
  'draft-rest',
  'overhead',
] as const;

export type PartName = (typeof partNames)[number];

/** What a reader tells apart first; parts detail it. */
export const phaseNames = ['verify', 'sampling', 'draft', 'overhead'] as const;

export type PhaseName = (typeof phaseNames)[number];

const phases: Record<PartName, PhaseName> = {
  products: 'verify',
  attention: 'verify',
  head: 'verify',
  kernels: 'verify',
  links: 'verify',
  sampling: 'sampling',
  'draft-head': 'draft',
  'draft-rest': 'draft',
  overhead: 'overhead',
};

export function phaseOf(part: PartName): PhaseName {
  return phases[part];
}

const drafting = new Set(['beam_step', 'pack_beams', 'tree_mask']);
const attending = new Set(['tree_attention', 'context_attention', 'kv_append', 'rotary']);
const sampling = new Set([
  'verify_greedy',
  'verify_exact',
  'verify_redrafter',
  'split_phases',
  'merge_phases',
  'select_path',
  'scan_lengths',
  'compact_kv',
  'prune_tree',
]);

/** The part of an operator of the cost model; others than those named are small kernels. */
export function partOf(operator: string): PartName {
  if (operator.startsWith('draft_lm_head')) return 'draft-head';
  if (/^draft(er)?_/.test(operator) || drafting.has(operator)) return 'draft-rest';
  if (operator.startsWith('host') || operator.startsWith('pipeline_')) return 'overhead';
  if (sampling.has(operator)) return 'sampling';
  if (attending.has(operator)) return 'attention';
  if (operator === 'lm_head') return 'head';
  if (operator === 'all_reduce' || operator.endsWith('_gather')) return 'links';
  if (operator.startsWith('gemm_')) return 'products';
  return 'kernels';
}
