import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttentionCost } from '../../src/cost/attention.ts';
import { hardwareNames, hardwareOf } from '../../src/hardware/index.ts';
import type { KvType } from '../../src/scenario/scenario.ts';

const HEADS = [
  [32, 32],
  [32, 8],
  [8, 1],
  [64, 8],
] as const;

function attention(gpu: string, kv: KvType, [heads, kvHeads]: readonly [number, number]) {
  const geometry = {
    heads,
    kvHeads,
    headDim: 128,
    contextHeadDim: 128,
    contextKvHeads: kvHeads,
    storedElements: 256 * kvHeads,
  };
  return new AttentionCost(hardwareOf(gpu), geometry, kv, 64, null);
}

const anyAttention = fc.record({
  gpu: fc.constantFrom(...hardwareNames),
  kv: fc.constantFrom<KvType>('bf16', 'fp8'),
  heads: fc.constantFrom(...HEADS),
  requests: fc.integer({ min: 1, max: 600 }),
  past: fc.integer({ min: 16, max: 20_000 }),
});

describe('generation attention', () => {
  it('law: a longer past never takes less time', () => {
    fc.assert(
      fc.property(anyAttention, ({ gpu, kv, heads, requests, past }) => {
        const cost = attention(gpu, kv, heads);
        const shorter = cost.generation(requests, requests, requests * past);
        const longer = cost.generation(requests, requests, requests * (past + 1));
        expect(longer).toBeGreaterThanOrEqual(shorter);
      }),
    );
  });

  it('law: one more request of the same past never takes less time', () => {
    fc.assert(
      fc.property(anyAttention, ({ gpu, kv, heads, requests, past }) => {
        const cost = attention(gpu, kv, heads);
        const fewer = cost.generation(requests, requests, requests * past);
        const more = cost.generation(requests + 1, requests + 1, (requests + 1) * past);
        expect(more).toBeGreaterThanOrEqual(fewer);
      }),
      { numRuns: 400 },
    );
  });

  it('walks one long past no faster than its root, and many pasts at the memory rate', () => {
    const hardware = hardwareOf('h100-sxm');
    const { splitNs, memoryShare } = hardware.generationAttention.curves.bf16.grouped;
    const one = attention('h100-sxm', 'bf16', [8, 1]).generation(1, 1, 16_384);
    expect(one).toBeGreaterThan(128 * splitNs);
    const cost = attention('h100-sxm', 'bf16', [32, 8]);
    const many = cost.generation(512, 512, 512 * 4096);
    const streamed = cost.work.bytes / (hardware.memoryBytesPerSecond * memoryShare * 1e-9);
    expect(many / streamed).toBeGreaterThan(1);
    expect(many / streamed).toBeLessThan(1.05);
  });
});
