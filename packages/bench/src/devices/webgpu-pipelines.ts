/**
 * Compute pipelines of WGSL kernels, made once for each module, entry point and set of overrides,
 * and why an adapter cannot have one. Features and limits are compared before anything is made.
 */
import {
  bindingsOf,
  type WgslKernel,
  type WgslPass,
  type WgslPlan,
  type WgslVariant,
} from '@beamline/kernels/wgsl';

const COMPUTE = 0x4;

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

interface Module {
  readonly module: GPUShaderModule;
  readonly number: number;
}

/** `offsets_in` reads what `offsets` is. */
export function bufferName(use: string, kernel: WgslKernel): string {
  const bindings = bindingsOf(kernel);
  return bindings.has(use) || !use.endsWith('_in') ? use : use.slice(0, -'_in'.length);
}

/** What the adapter lacks for a variant; null when nothing. */
export function lacking(device: GPUDevice, variant: WgslVariant): string | null {
  const { needs, limits } = variant;
  const feature = needs.find((name) => !device.features.has(name));
  if (feature !== undefined) return `needs ${feature}, which the adapter lacks`;
  const { maxComputeInvocationsPerWorkgroup: invocations, maxComputeWorkgroupStorageSize: bytes } =
    device.limits;
  if (limits.invocations > invocations) {
    return `needs ${limits.invocations} invocations, the adapter has ${invocations}`;
  }
  if (limits.workgroupBytes > bytes) {
    return `needs ${limits.workgroupBytes} bytes of workgroup memory, the adapter has ${bytes}`;
  }
  return null;
}

/** Why a plan does not fit the adapter; null when it does. */
export function beyondLimits(device: GPUDevice, plan: WgslPlan): string | null {
  const { maxStorageBuffersPerShaderStage: buffers, maxComputeWorkgroupsPerDimension: width } =
    device.limits;
  for (const [name, bytes] of Object.entries(plan.scratch)) {
    const most = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
    if (bytes > most) return `needs ${bytes} bytes for ${name}, the adapter binds ${most}`;
  }
  for (const { entry, uses, groups } of plan.passes) {
    if (uses.length > buffers) {
      return `${entry} binds ${uses.length} buffers, the adapter takes ${buffers}`;
    }
    if (typeof groups === 'number' && groups > width * width) {
      return `${entry} needs ${groups} workgroups, the adapter takes ${width}²`;
    }
  }
  return null;
}

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #modules = new Map<string, Module>();
  readonly #pipelines = new Map<string, Pipeline>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get size(): number {
    return this.#pipelines.size;
  }

  /** The number of a module, made when its text is first seen. */
  async #module(operator: string, text: string): Promise<Module> {
    const known = this.#modules.get(text);
    if (known !== undefined) return known;
    const module = this.#device.createShaderModule({ code: text });
    const { messages } = await module.getCompilationInfo();
    const wrong = messages.find(({ type }) => type === 'error');
    if (wrong !== undefined) {
      const line = text.split('\n')[wrong.lineNum - 1] ?? '';
      throw new Error(`WGSL of ${operator}: ${wrong.message} in '${line.trim()}'`);
    }
    const made = { module, number: this.#modules.size };
    this.#modules.set(text, made);
    return made;
  }

  /** The pipeline of a pass over a module's text. Throws what the compiler says. */
  async find(kernel: WgslKernel, text: string, plan: WgslPlan, pass: WgslPass): Promise<Pipeline> {
    const { name } = kernel.operator;
    const { module, number } = await this.#module(name, text);
    const key = [number, pass.entry, pass.uses.join(), JSON.stringify(plan.overrides)].join('|');
    const known = this.#pipelines.get(key);
    if (known !== undefined) return known;
    const layout = this.#layout(kernel, pass);
    const pipeline = await this.#device.createComputePipelineAsync({
      label: `${name} ${pass.entry}`,
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: pass.entry, constants: plan.overrides },
    });
    const made = { pipeline, layout };
    this.#pipelines.set(key, made);
    return made;
  }

  #layout(kernel: WgslKernel, { uses }: WgslPass): GPUBindGroupLayout {
    const bindings = bindingsOf(kernel);
    const entries = uses.map((use): GPUBindGroupLayoutEntry => {
      const name = bufferName(use, kernel);
      const bound = bindings.get(name);
      if (bound === undefined) throw new Error(`${kernel.operator.name}: no binding '${use}'`);
      const isRead = !bound.isWritten || use !== name;
      const type = isRead ? 'read-only-storage' : 'storage';
      return { binding: bound.binding, visibility: COMPUTE, buffer: { type } };
    });
    const params = { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' } } as const;
    return this.#device.createBindGroupLayout({ entries: [params, ...entries] });
  }
}
