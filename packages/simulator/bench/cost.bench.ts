/**
 * Speed of the cost model alone: a warm `timeNs` must stay small beside the scheduler's own step.
 */
import { emptyStepShape, engineOf, StepCost, type StepShape } from '../src/cost/index.ts';
import { parseScenario } from '../src/scenario/index.ts';
import type { DraftMethodName } from '../src/scenario/scenario.ts';

export interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

/** Shapes as a running engine meets them: rows repeat, KV lengths do not. */
function shapesOf(drafts: boolean): StepShape[] {
  return Array.from({ length: 1024 }, (_, i) => {
    const shape = emptyStepShape();
    const requests = 1 + (i % 64);
    shape.generationRequests = requests;
    shape.generationRows = drafts ? requests * 9 : requests;
    shape.generationKvTokens = requests * (1000 + i);
    if (drafts) {
      shape.draftRequests = requests;
      shape.beams = 4;
      shape.draftLength = 4;
      shape.draftKvTokens = requests * (1000 + i);
      shape.movedTokens = 1 + (i % 7);
    }
    if (i % 8 === 0) {
      shape.contextChunks = 1;
      shape.contextTokens = 512;
      shape.contextPairs = (512 * 513) / 2;
      shape.contextKvTokens = 512;
      shape.contextLast = 1;
    }
    return shape;
  });
}

/** ns a call, the best of many short rounds: other work on the machine only ever adds. */
function nsPerCall(method: DraftMethodName): number {
  const cost = new StepCost(engineOf(parseScenario({ speculation: { method } }, 'bench')));
  const shapes = shapesOf(method !== 'none');
  let sink = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 1000; round++) {
    const start = performance.now();
    for (let pass = 0; pass < 4; pass++) for (const shape of shapes) sink += cost.timeNs(shape);
    best = Math.min(best, ((performance.now() - start) * 1e6) / (4 * shapes.length));
  }
  if (!(sink > 0)) throw new Error('the cost model gave no time');
  return best;
}

function stepBenchmark(method: DraftMethodName): Benchmark {
  return {
    name: `cost of one step, warm, ${method}`,
    target: 'at most 150 ns',
    run: async () => ({ value: nsPerCall(method), unit: 'ns' }),
  };
}

export const benchmarks: Benchmark[] = [
  stepBenchmark('none'),
  stepBenchmark('redrafter'),
  stepBenchmark('eagle-3'),
  {
    name: 'cost of one step, first time',
    target: 'at most 1 ms',
    run: async () => {
      const scenario = parseScenario({ speculation: { method: 'redrafter' } }, 'bench');
      const engine = engineOf(scenario);
      const shapes = shapesOf(true);
      const start = performance.now();
      const cost = new StepCost(engine);
      for (const shape of shapes) cost.timeNs(shape);
      const value = (performance.now() - start) / 64;
      return { value, unit: 'ms', detail: '64 batch sizes, with and without a context chunk' };
    },
  },
];
