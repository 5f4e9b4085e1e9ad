/**
 * One engine step on the clock, without and with drafting, and the roofline of its verify pass.
 * Times are those of the cost model: `beamline estimate` with the same batch prints the same step.
 *
 * Laws: the parts of a step sum to the step; the roofline passes through the verify pass of both
 * steps; no point lies below its memory or compute limit.
 *
 * Example: Llama 3.1 8B on an H100, one request, 4 beams of 4 tokens. The step with drafting takes
 * 10.5 ms and gives 2.7 tokens, the one without 6.5 ms and gives 1: 1.7 times as fast per token.
 */
import { hardwareCatalogue, modelCatalogue } from '@beamline/fixtures';
import {
  acceptanceOf,
  type Bound,
  type Estimate,
  emptyStepShape,
  engineOf,
  estimate,
  infeasibleError,
  inputError,
  memoryPlan,
  modelOf,
  type OperatorCost,
  type Origin,
  parseScenario,
  type Scenario,
  StepCost,
} from '@beamline/simulator';
import { type PartName, partNames, partOf, phaseOf } from './parts.ts';

export interface StepClockInput {
  /** A name of the catalogue of models, of GPUs. */
  model: string;
  gpu: string;
  /** Requests that decode together. */
  batch: number;
  beams: number;
  draftLength: number;
  /** Past tokens of each request. */
  contextTokens: number;
  /** Profile of acceptance. */
  acceptance: string;
}

export const defaultInput: StepClockInput = {
  model: 'llama-3.1-8b',
  gpu: 'h100-sxm',
  batch: 1,
  beams: 4,
  draftLength: 4,
  contextTokens: 1000,
  acceptance: 'chat',
};

export interface StepOperator {
  operator: string;
  timeNs: number;
  bound: Bound;
  origin: Origin;
}

export interface StepPart {
  part: PartName;
  timeNs: number;
  operators: StepOperator[];
}

export interface ClockedStep {
  timeNs: number;
  /** Rows of the verify pass, over all requests. */
  rows: number;
  /** Tokens that the step gives each request, on average. */
  tokens: number;
  nsPerToken: number;
  parts: StepPart[];
}

export interface RooflinePoint {
  rows: number;
  /** The verify pass at these rows. */
  timeNs: number;
  /** All its bytes at the memory's peak rate, all its operations at the matrix units'. */
  memoryNs: number;
  computeNs: number;
}

export interface Roofline {
  points: RooflinePoint[];
  /** Fewest rows whose operations take as long as their bytes; null beyond the rows shown. */
  kneeRows: number | null;
  /** Most rows with which the pass stays within 10 % of the pass without drafting. */
  freeRows: number;
  plain: RooflinePoint;
  here: RooflinePoint;
}

export interface Choice {
  id: string;
  name: string;
}

export interface StepClock {
  input: StepClockInput;
  /** What the controls offer. */
  choices: {
    models: Choice[];
    gpus: Choice[];
    batches: number[];
    beams: number[];
    draftLengths: number[];
    contexts: number[];
  };
  modelName: string;
  gpuName: string;
  /** GPUs that share the model: the fewest that hold it. */
  gpus: number;
  /** The batch drawn; below the one asked for where memory holds no more. */
  batch: number;
  rowsPerRequest: number;
  plain: ClockedStep;
  drafted: ClockedStep;
  /** How many times faster a token comes with drafting. */
  speedup: number;
  roofline: Roofline;
  /** Where tokens per step come from. */
  acceptanceOrigin: Origin;
}

const ROWS_MAX = 8192;
const POINTS_PER_OCTAVE = 4;
/** A pass this much longer still counts as free. */
const FREE = 1.1;

const choices: StepClock['choices'] = {
  models: Object.values(modelCatalogue).map(({ id, name }) => ({ id, name })),
  gpus: Object.values(hardwareCatalogue).map(({ id, name }) => ({ id, name })),
  batches: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  beams: [1, 2, 3, 4, 6, 8, 12, 16],
  draftLengths: [1, 2, 3, 4, 5, 6, 7, 8],
  contexts: [128, 256, 512, 1000, 2000, 4000, 8000, 16000, 32000],
};

/**
 * The whole figure. Throws an input error for a name or number that is not known, an infeasible one
 * for a model that no number of these GPUs holds.
 */
export function stepClock(given: Partial<StepClockInput> = {}): StepClock {
  const input = { ...defaultInput, ...given };
  for (const field of ['batch', 'contextTokens'] as const) {
    const least = field === 'batch' ? 1 : 0;
    if (Number.isSafeInteger(input[field]) && input[field] >= least) continue;
    throw inputError(`${field} is ${input[field]}; it must be a whole number from ${least} up.`);
  }
  const scenario = scenarioOf(input);
  const wanted = { batch: input.batch, kvTokens: input.contextTokens };
  const estimated = estimate(scenario, wanted);
  const { batch, rowsPerRequest, tokensPerStep } = estimated.setting;
  const undrafted = estimate(withoutDrafting(scenario), { ...wanted, batch });
  const plain = clocked(undrafted, batch, 1);
  const drafted = clocked(estimated, Math.round(batch * rowsPerRequest), tokensPerStep);
  const cost = new StepCost(engineOf(scenario));
  return {
    input,
    choices,
    modelName: cost.engine.model.name,
    gpuName: cost.engine.hardware.name,
    gpus: cost.engine.tensorParallel,
    batch,
    rowsPerRequest,
    plain,
    drafted,
    speedup: plain.nsPerToken / drafted.nsPerToken,
    roofline: rooflineOf(cost, batch, input.contextTokens, drafted.rows),
    acceptanceOrigin: acceptanceOf(scenario).origin,
  };
}

