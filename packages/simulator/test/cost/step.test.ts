import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EngineSpec, emptyStepShape, StepCost, type StepShape } from '../../src/cost/index.ts';
import { engineWith } from './engines.ts';

/** Laws of a step's cost, then steps whose bytes are worked out by hand. */

const METHODS = [
  'none',
  'redrafter',
  'medusa',
  'eagle',
  'eagle-2',
  'eagle-3',
  'p-eagle',
  'mtp',
  'dflash',
  'dspark',
  'ngram',
  'draft-model',
] as const;

/**
 * Engines that between them take every path: types, sharding, experts, latent attention, placement.
 */
const engines: [string, EngineSpec][] = [
  ...METHODS.map((method): [string, EngineSpec] => [
    method,
    engineWith('llama-3.1-8b', 'h100-sxm', { method }),
  ]),
  [
    'runtime placement, exact sampling',
    engineWith('vicuna-7b', 'a100-sxm', {
      method: 'medusa',
      placement: 'runtime',
      sampling: 'exact',
    }),
  ],
  [
    'tensor parallel, fp8, published sampling',
    engineWith(
      'llama-3.1-70b',
      'h100-sxm',
      { method: 'redrafter', sampling: 'redrafter' },
      {
        hardware: { tensorParallel: 8 },
        precision: { weights: 'fp8', kv: 'fp8' },
      },
    ),
  ],
  [
    'pipeline',
    engineWith(
      'llama-3.1-70b',
      'h100-nvl',
      { method: 'eagle-3' },
      { hardware: { tensorParallel: 2, pipelineParallel: 4 } },
    ),
  ],
  [
    'latent attention and experts',
    engineWith(
      'deepseek-v3',
      'h200-sxm',
      { method: 'mtp', beams: 1 },
      { hardware: { tensorParallel: 8 }, precision: { weights: 'fp8' } },
    ),
  ],
  [
    'int4 on a small card',
    engineWith('qwen3-30b-a3b', 'l40s', {}, { precision: { weights: 'int4' } }),
  ],
];

const shapes: fc.Arbitrary<StepShape> = fc
  .record({
    contextChunks: fc.integer({ min: 0, max: 4 }),
    chunk: fc.integer({ min: 1, max: 2048 }),
    past: fc.integer({ min: 0, max: 4096 }),
    requests: fc.integer({ min: 0, max: 128 }),
    draft: fc.integer({ min: 0, max: 16 }),
    kv: fc.integer({ min: 0, max: 8192 }),
    drafts: fc.boolean(),
    beams: fc.integer({ min: 1, max: 4 }),
    draftLength: fc.integer({ min: 1, max: 4 }),
    moved: fc.integer({ min: 0, max: 200 }),
    pruned: fc.integer({ min: 0, max: 1000 }),
  })
  .map((draw) => {
    const drafts = draw.drafts ? draw.requests + draw.contextChunks : 0;
    return {
      contextChunks: draw.contextChunks,
      contextTokens: draw.contextChunks * draw.chunk,
      contextPairs:
        draw.contextChunks * (draw.chunk * draw.past + (draw.chunk * (draw.chunk + 1)) / 2),
      contextKvTokens: draw.contextChunks * (draw.past + draw.chunk),
      contextLast: draw.contextChunks,
      generationRequests: draw.requests,
      generationRows: draw.requests * (1 + draw.draft),
      generationKvTokens: draw.requests * draw.kv,
      draftRequests: drafts,
      beams: drafts > 0 ? draw.beams : 0,
      draftLength: drafts > 0 ? draw.draftLength : 0,
      draftKvTokens: drafts * draw.kv,
      movedTokens: draw.moved,
      prunedFrom: draw.pruned,
    };
  });

function decode(requests: number, kv: number, rows = 1): StepShape {
  const shape = emptyStepShape();
  shape.generationRequests = requests;
  shape.generationRows = requests * rows;
  shape.generationKvTokens = requests * kv;
  return shape;
}

