import { describe, expect, it } from 'vitest';
import { emptyStepShape, extrapolationWarning, StepCost } from '../../src/cost/index.ts';
import { hardwareOf } from '../../src/hardware/index.ts';
import { engineWith } from './engines.ts';

/** What lies outside the range that its figures were fitted in says so, and nothing else does. */

function linesOf(gpu: string, batch: number, kvTokens: number, model = 'llama-3.1-8b') {
  const shape = emptyStepShape();
  shape.generationRequests = batch;
  shape.generationRows = batch;
  shape.generationKvTokens = batch * kvTokens;
  return new StepCost(engineWith(model, gpu)).itemise(shape);
}

function marked(gpu: string, batch: number, kvTokens: number): string[] {
  return linesOf(gpu, batch, kvTokens)
    .filter(({ origin }) => origin.extrapolated === true)
    .map(({ operator }) => operator);
}

describe('extrapolation', () => {
  it('marks the output projection of 128,256 columns, fitted up to 65,536', () => {
    expect(hardwareOf('h100-sxm').ranges['gemm.bf16']!['n']).toEqual([512, 65_536]);
    expect(marked('h100-sxm', 8, 1000)).toEqual(['lm_head']);
  });

  it('marks attention over a past longer than any that was timed', () => {
    const [, longest] =
      hardwareOf('h100-sxm').ranges['generationAttention.bf16.grouped']!['tokens']!;
    expect(marked('h100-sxm', 1, longest! - 1)).not.toContain('tree_attention');
    expect(marked('h100-sxm', 1, longest! + 1)).toContain('tree_attention');
  });

  it('has no range to leave where there is no measurement', () => {
    expect(marked('l4', 1, 100_000)).toEqual([]);
    expect(hardwareOf('l4').generationAttention.curves.bf16.plain.origin.kind).toBe('assumed');
  });

  it('warns of a step that rests on it, not of one that hardly does', () => {
    expect(extrapolationWarning(linesOf('h100-sxm', 1, 200_000))).toContain('tree_attention');
    expect(extrapolationWarning(linesOf('h100-sxm', 64, 2000))).toBeNull();
    expect(extrapolationWarning([])).toBeNull();
  });
});
