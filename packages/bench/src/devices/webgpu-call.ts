/**
 * One call of an operator on a GPUDevice: its buffers, its passes, and the commands that run them.
 * Lengths are never read back between passes: a pass whose size depends on them takes its number of
 * workgroups from a buffer that an earlier pass wrote.
 */
import { bytesPerElement } from '@beamline/kernels';
import type { Case, OperatorSuite, Tensor, Tensors } from '@beamline/kernels/suites';
import { outputShapes } from '@beamline/kernels/suites';
import {
  bindingsOf,
  moduleText,
  outputName,
  paramsOf,
  type WgslKernel,
  type WgslPlan,
  type WgslVariant,
} from '@beamline/kernels/wgsl';
import type { Finished, Poison } from '../device.ts';
import { decodeTensor } from '../tensor-bytes.ts';
import { GpuArena, type GpuMemory } from './webgpu-memory.ts';
import { bufferName, type PipelineCache } from './webgpu-pipelines.ts';

export interface CallParts {
  readonly device: GPUDevice;
  readonly memory: GpuMemory;
  readonly pipelines: PipelineCache;
}

type Shape = Omit<Tensor, 'data'>;

interface Encoded {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly groups: readonly [number, number] | { buffer: GPUBuffer; offset: number };
}

function bytesOf({ dtype, shape }: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1) * bytesPerElement(dtype);
}

/** The parameter block as bytes, a word a field. */
function paramBytes(kernel: WgslKernel, variant: WgslVariant, call: Case): Uint8Array<ArrayBuffer> {
  const values = paramsOf(kernel, variant, call);
  const fields = Object.entries(kernel.params);
  const view = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(fields.length / 4) * 16)));
  fields.forEach(([name, type], i) => {
    const value = values[name]!;
    if (type === 'f32') view.setFloat32(4 * i, value, true);
    else if (type === 'i32') view.setInt32(4 * i, value, true);
    else view.setUint32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

export class GpuCall {
  readonly #arena: GpuArena;
  readonly #shapes: Readonly<Record<string, Shape>>;
  readonly #suite: OperatorSuite;
  readonly #memory: GpuMemory;
  readonly #params: GPUBuffer;
  #passes: readonly Encoded[] = [];

  private constructor(
    memory: GpuMemory,
    suite: OperatorSuite,
    kernel: WgslKernel,
    variant: WgslVariant,
    call: Case,
    plan: WgslPlan,
    poison: Poison,
  ) {
    this.#memory = memory;
    this.#suite = suite;
    this.#arena = new GpuArena(memory);
    this.#shapes = outputShapes(suite, call);
    const { inputs, outputs } = suite.operator;
    const inPlace = new Set(outputs.filter((one) => one.inPlace).map(({ name }) => name));
    for (const { name } of inputs) {
      this.#arena.input(name, call.inputs[name]!, inPlace.has(name));
    }
    for (const spec of outputs) {
      if (spec.inPlace) continue;
      const name = outputName(suite.operator, spec);
      this.#arena.room(name, bytesOf(this.#shapes[spec.name]!), poison);
    }
    for (const [name, bytes] of Object.entries(plan.scratch)) this.#arena.room(name, bytes, poison);
    this.#params = memory.uniform(paramBytes(kernel, variant, call));
  }

  /** Lays a call out. What it made is freed again when something of it cannot be made. */
  static async lay(
    parts: CallParts,
    suite: OperatorSuite,
    kernel: WgslKernel,
    variant: WgslVariant,
    call: Case,
    poison: Poison,
  ): Promise<GpuCall> {
    const plan = variant.plan(call);
    const laid = new GpuCall(parts.memory, suite, kernel, variant, call, plan, poison);
    try {
      laid.#passes = await laid.#encodePasses(parts, kernel, variant, call, plan);
      return laid;
    } catch (error) {
      laid.free();
      throw error;
    }
  }

  async #encodePasses(
    { device, pipelines }: CallParts,
    kernel: WgslKernel,
    variant: WgslVariant,
    call: Case,
    plan: WgslPlan,
  ): Promise<Encoded[]> {
    const bindings = bindingsOf(kernel);
    const text = moduleText(kernel, variant, call);
    const passes: Encoded[] = [];
    const width = device.limits.maxComputeWorkgroupsPerDimension;
    for (const pass of plan.passes) {
      if (pass.groups === 0) continue;
      const { pipeline, layout } = await pipelines.find(kernel, text, plan, pass);
      const entries = pass.uses.map((use): GPUBindGroupEntry => {
        const name = bufferName(use, kernel);
        const resource = { buffer: this.#arena.buffer(name) };
        return { binding: bindings.get(name)!.binding, resource };
      });
      const params = { binding: 0, resource: { buffer: this.#params } };
      const group = device.createBindGroup({ layout, entries: [params, ...entries] });
      const { groups } = pass;
      passes.push({
        pipeline,
        group,
        groups:
          typeof groups === 'number'
            ? [Math.min(groups, width), Math.ceil(groups / width)]
            : { buffer: this.#arena.buffer(groups.scratch), offset: 4 * groups.word },
      });
    }
    return passes;
  }

  /** Adds the call to a pass of commands. */
  encode(encoder: GPUComputePassEncoder): void {
    for (const { pipeline, group, groups } of this.#passes) {
      encoder.setPipeline(pipeline);
      encoder.setBindGroup(0, group);
      if ('buffer' in groups) encoder.dispatchWorkgroupsIndirect(groups.buffer, groups.offset);
      else encoder.dispatchWorkgroups(...groups);
    }
  }

  async finish(): Promise<Finished> {
    const { bytes, trespasses } = await this.#arena.collect();
    const outputs: Record<string, Tensors[string]> = {};
    const bits: Record<string, Uint8Array> = {};
    const { operator } = this.#suite;
    for (const spec of operator.outputs) {
      const { name } = spec;
      const { dtype, shape } = this.#shapes[name]!;
      bits[name] = bytes.get(outputName(operator, spec))!.slice();
      outputs[name] = decodeTensor(dtype, shape, bits[name]!);
    }
    return { outputs, bits, trespasses };
  }

  free(): void {
    this.#memory.free(this.#params);
    this.#arena.free();
  }
}
