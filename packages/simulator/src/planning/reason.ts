import {
  type EngineSpec,
  emptyStepShape,
  engineOf,
  StepCost,
  type StepShape,
} from '../cost/index.ts';
import type { Run } from '../run.ts';

/**
 * Why drafting gives what it gives at a load, from a run's own averages and the cost model that
 * timed it: a draft is worth its tokens per step, and costs the longer step in which many rows are
 * verified, the drafting itself, and all the time that prompts take, which no draft shortens.
 *
 * The knee: a matrix product of m rows reads its weights once and computes m times; below
 *   m* = weightBytes · (peak FLOP/s · its share) / (2 · (memory bytes/s · its share))
 * rows the reading takes longer, so that further rows are nearly free; above it each row costs.
 * Example: bf16 weights on an H100, m* is about 300 rows; 64 requests that verify 9 rows each are
 * past it, 16 are not.
 */
export interface SpeedupReason {
  /** Generating requests in a step, and the rows that they verify. */
  requestsPerStep: number;
  rowsPerStep: number;
  kneeRows: number;
  tokensPerStep: number;
  /** What verifying and what drafting add to a step without prompts, as shares of a plain one. */
  verifyShare: number;
  draftShare: number;
  /** Share of the busy time that prompts take, 0..1. */
  promptShare: number;
  /** All of it in one sentence. */
  sentence: string;
}

/** Null when the run generated or drafted nothing. All figures are modelled. */
export function reasonOf(run: Run): SpeedupReason | null {
  const { metrics, scenario } = run;
  const { steps, drafted } = metrics.tokens;
  const busySeconds =
    metrics.gpuUtilization * metrics.simulatedSeconds * scenario.hardware.replicas;
  const engineSteps = busySeconds / (metrics.stepMs.mean / 1000);
  if (!(steps > 0 && drafted > 0 && engineSteps > 0)) return null;
  const engine = engineOf(scenario);
  const cost = new StepCost(engine);
  const requestsPerStep = steps / engineSteps;
  const rowsPerStep = requestsPerStep * (1 + drafted / steps);
  const kvTokens = metrics.kvBlocksUsed.mean * scenario.serving.tokensPerBlock;
  const plain = stepOf(requestsPerStep, requestsPerStep, kvTokens);
  const verifying = stepOf(requestsPerStep, rowsPerStep, kvTokens);
  const plainNs = cost.timeNs(plain);
  const verifyNs = cost.timeNs(verifying);
  const draftNs = cost.timeNs(withDraft(verifying, run, drafted / steps));
  const { completed, arrived } = metrics.requests;
  const promptTokens = metrics.tokens.input / Math.max(1, arrived);
  const promptNs = cost.timeNs(withPrompt(verifying, promptTokens)) - verifyNs;
  const reason = {
    requestsPerStep,
    rowsPerStep,
    kneeRows: kneeRowsOf(engine),
    tokensPerStep: metrics.tokensPerStep,
    verifyShare: Math.max(0, verifyNs / plainNs - 1),
    draftShare: Math.max(0, (draftNs - verifyNs) / plainNs),
    promptShare: Math.min(1, Math.max(0, (completed * promptNs) / (busySeconds * 1e9))),
  };
  return { ...reason, sentence: sentenceOf(reason) };
}

/** Rows from which a matrix product's time follows its rows; see the top of this file. */
export function kneeRowsOf(engine: EngineSpec): number {
  const { hardware, precision } = engine;
  const curve = hardware.gemm[precision.weights];
  const flop = curve.peakFlopPerSecond * curve.computeShare;
  const bytes = hardware.memoryBytesPerSecond * curve.memoryShare;
  return (curve.weightBytes * flop) / (2 * bytes);
}

function stepOf(requests: number, rows: number, kvTokens: number): StepShape {
  const generationRequests = Math.max(1, Math.round(requests));
  return {
    ...emptyStepShape(),
    generationRequests,
    generationRows: Math.max(generationRequests, Math.round(rows)),
    generationKvTokens: Math.round(kvTokens),
  };
}

/** The shape that was drafted; of a schedule that changes it, one with as many tokens. */
function withDraft(step: StepShape, run: Run, tokensPerRequest: number): StepShape {
  const { schedule, beams, draftLength } = run.scenario.speculation;
  const isFixed = schedule === 'fixed';
  const length = isFixed ? draftLength : Math.min(draftLength, Math.ceil(tokensPerRequest));
  return {
    ...step,
    draftRequests: step.generationRequests,
    draftKvTokens: step.generationKvTokens,
    draftLength: length,
    beams: isFixed ? beams : Math.max(1, Math.round(tokensPerRequest / length)),
  };
}

function withPrompt(step: StepShape, promptTokens: number): StepShape {
  const tokens = Math.max(1, Math.round(promptTokens));
  return {
    ...step,
    contextChunks: 1,
    contextTokens: tokens,
    contextPairs: (tokens * (tokens + 1)) / 2,
    contextKvTokens: tokens,
    contextLast: 1,
  };
}

function sentenceOf(reason: Omit<SpeedupReason, 'sentence'>): string {
  const { requestsPerStep, rowsPerStep, kneeRows, tokensPerStep } = reason;
  const isPast = rowsPerStep > kneeRows;
  const knee = `${isPast ? 'past' : 'below'} the knee of about ${digits(kneeRows, 2)}`;
  const each = isPast ? 'from where every row costs' : 'up to where rows are nearly free';
  return (
    `a step verifies ${digits(rowsPerStep, 3)} rows for ${digits(requestsPerStep, 3)} requests, ` +
    `${knee}, ${each}: verifying makes it ${percent(reason.verifyShare)} longer, drafting ` +
    `${percent(reason.draftShare)}, for ${digits(tokensPerStep, 3)} tokens instead of 1; ` +
    `prompts, which no draft shortens, take ${percent(reason.promptShare)} of the time`
  );
}

function percent(share: number): string {
  return `${digits(100 * share, 2)} %`;
}

function digits(value: number, count: number): string {
  return String(Number(value.toPrecision(count)));
}