/** The scenario that `beamline estimate` prints the same step for. */
export function scenarioOf(input: StepClockInput): Scenario {
  const scenario = parseScenario(
    {
      model: input.model,
      hardware: { gpu: input.gpu },
      speculation: {
        method: 'redrafter',
        beams: input.beams,
        draftLength: input.draftLength,
        acceptance: input.acceptance,
      },
      workload: { inputTokens: { kind: 'constant', value: Math.max(1, input.contextTokens) } },
    },
    'step clock',
  );
  const degrees = [1, 2, 4, 8, 16, 32, 64];
  const { heads } = modelOf(scenario.model);
  const tried = degrees
    .filter((degree) => heads % degree === 0)
    .map((tensorParallel) => {
      const hardware = { ...scenario.hardware, tensorParallel };
      return { ...scenario, hardware };
    });
  const found = tried.find((one) => holds(one, input.contextTokens));
  if (found !== undefined) return found;
  throw infeasibleError(
    `No number of ${input.gpu} up to ${tried.at(-1)?.hardware.tensorParallel ?? 1} holds ` +
      `${input.model} in ${scenario.precision.weights} with ${input.contextTokens} tokens of KV.`,
  );
}

/** Whether weights and the KV of one request fit. */
function holds(scenario: Scenario, contextTokens: number): boolean {
  const { kvCacheFraction, tokensPerBlock, maxNumTokens } = scenario.serving;
  const { beams, draftLength } = scenario.speculation;
  const plan = memoryPlan(engineOf(scenario), kvCacheFraction, tokensPerBlock, maxNumTokens);
  return plan.kvBlocks * tokensPerBlock >= contextTokens + 1 + beams * draftLength;
}

function withoutDrafting(scenario: Scenario): Scenario {
  const speculation: Scenario['speculation'] = {
    ...scenario.speculation,
    method: 'none',
    beams: 0,
  };
  return { ...scenario, speculation };
}

function clocked({ decode, totals }: Estimate, rows: number, tokens: number): ClockedStep {
  const parts = partNames.flatMap((part): StepPart[] => {
    const operators = decode.filter(({ operator }) => partOf(operator) === part);
    if (operators.length === 0) return [];
    return [{ part, timeNs: sumOf(operators), operators: operators.map(shown) }];
  });
  const { timeNs } = totals.decode;
  return { timeNs, rows, tokens, nsPerToken: timeNs / tokens, parts };
}

function shown({ operator, timeNs, bound, origin }: OperatorCost): StepOperator {
  return { operator, timeNs, bound, origin };
}

function sumOf(operators: readonly OperatorCost[]): number {
  return operators.reduce((sum, { timeNs }) => sum + timeNs, 0);
}

/**
 * The verify pass over its rows. Up to the batch every row is a request of its own; beyond, the
 * requests of the batch verify more rows each.
 */
function rooflineOf(cost: StepCost, batch: number, context: number, rows: number): Roofline {
  const at = (count: number) => verifyPass(cost, Math.min(batch, count), context, count);
  const plain = at(batch);
  const here = at(rows);
  const points = rowsShown(Math.max(ROWS_MAX, rows)).map(at);
  const isBound = ({ memoryNs, computeNs }: RooflinePoint) => computeNs >= memoryNs;
  const isDear = ({ timeNs }: RooflinePoint) => timeNs > FREE * plain.timeNs;
  const kneeRows = firstRows(points, at, isBound);
  const dearRows = firstRows([plain, ...points.filter((one) => one.rows > batch)], at, isDear);
  const freeRows = dearRows === null ? points.at(-1)!.rows : dearRows - 1;
  return { points, kneeRows, freeRows, plain, here };
}

/** The rows from which something holds: between the last point without it and the first with it. */
function firstRows(
  points: readonly RooflinePoint[],
  at: (rows: number) => RooflinePoint,
  holds: (point: RooflinePoint) => boolean,
): number | null {
  const first = points.findIndex(holds);
  if (first < 0) return null;
  let below = points[first - 1]?.rows ?? 0;
  let above = points[first]!.rows;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (holds(at(middle))) above = middle;
    else below = middle;
  }
  return above;
}

function rowsShown(most: number): number[] {
  const count = Math.ceil(Math.log2(most) * POINTS_PER_OCTAVE);
  const rows = Array.from({ length: count + 1 }, (_, i) =>
    Math.round(2 ** (i / POINTS_PER_OCTAVE)),
  );
  return [...new Set(rows)];
}

function verifyPass(
  cost: StepCost,
  requests: number,
  contextTokens: number,
  rows: number,
): RooflinePoint {
  const shape = emptyStepShape();
  shape.generationRequests = requests;
  shape.generationRows = rows;
  shape.generationKvTokens = requests * contextTokens;
  const operators = cost
    .itemise(shape)
    .filter(({ operator }) => phaseOf(partOf(operator)) === 'verify');
  const { hardware, precision } = cost.engine;
  const bytes = operators.reduce((sum, one) => sum + (one.bound === 'network' ? 0 : one.bytes), 0);
  const flop = operators.reduce((sum, one) => sum + one.flop, 0);
  return {
    rows,
    timeNs: sumOf(operators),
    memoryNs: (bytes * 1e9) / hardware.memoryBytesPerSecond,
    computeNs: (flop * 1e9) / hardware.gemm[precision.weights].peakFlopPerSecond,
  };
}
