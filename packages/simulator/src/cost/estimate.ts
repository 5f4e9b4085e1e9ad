/**
 * One decode step and one prefill of a scenario, itemised: what `beamline estimate` prints. No
 * queue, no arrivals; the batch is stated, not simulated.
 */
import { infeasibleError, inputError } from '../base/errors.ts';
import type { Origin } from '../run.ts';
import type { LengthDistribution, Scenario } from '../scenario/scenario.ts';
import { acceptanceOf } from '../speculation/index.ts';
import { type EngineSpec, engineOf } from './engine.ts';
import type { OperatorCost } from './ledger.ts';
import type { MeasuredOperators } from './measured.ts';
import { type MemoryPlan, memoryPlan } from './memory.ts';
import { emptyStepShape, type StepShape } from './shape.ts';
import { type SteadyState, steadyState } from './steady-state.ts';
import { StepCost } from './step.ts';

export interface EstimateOptions {
  /** Requests that decode together. */
  batch?: number;
  /** Past KV tokens of each. */
  kvTokens?: number;
  /** Prompt tokens of the prefill. */
  contextTokens?: number;
  /** Rows each request verifies; default the mean after identical prefixes are merged. */
  rowsPerRequest?: number;
  measured?: MeasuredOperators;
}

export interface EstimateTotals {
  timeNs: number;
  bytes: number;
  flop: number;
  joules: number;
}

export interface Estimate {
  decode: OperatorCost[];
  prefill: OperatorCost[];
  totals: { decode: EstimateTotals; prefill: EstimateTotals };
  /** The batch kept full by new requests; null with drafting, which the closed form leaves out. */
  steady: SteadyState | null;
  memory: MemoryPlan;
  /** What the figures stand for. */
  setting: {
    batch: number;
    kvTokens: number;
    contextTokens: number;
    rowsPerRequest: number;
    /** What the acceptance of the scenario gives for those rows; 1 without drafting. */
    tokensPerStep: number;
  };
  /** Every origin that the lines name, by operator. */
  origins: Record<string, Origin>;
}

/** Mean of a length distribution; for `from-trace` the scenario alone cannot say, so 1,024. */
export function meanLength(lengths: LengthDistribution): number {
  switch (lengths.kind) {
    case 'constant':
      return lengths.value;
    case 'uniform':
      return (lengths.min + lengths.max) / 2;
    case 'lognormal':
      return lengths.mean;
    case 'empirical': {
      let mean = 0;
      for (let i = 1; i < lengths.quantiles.length; i++) {
        const [p0, v0] = lengths.quantiles[i - 1]!;
        const [p1, v1] = lengths.quantiles[i]!;
        mean += (p1 - p0) * ((v0 + v1) / 2);
      }
      return mean;
    }
    case 'from-trace':
      return 1024;
  }
}

/** Memory of an engine, or an infeasible error that says what would make it fit. */
export function requireFit(engine: EngineSpec, serving: Scenario['serving']): MemoryPlan {
  const { kvCacheFraction, tokensPerBlock, maxNumTokens, kvBlocks } = serving;
  const plan = memoryPlan(engine, kvCacheFraction, tokensPerBlock, maxNumTokens, kvBlocks);
  if (!plan.fits) throw infeasibleError(plan.why);
  return plan;
}

function whole(value: number, name: string, least: number): number {
  const rounded = Math.round(value);
  if (!Number.isFinite(value) || rounded < least) {
    throw inputError(`${name} is ${value}; it must be at least ${least}.`);
  }
  return rounded;
}

/** A decode step of `batch` requests that each verify `rows` rows and draft again. */
function decodeShape(scenario: Scenario, batch: number, kvTokens: number, rows: number): StepShape {
  const shape = emptyStepShape();
  shape.generationRequests = batch;
  shape.generationRows = Math.round(batch * rows);
  shape.generationKvTokens = batch * kvTokens;
  if (scenario.speculation.method === 'none' || scenario.speculation.beams === 0) return shape;
  shape.draftRequests = batch;
  shape.beams = scenario.speculation.beams;
  shape.draftLength = scenario.speculation.draftLength;
  shape.draftKvTokens = batch * kvTokens;
  return shape;
}

function prefillShape(tokens: number): StepShape {
  const shape = emptyStepShape();
  shape.contextChunks = 1;
  shape.contextTokens = tokens;
  shape.contextPairs = (tokens * (tokens + 1)) / 2;
  shape.contextKvTokens = tokens;
  shape.contextLast = 1;
  return shape;
}

function totalsOf(cost: StepCost, shape: StepShape): EstimateTotals {
  return { ...cost.evaluate(shape) };
}

/**
 * Itemises one decode step and one prefill. The batch is `options.batch`, else the workload's
 * concurrency, else serving.maxBatchSize; the KV that fits limits it. A request's past is its
 * prompt and half its output. The prefill is one prompt of mean length in one chunk.
 */
export function estimate(scenario: Scenario, options: EstimateOptions = {}): Estimate {
  const named = engineOf(scenario);
  const { measured } = options;
  const engine = measured === undefined ? named : { ...named, measured };
  const memory = requireFit(engine, scenario.serving);
  const { workload, serving, speculation } = scenario;
  const input = meanLength(workload.inputTokens);
  const contextTokens = whole(options.contextTokens ?? input, 'contextTokens', 1);
  const past = contextTokens + meanLength(workload.outputTokens) / 2;
  const kvTokens = whole(options.kvTokens ?? past, 'kvTokens', 0);
  const { acceptance } = acceptanceOf(scenario);
  const drafted = acceptance.shape(speculation.beams, speculation.draftLength);
  const rowsPerRequest = options.rowsPerRequest ?? 1 + drafted.meanDraftTokens;
  if (!(rowsPerRequest >= 1)) whole(rowsPerRequest, 'rowsPerRequest', 1);
  const { tokensPerStep } = drafted;
  const wanted = whole(options.batch ?? workload.concurrency ?? serving.maxBatchSize, 'batch', 1);
  const blocksEach = Math.ceil((kvTokens + rowsPerRequest) / serving.tokensPerBlock);
  const batch = Math.max(1, Math.min(wanted, Math.floor(memory.kvBlocks / blocksEach)));
  const cost = new StepCost(engine);
  const decoding = decodeShape(scenario, batch, kvTokens, rowsPerRequest);
  const filling = prefillShape(contextTokens);
  const outputTokens = Math.max(1, meanLength(workload.outputTokens));
  const load = { batch, inputTokens: contextTokens, outputTokens };
  const decode = cost.itemise(decoding);
  const prefill = cost.itemise(filling);
  const origins: Record<string, Origin> = {};
  for (const line of [...decode, ...prefill]) origins[line.operator] = line.origin;
  return {
    decode,
    prefill,
    totals: { decode: totalsOf(cost, decoding), prefill: totalsOf(cost, filling) },
    steady: speculation.method === 'none' ? steadyState(cost, load) : null,
    memory,
    setting: { batch, kvTokens, contextTokens, rowsPerRequest, tokensPerStep },
    origins,
  };
}