describe.each(engines)('%s', (_name, engine) => {
  it('takes the rounded sum of its operators, with their bytes and FLOP', () => {
    const cost = new StepCost(engine);
    fc.assert(
      fc.property(shapes, (shape) => {
        const lines = cost.itemise(shape);
        const sum = lines.reduce((total, { timeNs }) => total + timeNs, 0);
        const time = cost.timeNs(shape);
        expect(Number.isSafeInteger(time)).toBe(true);
        expect(Math.abs(time - Math.round(sum))).toBeLessThanOrEqual(1);
        if (engine.pipelineParallel > 1) return;
        const { bytes, flop } = cost.evaluate(shape);
        const listed = lines.reduce((total, line) => total + line.bytes, 0);
        expect(Math.abs(bytes - listed)).toBeLessThanOrEqual(1e-9 * listed);
        const listedFlop = lines.reduce((total, line) => total + line.flop, 0);
        expect(Math.abs(flop - listedFlop)).toBeLessThanOrEqual(1e-9 * listedFlop);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same nanoseconds warm, cold and in another order', () => {
    const warm = new StepCost(engine);
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        warm.timeNs(b);
        const first = warm.timeNs(a);
        warm.itemise(b);
        expect(warm.timeNs(a)).toBe(first);
        expect(new StepCost(engine).timeNs(a)).toBe(first);
      }),
      { numRuns: 5 },
    );
  });

  it('never beats the datasheet: bytes over bandwidth, FLOP over peak, power over TDP', () => {
    const cost = new StepCost(engine);
    const { hardware, precision } = engine;
    const fastest = Math.max(
      hardware.bf16FlopPerSecond,
      hardware.gemm[precision.weights].peakFlopPerSecond,
    );
    fc.assert(
      fc.property(shapes, (shape) => {
        const time = cost.timeNs(shape);
        const { bytes, flop } = cost.evaluate(shape);
        expect(time).toBeGreaterThanOrEqual((bytes / hardware.memoryBytesPerSecond) * 1e9);
        expect(time).toBeGreaterThanOrEqual((flop / fastest) * 1e9);
        const gpus = engine.tensorParallel * engine.pipelineParallel;
        const watts = cost.evaluate(shape).joules / (time * 1e-9) / gpus;
        expect(watts).toBeLessThanOrEqual(hardware.power.tdpW * (1 + 1e-9));
        expect(watts).toBeGreaterThanOrEqual(hardware.power.idleW * (1 - 1e-9));
      }),
      { numRuns: 25 },
    );
  });

  it('costs more with more past tokens, and the host alone when empty', () => {
    const cost = new StepCost(engine);
    expect(cost.timeNs(decode(32, 8192))).toBeGreaterThan(cost.timeNs(decode(32, 1024)));
    const { perStepNs, perLayerNs } = engine.overheads;
    const empty = cost.timeNs(emptyStepShape());
    const stages = engine.pipelineParallel;
    const layers = stages * Math.ceil(engine.model.layers / stages);
    expect(empty).toBe(perStepNs + perLayerNs * layers);
    expect(cost.evaluate(emptyStepShape()).bytes).toBe(0);
  });
});

describe('one decode step of Llama 3.1 8B at L = 4096 on an H100', () => {
  const cost = new StepCost(engineWith('llama-3.1-8b', 'h100-sxm'));
  const lines = new Map(cost.itemise(decode(1, 4096)).map((line) => [line.operator, line]));

  it('reads every weight once', () => {
    // m·k activations in and m·n out at two bytes, and n·k weights at two bytes, for 32 layers.
    const gemm = (n: number, k: number) => 32 * 2 * (n * k + k + n);
    expect(lines.get('gemm_qkv')!.bytes).toBe(gemm(6144, 4096));
    expect(lines.get('gemm_output')!.bytes).toBe(gemm(4096, 4096));
    expect(lines.get('gemm_gate_up')!.bytes).toBe(gemm(28672, 4096));
    expect(lines.get('gemm_down')!.bytes).toBe(gemm(4096, 14336));
    expect(lines.get('lm_head')!.bytes).toBe(2 * (128256 * 4096 + 4096 + 128256));
  });

  it('reads the cache of 32 layers once: 0.54 GB', () => {
    const kv = 2 * 2 * 8 * 128 * 4097;
    const perLayer = kv + 2 * 2 * 32 * 128 + 4 * 65 + 4;
    expect(lines.get('tree_attention')!.bytes).toBe(32 * perLayer);
  });

  it('computes two FLOP per weight and row', () => {
    const weights = 6144 * 4096 + 4096 * 4096 + 28672 * 4096 + 4096 * 14336;
    const flop = ['gemm_qkv', 'gemm_output', 'gemm_gate_up', 'gemm_down']
      .map((name) => lines.get(name)!.flop)
      .reduce((a, b) => a + b);
    expect(flop).toBe(2 * 32 * weights);
  });

  it('says what binds: weights by memory, norms by launch', () => {
    expect(lines.get('gemm_gate_up')!.bound).toBe('memory');
    expect(lines.get('norm')!.bound).toBe('launch');
    expect(lines.get('host')!.bound).toBe('host');
    // However good the fit, a computed time is no measurement.
    for (const { origin } of lines.values()) expect(origin.kind).not.toBe('measured');
  });
});

