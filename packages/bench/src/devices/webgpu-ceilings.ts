/**
 * What an adapter can do at most, measured by kernels that do nothing else: bytes that a copy moves
 * in a second, FLOP of chains of multiply-adds in fp32, and the time from one launch to the next.
 * The best of several samples counts (law: a ceiling is a rate that the device reached, never one
 * from a data sheet).
 *
 * Example: 64 MiB copied in 0.5 ms are 128 MiB moved: 268 GB/s.
 */
import type { Peaks } from '../roofline.ts';
import { GpuClock } from './webgpu-clock.ts';
import { GpuMemory } from './webgpu-memory.ts';

export interface Ceilings {
  /** Read and written together. */
  readonly copyBytesPerSecond: number;
  /** A multiply-add in fp32 counts as two. */
  readonly multiplyFlopPerSecond: number;
  /** From one launch to the next, where the second waits for what the first wrote. */
  readonly launchNs: number;
}

const GROUP = 256;
const CHAINS = 8;
const TEXT = `
@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> target_: array<vec4<f32>>;
override TURNS: u32 = 1;
@compute @workgroup_size(${GROUP})
fn copy(@builtin(global_invocation_id) at: vec3<u32>) {
  target_[at.x] = source[at.x];
}
@compute @workgroup_size(${GROUP})
fn multiply(@builtin(global_invocation_id) at: vec3<u32>) {
  let a = source[0];
  let b = source[1];
  var x: array<vec4<f32>, ${CHAINS}>;
  for (var i = 0u; i < ${CHAINS}u; i++) { x[i] = vec4<f32>(f32(at.x + i)); }
  for (var turn = 0u; turn < TURNS; turn++) {
${Array.from({ length: CHAINS }, (_, i) => `    x[${i}] = fma(x[${i}], a, b);`).join('\n')}
  }
  var sum = vec4<f32>();
  for (var i = 0u; i < ${CHAINS}u; i++) { sum += x[i]; }
  target_[at.x] = sum;
}`;

const STORAGE = 0x0080;
const SAMPLES = 5;
/** Shortest sample: browsers round their timestamps to a tenth of a millisecond. */
const SAMPLE_LEAST_MS = 10;
const LAUNCHES_MOST = 1000;

interface Load {
  readonly entry: 'copy' | 'multiply';
  readonly groups: number;
  readonly turns: number;
}

class Bench {
  readonly #device: GPUDevice;
  readonly #memory: GpuMemory;
  readonly #clock: GpuClock;
  readonly #buffers: readonly [GPUBuffer, GPUBuffer];
  readonly #module: GPUShaderModule;

  constructor(device: GPUDevice, bytes: number) {
    this.#device = device;
    this.#memory = new GpuMemory(device);
    this.#clock = new GpuClock(device, this.#memory);
    this.#buffers = [this.#memory.buffer(bytes, STORAGE), this.#memory.buffer(bytes, STORAGE)];
    this.#module = device.createShaderModule({ code: TEXT });
  }

  /** Least milliseconds of one launch. */
  async leastMs({ entry, groups, turns }: Load): Promise<number> {
    const pipeline = await this.#device.createComputePipelineAsync({
      layout: 'auto',
      compute: {
        module: this.#module,
        entryPoint: entry,
        constants: entry === 'multiply' ? { TURNS: turns } : {},
      },
    });
    const [from, to] = this.#buffers;
    const layout = pipeline.getBindGroupLayout(0);
    const bound = this.#device.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: from } },
        { binding: 1, resource: { buffer: to } },
      ],
    });
    const sample = async (launches: number) => {
      const ms = await this.#clock.ms((pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bound);
        for (let i = 0; i < launches; i++) pass.dispatchWorkgroups(groups);
      });
      return ms / launches;
    };
    await sample(1);
    const first = await sample(8);
    const wanted = Math.ceil(SAMPLE_LEAST_MS / Math.max(first, SAMPLE_LEAST_MS / LAUNCHES_MOST));
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < SAMPLES; i++) least = Math.min(least, await sample(wanted));
    return least;
  }

  free(): void {
    this.#clock.free();
    for (const buffer of this.#buffers) this.#memory.free(buffer);
  }
}

/**
 * Measures them on a device with `timestamp-query`; a second or less. `isSoftware` takes smaller
 * loads, as a CPU does the work.
 */
export async function measureCeilings(device: GPUDevice, isSoftware: boolean): Promise<Ceilings> {
  const bytes = isSoftware ? 2 ** 24 : 2 ** 26;
  const groups = isSoftware ? 64 : 2048;
  const turns = isSoftware ? 64 : 256;
  const bench = new Bench(device, bytes);
  try {
    const copyMs = await bench.leastMs({ entry: 'copy', groups: bytes / 16 / GROUP, turns: 0 });
    const multiplyMs = await bench.leastMs({ entry: 'multiply', groups, turns });
    const launchMs = await bench.leastMs({ entry: 'copy', groups: 1, turns: 0 });
    const flop = groups * GROUP * turns * CHAINS * 4 * 2;
    return {
      copyBytesPerSecond: (2 * bytes) / (copyMs / 1e3),
      multiplyFlopPerSecond: flop / (multiplyMs / 1e3),
      launchNs: launchMs * 1e6,
    };
  } finally {
    bench.free();
  }
}

/** The ceilings as the rates of a floor; exponentials have none of their own. */
export function peaksOfCeilings(title: string, ceilings: Ceilings): Peaks {
  return {
    hardware: `${title} (copy and fp32 multiply-adds measured on it)`,
    isMeasured: true,
    bytesPerSecond: ceilings.copyBytesPerSecond,
    flopPerSecond: ceilings.multiplyFlopPerSecond,
    expPerSecond: Number.POSITIVE_INFINITY,
    launchNs: ceilings.launchNs,
  };
}
