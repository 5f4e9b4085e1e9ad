/**
 * What the browser tells of the visitor's GPU. Law: what is missing is told apart (no WebGPU, no
 * adapter), because what to do about it differs.
 */
import { LabProblem } from './problem.ts';
import type { AdapterChoice } from './protocol.ts';

export interface GpuFacts {
  title: string;
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** Whether a CPU does the work. */
  isSoftware: boolean;
  /** Fewest and most lanes of a subgroup; null where there are none. */
  subgroups: readonly [number, number] | null;
  /** Sorted by name. */
  features: readonly string[];
  limits: readonly (readonly [string, number])[];
}

/** Limits that kernels compare themselves with. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
] as const;

export async function adapterOf(choice: AdapterChoice): Promise<GPUAdapter> {
  const { gpu } = navigator as { gpu?: GPU };
  if (gpu === undefined) throw new LabProblem('no-webgpu');
  const options: GPURequestAdapterOptions =
    choice === 'software'
      ? { forceFallbackAdapter: true }
      : choice === 'default'
        ? {}
        : { powerPreference: choice };
  const adapter = await gpu.requestAdapter(options);
  if (adapter === null) throw new LabProblem('no-adapter');
  return adapter;
}

/** The driver's own words where the browser passes them on, else vendor and architecture. */
export function titleOf({ description, device, vendor, architecture }: GPUAdapterInfo): string {
  const named = [description, device].find((words) => words !== '');
  const made = [vendor, architecture].filter((word) => word !== '').join(' ');
  return named ?? (made === '' ? 'unnamed adapter' : made);
}

export function factsOf({ info, features, limits }: GPUAdapter): GpuFacts {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = info;
  return {
    title: titleOf(info),
    vendor,
    architecture,
    device,
    description,
    isSoftware: info.isFallbackAdapter,
    subgroups: features.has('subgroups') ? [subgroupMinSize, subgroupMaxSize] : null,
    features: [...features].sort(),
    limits: LIMITS.map((name) => [name, limits[name]] as const),
  };
}
