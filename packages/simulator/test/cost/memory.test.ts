import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BeamlineError } from '../../src/base/errors.ts';
import { engineOf, engineOverheads, memoryPlan, requireFit } from '../../src/cost/index.ts';
import { kvBytesPerToken, weightBytesOf } from '../../src/model/index.ts';
import { engineWith, scenarioWith } from './engines.ts';

/** What fits on a GPU, and what the message says where it does not. */

describe('a memory plan', () => {
  it('of Llama 3.1 8B on an H100 by hand', () => {
    const engine = engineWith('llama-3.1-8b', 'h100-sxm');
    const plan = memoryPlan(engine, 0.9, 64, 8192);
    expect(plan.fits).toBe(true);
    expect(plan.why).toBe('');
    expect(plan.weightsBytes).toBe(weightBytesOf(engine.model, 'bf16'));
    expect(plan.kvBytesPerToken).toBe(131072);
    const left = 81559 * 1048576 - plan.weightsBytes - plan.drafterBytes - plan.activationBytes;
    expect(plan.kvBlocks).toBe(Math.floor((0.9 * left) / (131072 * 64)));
    // 16 GB of weights leave some 60 GB: more than 400,000 tokens, fewer than 500,000.
    expect(plan.kvBlocks * 64).toBeGreaterThan(400_000);
    expect(plan.kvBlocks * 64).toBeLessThan(500_000);
  });

  it('never hands out more than there is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('llama-3.1-8b', 'qwen3-32b', 'mixtral-8x7b', 'llama-3.1-70b'),
        fc.constantFrom('a100-sxm', 'h200-sxm', 'l40s', 'b200-sxm'),
        fc.constantFrom(1, 2, 4, 8),
        fc.constantFrom('bf16', 'fp8', 'int4'),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 256 }),
        (model, gpu, tensorParallel, weights, fraction, tokensPerBlock) => {
          const engine = engineWith(
            model,
            gpu,
            { method: 'redrafter' },
            { hardware: { tensorParallel }, precision: { weights } },
          );
          const plan = memoryPlan(engine, fraction, tokensPerBlock, 8192);
          expect(plan.fits).toBe(plan.kvBlocks > 0);
          expect(plan.fits).toBe(plan.why === '');
          if (!plan.fits) return;
          const kv = plan.kvBlocks * tokensPerBlock * plan.kvBytesPerToken;
          const used = plan.weightsBytes + plan.drafterBytes + plan.activationBytes + kv;
          expect(used).toBeLessThanOrEqual(plan.availableBytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has twice the tokens with an fp8 cache, and none of a drafter without one', () => {
    const tokens = (kv: 'bf16' | 'fp8') =>
      memoryPlan(engineWith('llama-3.1-8b', 'h100-sxm', {}, { precision: { kv } }), 0.9, 64, 8192)
        .kvBlocks;
    expect(tokens('fp8') / tokens('bf16')).toBeCloseTo(2, 2);
    const perToken = (method: 'redrafter' | 'eagle') =>
      memoryPlan(engineWith('llama-3.1-8b', 'h100-sxm', { method }), 0.9, 64, 8192).kvBytesPerToken;
    expect(perToken('redrafter')).toBe(131072);
    expect(perToken('eagle')).toBe(131072 + 4096);
  });

  it('repeats KV heads where GPUs outnumber them', () => {
    const engine = engineWith('qwen2.5-7b', 'h100-sxm', {}, { hardware: { tensorParallel: 7 } });
    const { kvBytesPerToken: perGpu } = memoryPlan(engine, 0.9, 64, 8192);
    expect(perGpu).toBe(kvBytesPerToken(engine.model, 'bf16') / 4);
  });
});

describe('a model that does not fit', () => {
  it('is refused with what it needs, what there is, and what would help', () => {
    const engine = engineWith('llama-3.1-70b', 'h100-sxm');
    const { serving } = scenarioWith();
    const refusal = () => requireFit(engine, serving);
    expect(refusal).toThrow(BeamlineError);
    expect(refusal).toThrow(/llama-3.1-70b in bf16 does not fit on h100-sxm/);
    expect(refusal).toThrow(/needs 14\d\.\d GB .*weights 141\.1 GB.* has 85\.5 GB/);
    expect(refusal).toThrow(/fit with hardware\.tensorParallel 2, or precision\.weights fp8/);
    try {
      refusal();
    } catch (error) {
      expect((error as BeamlineError).code).toBe('infeasible');
    }
  });

  it('gets no advice that would not help', () => {
    const engine = engineWith('llama-3.1-405b', 'l4');
    const { why } = memoryPlan(engine, 0.9, 64, 8192);
    expect(why).toMatch(/would fit with hardware\.tensorParallel 64/);
    expect(why).not.toMatch(/precision/);
  });

  it('takes the blocks that an engine states, as far as the memory goes', () => {
    const scenario = scenarioWith({ serving: { kvBlocks: 2588 } });
    const engine = engineOf(scenario);
    expect(requireFit(engine, scenario.serving).kvBlocks).toBe(2588);
    const most = memoryPlan(engine, 1, 64, 8192).kvBlocks;
    expect(memoryPlan(engine, 0.1, 64, 8192, most).fits).toBe(true);
    const { fits, why } = memoryPlan(engine, 1, 64, 8192, most + 1);
    expect(fits).toBe(false);
    expect(why).toContain(`at least ${most + 1} KV blocks`);
  });
});

describe('a serving engine', () => {
  it('has the overheads of its name', () => {
    const overheads = (engine: 'tensorrt-llm' | 'vllm') =>
      engineOf(scenarioWith({ serving: { engine } })).overheads;
    expect(overheads('vllm')).toEqual(engineOverheads('vllm'));
    expect(overheads('vllm').perStepNs).toBeGreaterThan(overheads('tensorrt-llm').perStepNs);
  });
});
