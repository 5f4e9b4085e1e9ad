import type { Comparison } from './comparison.ts';
import { draftingComparisons } from './drafting-tables.ts';

/**
 * Published figures against predictions: one list, to which every part of the simulator adds its
 * own.
 */
export { type Comparison, comparison } from './comparison.ts';
export { draftingComparisons } from './drafting-tables.ts';

/** Makes the comparisons of one part of the simulator. */
export type ComparisonSource = () => Comparison[];

/** All comparisons, in the order of their sources. */
export function comparePublished(
  sources: readonly ComparisonSource[] = [draftingComparisons],
): Comparison[] {
  return sources.flatMap((source) => source());
}
