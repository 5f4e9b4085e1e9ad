/**
 * Published measurements of whole engines, each as a point that is a scenario: a closed loop with
 * its model, GPUs, precision and lengths.
 */

import type { EngineSpec } from '../cost/engine.ts';
import { engineOf, memoryPlan } from '../cost/index.ts';
import { type PartialScenario, parseScenario, type Scenario } from '../scenario/index.ts';
import type { EngineName } from '../scenario/scenario.ts';
import type { MeasuredTable } from './measured-table.ts';

export interface EnginePoint {
  readonly engine: EngineName;
  readonly version: string;
  readonly gpu: string;
  readonly model: string;
  readonly isFp8: boolean;
  readonly tensorParallel: number;
  /** Requests in flight; null: as many as the KV cache holds. */
  readonly concurrency: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the quantity that the table is about: TPOT in ms, or output tokens per second. */
  readonly measured: number;
}

/** Mean time per output token at a closed-loop concurrency. */
export function tpotPoints(table: MeasuredTable): EnginePoint[] {
  return table.map((row) => ({
    engine: table.text(row, 'backend') === 'vllm' ? 'vllm' : 'tensorrt-llm',
    version: table.text(row, 'backend_version'),
    gpu: 'h100-sxm',
    model: table.text(row, 'model_path').includes('Qwen3-32B') ? 'qwen3-32b' : 'llama-3.1-8b',
    isFp8: table.text(row, 'gemm_quant_mode') === 'fp8',
    tensorParallel: table.number(row, 'tp_size'),
    concurrency: table.number(row, 'batch_size'),
    inputTokens: table.number(row, 'isl'),
    outputTokens: table.number(row, 'osl'),
    measured: table.number(row, 'silicon_tpot_ms'),
  }));
}

/** Output tokens per second of all GPUs at an infinite request rate. */
export function maxLoadPoints(table: MeasuredTable): EnginePoint[] {
  return table.map((row) => ({
    engine: 'tensorrt-llm',
    version: table.text(row, 'trtllm_version'),
    gpu: table.text(row, 'gpu').startsWith('H100') ? 'h100-sxm' : 'a100-sxm',
    model: table.text(row, 'model').includes('70B') ? 'llama-3.1-70b' : 'llama-3.1-8b',
    isFp8: table.text(row, 'precision') === 'FP8',
    tensorParallel: table.number(row, 'tp'),
    concurrency: null,
    inputTokens: table.number(row, 'isl'),
    outputTokens: table.number(row, 'osl'),
    measured: table.number(row, 'output_tokens_per_s_total'),
  }));
}

/** All axes of a point as text: what decides whether it may be fitted to. */
export function pointKey(point: EnginePoint): string {
  const { engine, gpu, model, isFp8, tensorParallel, inputTokens, outputTokens } = point;
  const load = [point.concurrency, inputTokens, outputTokens].join(' ');
  return `${engine} ${gpu} ${model} ${isFp8} ${tensorParallel} ${load}`;
}

export function pointText({ engine, ...point }: EnginePoint): string {
  const { gpu, model, isFp8, tensorParallel, concurrency, inputTokens, outputTokens } = point;
  const load = concurrency === null ? 'maximum load' : `${concurrency} in flight`;
  const on = `${model} ${isFp8 ? 'fp8' : 'bf16'} on ${tensorParallel} × ${gpu}`;
  return `${engine} ${point.version}, ${on}, ${load}, ${inputTokens}/${outputTokens} tokens`;
}

/** Requests that the cache can hold are far fewer: a bound that the scenario's schema allows. */
const MOST_IN_FLIGHT = 2048;

/** What differs from a default scenario. */
export function pointScenario(point: EnginePoint): PartialScenario {
  const type = point.isFp8 ? 'fp8' : 'bf16';
  return {
    model: point.model,
    hardware: { gpu: point.gpu, tensorParallel: point.tensorParallel },
    precision: { weights: type, kv: type },
    serving: { engine: point.engine, maxBatchSize: point.concurrency ?? MOST_IN_FLIGHT },
    speculation: { method: 'none' },
    workload: {
      kind: 'closed-loop',
      concurrency: point.concurrency ?? MOST_IN_FLIGHT,
      inputTokens: { kind: 'constant', value: point.inputTokens },
      outputTokens: { kind: 'constant', value: point.outputTokens },
    },
  };
}

export function fullScenario(point: EnginePoint): Scenario {
  return parseScenario(pointScenario(point), 'a published measurement');
}

export function pointEngine(point: EnginePoint): EngineSpec {
  return engineOf(fullScenario(point));
}

/**
 * Requests in flight that the KV cache can hold. TensorRT-LLM reserves a request's whole length,
 * vLLM takes blocks as they are needed, half of the output on average.
 */
export function heldInFlight(engine: EngineSpec, point: EnginePoint, serving: Scenario['serving']) {
  const { kvCacheFraction, tokensPerBlock, maxNumTokens } = serving;
  const memory = memoryPlan(engine, kvCacheFraction, tokensPerBlock, maxNumTokens);
  const reserved = point.outputTokens * (point.engine === 'vllm' ? 0.5 : 1);
  const held = Math.floor((memory.kvBlocks * tokensPerBlock) / (point.inputTokens + reserved));
  return Math.max(1, Math.min(point.concurrency ?? MOST_IN_FLIGHT, held));
}
