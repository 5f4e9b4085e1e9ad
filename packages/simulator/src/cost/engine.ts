/**
 * One replica of a serving engine: hardware, model, precision, sharding and drafter, resolved from
 * a scenario's names.
 */
import { infeasibleError, inputError } from '../base/errors.ts';
import { type Hardware, hardwareOf } from '../hardware/index.ts';
import { type Model, modelOf } from '../model/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Drafter, drafterOf } from './drafter.ts';
import type { MeasuredOperators } from './measured.ts';
import { type EngineOverheads, overheadsOf } from './overheads.ts';

export interface EngineSpec {
  readonly hardware: Hardware;
  readonly model: Model;
  readonly precision: Scenario['precision'];
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly speculation: Scenario['speculation'];
  readonly tokensPerBlock: number;
  readonly drafter: Drafter | null;
  readonly overheads: EngineOverheads;
  /** Times from a kernel bench that replace modelled ones. */
  readonly measured?: MeasuredOperators;
}

function positive(value: number, field: string): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw inputError(`${field} is ${value}; it must be a whole number of at least 1.`);
  }
  return value;
}

/** GPUs that divide the heads: 1, 2, 4, … as far as they go. */
function allowedDegrees(model: Model): number[] {
  const degrees: number[] = [];
  for (let degree = 1; degree <= 64; degree++) if (model.heads % degree === 0) degrees.push(degree);
  return degrees;
}

/** Resolves names. Throws input errors for unknown names and shardings that do not divide. */
export function engineOf(scenario: Scenario): EngineSpec {
  const model = modelOf(scenario.model);
  const hardware = hardwareOf(scenario.hardware.gpu);
  const tensorParallel = positive(scenario.hardware.tensorParallel, 'hardware.tensorParallel');
  const pipelineParallel = positive(
    scenario.hardware.pipelineParallel,
    'hardware.pipelineParallel',
  );
  const degrees = allowedDegrees(model);
  if (!degrees.includes(tensorParallel)) {
    throw infeasibleError(
      `hardware.tensorParallel is ${tensorParallel}, but ${model.id} has ${model.heads} ` +
        `query heads, which only ${degrees.join(', ')} GPUs share evenly.`,
    );
  }
  if (pipelineParallel > model.layers) {
    throw infeasibleError(
      `hardware.pipelineParallel is ${pipelineParallel}, more than the ${model.layers} layers ` +
        `of ${model.id}.`,
    );
  }
  return {
    hardware,
    model,
    precision: scenario.precision,
    tensorParallel,
    pipelineParallel,
    speculation: scenario.speculation,
    tokensPerBlock: scenario.serving.tokensPerBlock,
    drafter: drafterOf(model, scenario.speculation.method),
    overheads: overheadsOf(hardware, scenario.serving.engine),
  };
}
