/**
 * A closed loop in its steady state, without a queue: `batch` requests in flight, each of the same
 * lengths. In-flight batching puts every new request's prefill into a step that the others decode
 * in, and while a request gives its output tokens each of the others is prefilled once: a token
 * waits for t_decode + (B − 1)·t_prefill/OSL. The event simulation arrives at the same by itself.
 *
 * Example: 9 requests decode in 10 ms, a prefill adds 40 ms, 128 output tokens: 12.5 ms a token.
 */
import { emptyStepShape } from './shape.ts';
import type { StepCost } from './step.ts';

export interface SteadyLoad {
  /** Requests in flight. */
  readonly batch: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface SteadyState {
  /** Mean time per output token. */
  readonly tpotNs: number;
  /** A step in which all decode and nothing else happens. */
  readonly decodeNs: number;
  /** What one prompt adds to a step. */
  readonly prefillNs: number;
  readonly outputTokensPerSecond: number;
  /** Power of all GPUs of the replica. */
  readonly joulesPerSecond: number;
}

/** Steady state without drafting. */
export function steadyState(cost: StepCost, load: SteadyLoad): SteadyState {
  const { batch, inputTokens, outputTokens } = load;
  const shape = emptyStepShape();
  shape.generationRequests = batch;
  shape.generationRows = batch;
  shape.generationKvTokens = batch * (inputTokens + outputTokens / 2);
  const decode = { ...cost.evaluate(shape) };
  shape.contextChunks = 1;
  shape.contextTokens = inputTokens;
  shape.contextPairs = (inputTokens * (inputTokens + 1)) / 2;
  shape.contextKvTokens = inputTokens;
  shape.contextLast = 1;
  const mixed = cost.evaluate(shape);
  const prefillNs = mixed.timeNs - decode.timeNs;
  const perToken = (batch - 1) / outputTokens;
  const tpotNs = decode.timeNs + perToken * prefillNs;
  const joules = decode.joules + perToken * (mixed.joules - decode.joules);
  return {
    tpotNs,
    decodeNs: decode.timeNs,
    prefillNs,
    outputTokensPerSecond: (batch * 1e9) / tpotNs,
    joulesPerSecond: (joules * 1e9) / tpotNs,
  };
}
