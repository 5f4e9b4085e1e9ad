/**
 * The WGSL counterpart of an operator: which entry points run, over which buffers, with how many
 * workgroups. It is a description: whoever has a GPUDevice (Node or a page) carries it out, so
 * nothing here touches one (law: a pipeline is made only after needs and limits were compared with
 * the adapter's).
 *
 * Example: scan_lengths is one pass, `scan`, one workgroup, over lengths, offsets, total and max.
 */
import type { Operator } from '../../record.ts';
import type { Case } from '../../suite-record.ts';

/** A number of the parameter block `p`, by the name that WGSL reads it. */
export type ParamType = 'u32' | 'i32' | 'f32';

/** A buffer between passes; its contents are undefined before the first of them. */
export type ScratchType = 'u32' | 'i32' | 'f32' | 'atomic<u32>' | 'vec4<f32>' | 'vec4<u32>';

/** Workgroups whose number the device itself wrote: three u32 at `word` of a scratch buffer. */
export interface IndirectGroups {
  readonly scratch: string;
  readonly word: number;
}

export interface WgslPass {
  readonly entry: string;
  /**
   * What the entry point touches: names of inputs, outputs and scratch buffers; `NAME_in` reads
   * an output or a scratch buffer that an earlier pass wrote.
   */
  readonly uses: readonly string[];
  /** Workgroups; more than a dimension holds are laid over two (`group_index` in WGSL). */
  readonly groups: number | IndirectGroups;
}

/** What one call needs, from its shapes alone: lengths on the device are never looked at. */
export interface WgslPlan {
  /** Values of `override` declarations, such as tile sizes. */
  readonly overrides: Readonly<Record<string, number>>;
  readonly passes: readonly WgslPass[];
  /** Bytes of each scratch buffer in use. */
  readonly scratch: Readonly<Record<string, number>>;
}

/** What an adapter must offer; checked before a pipeline is made. */
export interface WgslLimits {
  /** Invocations of a workgroup. */
  readonly invocations: number;
  /** Bytes of `var<workgroup>` memory. */
  readonly workgroupBytes: number;
}

export type WgslFeature = 'subgroups' | 'shader-f16';

export interface WgslVariant {
  readonly name: string;
  readonly needs: readonly WgslFeature[];
  readonly limits: WgslLimits;
  /** WGSL texts, behind the bindings that are made from the record. */
  sources(call: Case): readonly string[];
  /** Why it does not take a call; null when it does. */
  refuse(call: Case): string | null;
  plan(call: Case): WgslPlan;
}

export interface WgslKernel {
  readonly operator: Operator;
  /** Fields of the parameter block. */
  readonly params: Readonly<Record<string, ParamType>>;
  /** Their values; those of axes, extents and attributes when absent. */
  values?(call: Case, variant: WgslVariant): Readonly<Record<string, number>>;
  readonly scratch: Readonly<Record<string, ScratchType>>;
  /** The order is that of preference: the first that fits an adapter and a call is taken. */
  readonly variants: readonly WgslVariant[];
}

export function paramsOf(
  kernel: WgslKernel,
  variant: WgslVariant,
  call: Case,
): Record<string, number> {
  const known: Record<string, number> = {
    ...call.attributes,
    ...call.axes,
    ...kernel.values?.(call, variant),
  };
  const values: Record<string, number> = {};
  for (const name of Object.keys(kernel.params)) {
    const value = known[name];
    if (value === undefined) throw new Error(`${kernel.operator.name}: no parameter '${name}'`);
    values[name] = value;
  }
  return values;
}
