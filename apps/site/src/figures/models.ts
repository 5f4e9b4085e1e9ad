/**
 * What computes each figure's model from its input: the same function at build, in Node, and in the
 * worker of a page. A figure that is added gets a line here; its element is found by its folder.
 */
import {
  type AcceptanceDepthInput,
  acceptanceDepth,
} from '@beamline/figures/acceptance_depth/model';
import { beamTreeModel } from '@beamline/figures/beam_tree/model';
import { type LoopInput, loopInput } from '@beamline/figures/beam_tree/step';
import { type CostParetoInput, costPareto } from '@beamline/figures/cost_pareto/model';
import { inFlightLanes } from '@beamline/figures/in_flight_lanes/model';
import { kernelRoofline } from '@beamline/figures/kernel_roofline/model';
import { kvBlocks } from '@beamline/figures/kv_blocks/model';
import { type LatencySloInput, latencySlo } from '@beamline/figures/latency_slo/model';
import { packedMaskModel } from '@beamline/figures/packed_mask/model';
import { predictionScatter } from '@beamline/figures/prediction_scatter/model';
import { stepClock } from '@beamline/figures/step_clock/model';
import { verifyAcceptModel } from '@beamline/figures/verify_accept/model';
import { storedValidation } from '@beamline/fixtures';
import type { SchedulerFactory } from '@beamline/scheduler';
import type { Validation } from '@beamline/simulator';
import { type LoadInput, loadModel } from './load-model.ts';

export interface ModelPorts {
  createScheduler: SchedulerFactory;
  onProgress?: (done: number, total: number) => void;
}

/** Input comes from a page or a message: each model checks what it needs of it. */
type ModelMaker = (input: never, ports: ModelPorts) => unknown;

const noTrace = () => {
  throw new Error('a figure reads no traces');
};

const loop = (input: Partial<LoopInput>) => loopInput(input.preset, input);

export const modelMakers: Record<string, ModelMaker> = {
  acceptance_depth: (input: Partial<AcceptanceDepthInput>) =>
    acceptanceDepth({ method: 'redrafter', beams: 4, draftLength: 4, ...input }),
  beam_tree: (input: Partial<LoopInput>) => beamTreeModel(loop(input)),
  cost_pareto: (input: Partial<CostParetoInput>, { createScheduler }) =>
    costPareto(input, { createScheduler, openTrace: noTrace }),
  in_flight_lanes: (input: never, { createScheduler }) => inFlightLanes(input, createScheduler),
  kv_blocks: (input: never, { createScheduler }) => kvBlocks(input, createScheduler),
  kernel_roofline: kernelRoofline,
  latency_slo: (input: Partial<LatencySloInput>, { createScheduler }) =>
    latencySlo({ scenario: {}, ...input }, { createScheduler, openTrace: noTrace }),
  load_speedup: (input: LoadInput, ports) => loadModel(input, ports),
  packed_mask: (input: Partial<LoopInput>) => packedMaskModel(loop(input)),
  prediction_scatter: () => predictionScatter((storedValidation as Validation).points),
  step_clock: stepClock,
  verify_accept: (input: Partial<LoopInput>) => verifyAcceptModel(loop(input)),
};

export function modelFor(figure: string, input: unknown, ports: ModelPorts): unknown {
  const make = modelMakers[figure];
  if (make === undefined) throw new Error(`There is no figure "${figure}" in figures/models.ts`);
  return make((input ?? {}) as never, ports);
}
