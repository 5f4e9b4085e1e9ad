/**
 * What the browser test loads into a page: the WGSL kernels, their suites and the bench's checks,
 * no Node. It verifies affordable cases of every operator on the page's own adapter.
 */
import {
  effortOf,
  requestGpu,
  verifyCase,
  WebGpuRunner,
  webGpuDevice,
} from '@beamline/bench/webgpu';
import { suites } from '@beamline/kernels/suites';
import { wgslKernels } from '@beamline/kernels/wgsl';
import { affordableCases, type WgslBudget } from '../support/wgsl-cases.ts';

export interface PageResult {
  readonly adapter: string;
  /** Checks that were passed, as `operator variant`, and what failed in words. */
  readonly passed: readonly string[];
  readonly wrong: readonly string[];
  readonly liveBuffers: number;
}

declare global {
  interface Window {
    verifyKernels(budget: WgslBudget): Promise<PageResult | null>;
  }
}

window.verifyKernels = async (budget) => {
  const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
  if (adapter === null) return null;
  const runner = await WebGpuRunner.create(async () => ({
    device: await requestGpu(adapter),
    title: adapter.info.description,
    isSoftware: true,
  }));
  const device = webGpuDevice(runner);
  const passed: string[] = [];
  const wrong: string[] = [];
  for (const kernel of wgslKernels) {
    const { name } = kernel.operator;
    const suite = suites.find(({ operator }) => operator.name === name)!;
    for (const variant of device.variants(name)) {
      for (const call of affordableCases(kernel, variant, budget)) {
        const found = await verifyCase(device, suite, call, variant, effortOf(device, true));
        if (found.status === 'passed') passed.push(`${name} ${variant}`);
        else wrong.push(`${call.id} ${variant}: ${found.status} ${found.message}`);
      }
    }
  }
  return { adapter: adapter.info.description, passed, wrong, liveBuffers: runner.memory.live };
};
