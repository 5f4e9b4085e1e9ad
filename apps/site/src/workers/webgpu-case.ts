/** One case on WebGPU, every variant of the kernel, verified as the bench verifies it. */
import {
  type Device,
  effortOf,
  requestGpu,
  verifyCase,
  WebGpuRunner,
  webGpuDevice,
} from '@beamline/bench/webgpu';
import { suites } from '@beamline/kernels/suites';
import type { CaseReply, CaseRequest } from './case-protocol.ts';

let opened: Promise<Device> | null = null;

async function open(): Promise<Device> {
  const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
  if (adapter === null) throw new Error('this browser offers no WebGPU adapter.');
  const { vendor, architecture, description } = adapter.info;
  const title = [description, vendor, architecture].filter((word) => word !== '').join(' ');
  const runner = await WebGpuRunner.create(async () => ({
    device: await requestGpu(adapter),
    title,
    isSoftware: adapter.info.isFallbackAdapter,
  }));
  return webGpuDevice(runner);
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
  for (const call of suite.cases().filter(({ id }) => ids.includes(id))) {
    for (const variant of device.variants(operator)) {
      const found = await verifyCase(device, suite, call, variant, effort);
      if (found.status !== 'passed') {
        problems.push(`${call.id}, ${variant}: ${found.status} ${found.message}`);
      }
    }
  }
  return { kind: 'done', device: `WebGPU (${device.facts.title})`, problems, shown: null };
}
