/**
 * The WGSL kernels on a GPUDevice, in Node or in a page. Whatever goes wrong on the device (a
 * refused pipeline, no memory, a lost device) ends the case that did it; after a loss the next case
 * opens the device anew.
 */
import type { Case, OperatorSuite } from '@beamline/kernels/suites';
import { type WgslKernel, type WgslVariant, wgslKernels } from '@beamline/kernels/wgsl';
import type { Device, Failure, PreparedCall, RunOptions, RunResult } from '../device.ts';
import { inputError } from '../error.ts';
import type { Peaks } from '../roofline.ts';
import { type CallParts, GpuCall } from './webgpu-call.ts';
import { measureCeilings, peaksOfCeilings } from './webgpu-ceilings.ts';
import { GpuClock } from './webgpu-clock.ts';
import { GpuMemory } from './webgpu-memory.ts';
import { beyondLimits, lacking, PipelineCache } from './webgpu-pipelines.ts';
import { lanesAreInOrder } from './webgpu-probe.ts';

/** An adapter opened: the device and its name in words. */
export interface OpenedGpu {
  readonly device: GPUDevice;
  readonly title: string;
  /** Whether a CPU does the work. */
  readonly isSoftware: boolean;
}

/** Features that kernels make use of where an adapter has them. */
export const wantedFeatures = ['subgroups', 'shader-f16', 'timestamp-query'] as const;

/** Limits that are raised to what the adapter has. */
const RAISED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
] as const;

/** Asks an adapter for a device with all that kernels can use of it. */
export function requestGpu(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredFeatures = wantedFeatures.filter((name) => adapter.features.has(name));
  const requiredLimits = Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]]));
  return adapter.requestDevice({ requiredFeatures, requiredLimits });
}

class DeviceLost extends Error {}

interface Session extends CallParts {
  readonly opened: OpenedGpu;
  lost: DeviceLost | null;
  readonly whenLost: Promise<never>;
}

async function begin(open: () => Promise<OpenedGpu>): Promise<Session> {
  const opened = await open();
  const { device } = opened;
  const whenLost = device.lost.then(({ reason, message }): never => {
    session.lost = new DeviceLost(`device lost (${reason}): ${message}`);
    throw session.lost;
  });
  whenLost.catch(() => {}); // whoever waits for it hears of it
  const session: Session = {
    opened,
    device,
    memory: new GpuMemory(device),
    pipelines: new PipelineCache(device),
    lost: null,
    whenLost,
  };
  return session;
}

/** Overwritten before a cold sample: more than a cache holds. */
const FLUSH_BYTES = 1 << 26;

const SCOPES = ['out-of-memory', 'internal', 'validation'] as const;

export class WebGpuRunner {
  readonly #open: () => Promise<OpenedGpu>;
  readonly #kernels: ReadonlyMap<string, WgslKernel>;
  #session: Session;
  readonly #hasOrder: boolean;
  #peaks: Promise<Peaks> | null = null;

  private constructor(
    open: () => Promise<OpenedGpu>,
    session: Session,
    kernels: readonly WgslKernel[],
    hasOrder: boolean,
  ) {
    this.#open = open;
    this.#session = session;
    this.#hasOrder = hasOrder;
    this.#kernels = new Map(kernels.map((kernel) => [kernel.operator.name, kernel]));
  }

  static async create(
    open: () => Promise<OpenedGpu>,
    kernels: readonly WgslKernel[] = wgslKernels,
  ): Promise<WebGpuRunner> {
    const session = await begin(open);
    const hasOrder = await lanesAreInOrder(session.device);
    return new WebGpuRunner(open, session, kernels, hasOrder);
  }

  get opened(): OpenedGpu {
    return this.#session.opened;
  }

  get memory(): GpuMemory {
    return this.#session.memory;
  }

  get pipelines(): PipelineCache {
    return this.#session.pipelines;
  }

  #lacking(variant: WgslVariant): string | null {
    if (variant.needs.includes('subgroups') && !this.#hasOrder) {
      return 'needs subgroups whose lanes are in order';
    }
    return lacking(this.#session.device, variant);
  }

  /** Variants that this adapter can run. */
  variants(operator: string): readonly string[] {
    const all = this.#kernels.get(operator)?.variants ?? [];
    return all.filter((variant) => this.#lacking(variant) === null).map(({ name }) => name);
  }

  /** The variant to run, or why there is none. */
  #choose(kernel: WgslKernel, name: string, call: Case): WgslVariant | string {
    let reason = `no variant '${name}'`;
    for (const variant of kernel.variants) {
      if (name !== '' && variant.name !== name) continue;
      const why = this.#lacking(variant) ?? variant.refuse(call);
      const session = this.#session;
      const beyond = why ?? beyondLimits(session.device, variant.plan(call));
      if (beyond === null) return variant;
      reason = beyond;
    }
    return reason;
  }

