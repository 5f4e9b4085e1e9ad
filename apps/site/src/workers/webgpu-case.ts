/**
 * Cases on WebGPU, in every variant of the kernel, verified as the bench verifies them; of a single
 * case also the outputs, beside the reference's.
 */
import {
  type Device,
  effortOf,
  isFailure,
  plainRun,
  verifyCase,
  WebGpuRunner,
  webGpuDevice,
} from '@beamline/bench/webgpu';
import { type Case, type OperatorSuite, suites } from '@beamline/kernels/suites';
import { openGpu } from '../lab/open-gpu.ts';
import type { CaseReply, CaseRequest, ShownCase } from './case-protocol.ts';
import { comparedTensors, shownTensors } from './shown-tensors.ts';

let opened: Promise<Device> | null = null;

async function open(): Promise<Device> {
  return webGpuDevice(await WebGpuRunner.create(() => openGpu('default')));
}

/** Null where the device does not take the case. */
async function shownCase(
  device: Device,
  suite: OperatorSuite,
  call: Case,
): Promise<ShownCase | null> {
  const result = await device.run(suite, call, plainRun);
  if (isFailure(result)) return null;
  const outputs = comparedTensors(suite.reference(call), result.outputs);
  return { inputs: shownTensors(call.inputs), outputs };
}

export async function runCaseOnGpu({ operator, ids }: CaseRequest): Promise<CaseReply> {
  opened ??= open();
  opened.catch(() => {
    opened = null;
  });
  const device = await opened;
  const suite = suites.find((one) => one.operator.name === operator);
  if (suite === undefined) throw new Error(`there is no operator ${operator}.`);
  const problems: string[] = [];
  const effort = effortOf(device, true);
  const cases = suite.cases().filter(({ id }) => ids.includes(id));
  for (const call of cases) {
    for (const variant of device.variants(operator)) {
      const found = await verifyCase(device, suite, call, variant, effort);
      if (found.status !== 'passed' && found.status !== 'unsupported') {
        problems.push(`${call.id}, ${variant}: ${found.status} ${found.message}`);
      }
    }
  }
  const shown = cases.length === 1 ? await shownCase(device, suite, cases[0]!) : null;
  return { kind: 'done', device: `WebGPU (${device.facts.title})`, problems, shown };
}
