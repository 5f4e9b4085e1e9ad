/**
 * The planted bugs of mutants-wgsl.json: each replaces text in an operator's WGSL, in memory (law:
 * what is not found, or found in none of a variant's texts, plants nothing and is an error).
 *
 * Example: `plant(kernel, { edits: [['carried += sums.y;', '']], … })` is a kernel whose second
 * turn begins at 0 again.
 */
import { readFileSync } from 'node:fs';
import type { WgslKernel, WgslVariant } from '../lib/wgsl/record.ts';

export interface PlantedBug {
  readonly operator: string;
  /** What is wrong, in words. */
  readonly name: string;
  /** Text and what stands in its place, everywhere in the operator's WGSL. */
  readonly edits: readonly (readonly [string, string])[];
}

export function plantedBugs(): readonly PlantedBug[] {
  const file = new URL('mutants-wgsl.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as PlantedBug[];
}

function replaced(texts: readonly string[], edits: PlantedBug['edits']): string[] {
  return texts.map((text) => edits.reduce((now, [from, to]) => now.replaceAll(from, to), text));
}

function holdsAll(texts: readonly string[], edits: PlantedBug['edits']): boolean {
  return edits.every(([from]) => texts.some((text) => text.includes(from)));
}

/** The kernel with the bug: only variants that it stands in. */
export function plant(kernel: WgslKernel, bug: PlantedBug): WgslKernel {
  const variants = kernel.variants.map((variant): WgslVariant => {
    const { edits } = bug;
    return {
      ...variant,
      refuse: (call) => {
        const why = variant.refuse(call);
        if (why !== null) return why;
        return holdsAll(variant.sources(call), edits) ? null : 'the bug does not stand in it';
      },
      plan: (call) => variant.plan(call),
      sources: (call) => replaced(variant.sources(call), edits),
    };
  });
  return { ...kernel, variants };
}