  async #ready(): Promise<Session> {
    if (this.#session.lost !== null) this.#session = await begin(this.#open);
    return this.#session;
  }

  /**
   * Does `work` and waits for what the device has to say about it; its complaints become errors.
   * Scopes are popped whether or not the work threw.
   */
  async #guarded<T>(session: Session, work: () => Promise<T>): Promise<T> {
    const { device } = session;
    for (const scope of SCOPES) device.pushErrorScope(scope);
    let result: T | undefined;
    let thrown: unknown = null;
    try {
      result = await Promise.race([work(), session.whenLost]);
    } catch (error) {
      thrown = error;
    }
    if (session.lost !== null) throw session.lost;
    const popped = SCOPES.map(() => device.popErrorScope());
    const complaints = await Promise.race([Promise.all(popped), session.whenLost]);
    const complaint = complaints.find((error) => error !== null) ?? thrown;
    if (complaint !== null && complaint !== undefined) throw complaint;
    return result as T;
  }

  async #lay(suite: OperatorSuite, call: Case, options: Pick<RunOptions, 'variant' | 'poison'>) {
    const kernel = this.#kernels.get(suite.operator.name);
    if (kernel === undefined) return 'has no WGSL kernel';
    const variant = this.#choose(kernel, options.variant, call);
    if (typeof variant === 'string') return variant;
    const session = await this.#ready();
    const { poison } = options;
    const lay = () => GpuCall.lay(session, suite, kernel, variant, call, poison);
    return { session, laid: await this.#guarded(session, lay) };
  }

  async run(suite: OperatorSuite, call: Case, options: RunOptions): Promise<RunResult> {
    try {
      const made = await this.#lay(suite, call, options);
      if (typeof made === 'string') return { status: 'unsupported', message: made };
      const { session, laid } = made;
      try {
        return await this.#guarded(session, async () => {
          const encoder = session.device.createCommandEncoder();
          const pass = encoder.beginComputePass();
          laid.encode(pass);
          pass.end();
          session.device.queue.submit([encoder.finish()]);
          return laid.finish();
        });
      } finally {
        laid.free();
      }
    } catch (error) {
      return failureOf(error);
    }
  }

  async prepare(suite: OperatorSuite, call: Case, variant: string): Promise<PreparedCall> {
    const made = await this.#lay(suite, call, { variant, poison: 'nan' });
    if (typeof made === 'string') throw inputError(`${call.id}: ${made}`);
    const { session, laid } = made;
    const { device, memory, opened } = session;
    const clock = new GpuClock(device, memory);
    const flush = opened.isSoftware ? null : memory.storage(FLUSH_BYTES);
    await this.#guarded(session, () => clock.ms((pass) => laid.encode(pass)));
    return {
      sampleMs: (launches, { isCold }) =>
        this.#guarded(session, () => {
          const encode = (pass: GPUComputePassEncoder) => {
            for (let i = 0; i < launches; i++) laid.encode(pass);
          };
          return clock.ms(encode, isCold ? flush : null);
        }),
      outputs: async () => (await this.#guarded(session, () => laid.finish())).outputs,
      free: () => {
        clock.free();
        if (flush !== null) memory.free(flush);
        laid.free();
      },
    };
  }

  /** What this adapter reaches, measured once. */
  peaks(): Promise<Peaks> {
    const { device, title, isSoftware } = this.#session.opened;
    const measure = async () => peaksOfCeilings(title, await measureCeilings(device, isSoftware));
    this.#peaks ??= this.#guarded(this.#session, measure);
    return this.#peaks;
  }

  /** Ends the device; a process does not end before. */
  close(): void {
    this.#session.device.destroy();
  }
}

/** An error of the device as the end of a case; any other is a bug and is thrown on. */
function failureOf(error: unknown): Failure {
  const { message = String(error), name = '' } = error as Partial<Error>;
  const kind = (error as object).constructor.name;
  if (kind === 'GPUOutOfMemoryError') return { status: 'unsupported', message };
  if (error instanceof DeviceLost || kind.startsWith('GPU') || name.startsWith('GPU')) {
    return { status: 'fault', message };
  }
  if (message.startsWith('WGSL ')) return { status: 'fault', message };
  throw error;
}

export function webGpuDevice(runner: WebGpuRunner): Device {
  const { device, title, isSoftware } = runner.opened;
  const takesTimes = device.features.has('timestamp-query');
  return {
    name: 'webgpu',
    facts: { title, arch: null, multiprocessors: null, l2Bytes: null },
    isFunctional: isSoftware,
    takesTimes,
    schedules: ['default'],
    hasChecks: false,
    hasGraphs: false,
    variants: (operator) => runner.variants(operator),
    run: (suite, call, options) => runner.run(suite, call, options),
    peaks: takesTimes ? () => runner.peaks() : null,
    prepare: takesTimes ? (suite, call, variant) => runner.prepare(suite, call, variant) : null,
  };
}
