import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sharedData, withoutData } from '../../../../test/support/shared-data.ts';
import { emptyStepShape, StepCost } from '../../src/cost/index.ts';
import { engineWith } from './engines.ts';

/**
 * Published time per output token of whole engines on H100, against the steady state of the step
 * model: a token waits on its own decode step and on its share of the others' prefill, TPOT =
 * decode + B·(mixed step − decode)/OSL. The event simulation brings the mixing itself; this checks
 * the steps alone.
 */

const FILE = 'end_to_end/h100_ttft_tpot.csv';

interface Point {
  model: string;
  fp8: boolean;
  tensorParallel: number;
  batch: number;
  inputTokens: number;
  outputTokens: number;
  tpotMs: number;
}

function pointsOf(path: string): Point[] {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const names = head!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[names.indexOf(name)]!;
    return {
      model: cell('model_path').includes('Qwen3-32B') ? 'qwen3-32b' : 'llama-3.1-8b',
      fp8: cell('gemm_quant_mode') === 'fp8',
      tensorParallel: Number(cell('tp_size')),
      batch: Number(cell('batch_size')),
      inputTokens: Number(cell('isl')),
      outputTokens: Number(cell('osl')),
      tpotMs: Number(cell('silicon_tpot_ms')),
    };
  });
}

function predictedMs(point: Point): number {
  const precision = point.fp8
    ? ({ weights: 'fp8', kv: 'fp8' } as const)
    : ({ weights: 'bf16', kv: 'bf16' } as const);
  const hardware = { tensorParallel: point.tensorParallel };
  const engine = engineWith(point.model, 'h100-sxm', {}, { hardware, precision });
  const cost = new StepCost(engine);
  const shape = emptyStepShape();
  shape.generationRequests = point.batch;
  shape.generationRows = point.batch;
  shape.generationKvTokens = point.batch * (point.inputTokens + point.outputTokens / 2);
  const decode = cost.timeNs(shape);
  const { inputTokens } = point;
  shape.contextChunks = 1;
  shape.contextTokens = inputTokens;
  shape.contextPairs = (inputTokens * (inputTokens + 1)) / 2;
  shape.contextKvTokens = inputTokens;
  shape.contextLast = 1;
  const mixed = cost.timeNs(shape);
  return (decode + (point.batch * (mixed - decode)) / point.outputTokens) / 1e6;
}

it('time per output token of whole engines on 1 to 8 H100', () => {
  const path = sharedData(FILE);
  if (path === null) return console.log(`skipped: ${withoutData(FILE)}`);
  const errors = pointsOf(path).map((point) => predictedMs(point) / point.tpotMs - 1);
  const sorted = errors.map(Math.abs).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  const p90 = sorted[Math.floor(sorted.length * 0.9)]!;
  console.log(
    `H100 TPOT: ${errors.length} points, median error ${(100 * median).toFixed(1)} %, ` +
      `p90 ${(100 * p90).toFixed(1)} %`,
  );
  expect(errors.length).toBeGreaterThan(200);
  expect(median).toBeLessThan(0.12);
});
