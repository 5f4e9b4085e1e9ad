/**
 * WebGPU in Node: Dawn out of the `webgpu` package, over whatever driver the Vulkan loader finds.
 * Which one that is, is for the caller to arrange before.
 */
import type { WgslKernel } from '@beamline/kernels/wgsl';
import type { AbsentDevice, Device } from '../device.ts';
import { type OpenedGpu, requestGpu, WebGpuRunner, webGpuDevice } from './webgpu-device.ts';

/** Dawn rounds timestamps to 100 µs unless told not to. */
const OPTIONS = ['disable-dawn-features=timestamp_quantization'];

/** Instances live as long as what they gave. */
const instances: GPU[] = [];

async function openAdapter(): Promise<OpenedGpu> {
  const { create } = await import('webgpu');
  const gpu = create(OPTIONS);
  instances.push(gpu);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('none');
  const { description, device, vendor, architecture } = adapter.info;
  const title = description === '' ? device : description;
  const isSoftware = /llvmpipe|swiftshader/i.test(`${title} ${vendor} ${architecture}`);
  return { device: await requestGpu(adapter), title, isSoftware };
}

/** Runs kernels (the suite's, unless told) on the machine's adapter, or tells why there is none. */
export async function openWebGpuRunner(
  kernels?: readonly WgslKernel[],
): Promise<WebGpuRunner | string> {
  try {
    return await WebGpuRunner.create(openAdapter, kernels);
  } catch (error) {
    const { message } = error as Error;
    return message === 'none' ? 'no WebGPU adapter' : `no WebGPU adapter: ${message}`;
  }
}

export async function openWebGpu(): Promise<Device | AbsentDevice> {
  const runner = await openWebGpuRunner();
  if (typeof runner === 'string') return { name: 'webgpu', missing: runner, compiled: null };
  return webGpuDevice(runner);
}