describe('sharding', () => {
  const time = (tensorParallel: number, pipelineParallel: number, shape: StepShape) =>
    new StepCost(
      engineWith(
        'llama-3.1-70b',
        'h100-sxm',
        {},
        { hardware: { tensorParallel, pipelineParallel } },
      ),
    ).timeNs(shape);

  it('over eight GPUs makes a step faster, but not eight times', () => {
    const one = time(1, 1, decode(8, 2000));
    const eight = time(8, 1, decode(8, 2000));
    expect(eight).toBeLessThan(one / 2);
    expect(eight).toBeGreaterThan(one / 8);
  });

  it('over pipeline stages shortens a full batch of context, and no single request', () => {
    expect(time(1, 4, decode(1, 2000))).toBeGreaterThan(time(1, 1, decode(1, 2000)));
    const context = emptyStepShape();
    context.contextChunks = 4;
    context.contextTokens = 8192;
    context.contextPairs = (4 * 2048 * 2049) / 2;
    context.contextKvTokens = 8192;
    expect(time(1, 4, context)).toBeLessThan(time(1, 1, context) / 2);
  });

  it('reads each weight once per micro-batch on its own stage', () => {
    const engine = engineWith(
      'llama-3.1-70b',
      'h100-sxm',
      {},
      { hardware: { pipelineParallel: 4 } },
    );
    const whole = new StepCost(engineWith('llama-3.1-70b', 'h100-sxm'));
    const staged = new StepCost(engine);
    const one = decode(1, 100);
    expect(staged.evaluate(one).bytes).toBeCloseTo(whole.evaluate(one).bytes / 4, -3);
  });

  it('waits on the last stage, which drafts as well: the slowest stage sets the round', () => {
    const engine = engineWith(
      'llama-3.1-70b',
      'h100-sxm',
      { method: 'redrafter' },
      { hardware: { pipelineParallel: 4 } },
    );
    const cost = new StepCost(engine);
    const shape = { ...decode(64, 1000, 17), draftRequests: 64, beams: 4, draftLength: 4 };
    const lines = cost.itemise(shape);
    const first = lines.findIndex(({ operator }) => operator === 'final_norm');
    const after = ['host', 'pipeline_send', 'pipeline_bubble'];
    const sum = (part: typeof lines) => part.reduce((total, { timeNs }) => total + timeNs, 0);
    const stages = sum(lines.slice(0, first));
    const last = sum(lines.slice(first).filter(({ operator }) => !after.includes(operator)));
    const bubble = lines.find(({ operator }) => operator === 'pipeline_bubble')!.timeNs;
    expect((stages + last + bubble) / (4 * (stages / 4 + last))).toBeCloseTo(1, 9);
  });

  it('sends over the slow link where a bridge joins only two', () => {
    const nvl = (tensorParallel: number) =>
      new StepCost(engineWith('llama-3.1-70b', 'h100-nvl', {}, { hardware: { tensorParallel } }))
        .itemise(decode(64, 100))
        .find(({ operator }) => operator === 'all_reduce')!.timeNs;
    expect(nvl(4)).toBeGreaterThan(3 * nvl(2));
  });
});

describe('power', () => {
  // Published readings of an H100 that serves an 8B model.
  it.each([
    [8, 486],
    [64, 610],
    [256, 690],
  ])('of %i sequences is within 6 percent of the %i W read on an H100', (requests, watts) => {
    const cost = new StepCost(engineWith('llama-3.1-8b', 'h100-sxm'));
    const shape = decode(requests, 1000);
    const time = cost.timeNs(shape);
    expect(Math.abs(cost.evaluate(shape).joules / (time * 1e-9) / watts - 1)).toBeLessThan(0.06);
  });
});

describe('latent attention', () => {
  it('reads one compressed vector per token, for all heads', () => {
    const engine = engineWith(
      'deepseek-v3',
      'h200-sxm',
      {},
      { hardware: { tensorParallel: 8 }, precision: { weights: 'fp8' } },
    );
    const cost = new StepCost(engine);
    const bytes = (kv: number) =>
      cost.itemise(decode(1, kv)).find(({ operator }) => operator === 'tree_attention')!.bytes;
    // 64,000 more tokens are 1,000 more pages of 64: 576 elements a token, 4 bytes a page, in
    // 61 layers.
    expect(bytes(64_000 + 99) - bytes(99)).toBe(61 * (64_000 * 576 * 2 + 1000 * 4));
  });
});

describe('experts', () => {
  it('are read as far as the rows touch them', () => {
    const cost = new StepCost(engineWith('mixtral-8x7b', 'h200-sxm'));
    const bytes = (rows: number) =>
      cost.itemise(decode(rows, 100)).find(({ operator }) => operator === 'gemm_experts_gate_up')!
        .bytes;
    const expert = 2 * 2 * 14336 * 4096;
    expect(bytes(1) / (32 * expert)).toBeCloseTo(2, 1);
    expect(bytes(64) / (32 * expert)).toBeCloseTo(8, 0);
  });
});
