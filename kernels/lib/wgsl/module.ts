/**
 * The text of a WGSL module: directives, the parameter block, one binding per tensor of the record
 * and per scratch buffer, accessors for the types at hand, and behind them the operator's own text.
 *
 * Binding 0 is the parameter block `p`; then inputs, outputs and scratch in the record's order, so
 * that bindings follow from the record. Floats are read with `load_NAME(i)`, written with
 * `store_NAME(i, x)`; `raw_NAME(i)` and `put_NAME(i, bits)` move an element's bits untouched,
 * `word_NAME(w)` and `put_word_NAME(w, bits)` a whole word of them (not where fp16 is the
 * adapter's own type).
 * 16-bit elements lie two to a word (`load2_`, `store2_` take both, i even), fp8 four to a word.
 * A lone 16-bit store replaces half a word by two atomics, so neighbours may belong to others.
 *
 * Example: bf16 logits are `array<u32>`; element 3 is the upper half of word 1, shifted down to a
 * float's upper half.
 */
import type { Dtype, Operator, TensorSpec } from '../../record.ts';
import type { Case } from '../../suite-record.ts';
import { baseWgsl } from './base.wgsl.ts';
import type { WgslKernel, WgslVariant } from './record.ts';

interface Bound {
  readonly name: string;
  readonly binding: number;
  readonly spec: TensorSpec | null;
  readonly isWritten: boolean;
}

/**
 * The name of an output's buffer: its own, or `NAME_out` where another input has that name and is
 * not changed in place.
 */
export function outputName({ inputs }: Operator, { name, inPlace }: TensorSpec): string {
  const isTaken = inPlace !== true && inputs.some((spec) => spec.name === name);
  return isTaken ? `${name}_out` : name;
}

/** Binding numbers of tensors and scratch; an output in place shares its input's. */
export function bindingsOf(kernel: WgslKernel): ReadonlyMap<string, Bound> {
  const bound = new Map<string, Bound>();
  const { inputs, outputs } = kernel.operator;
  const inPlace = new Set(outputs.filter((spec) => spec.inPlace).map(({ name }) => name));
  let binding = 1;
  const add = (name: string, spec: TensorSpec | null, isWritten: boolean) => {
    bound.set(name, { name: identifier(name), binding, spec, isWritten });
    binding++;
  };
  for (const spec of inputs) add(spec.name, spec, inPlace.has(spec.name));
  for (const spec of outputs) {
    if (!spec.inPlace) add(outputName(kernel.operator, spec), spec, true);
  }
  for (const name of Object.keys(kernel.scratch)) add(name, null, true);
  return bound;
}

/** Tensors whose name WGSL has for a function of its own get a `_` behind it. */
const TAKEN = new Set(['max', 'min', 'length', 'step', 'distance', 'sign', 'select']);

function identifier(name: string): string {
  return TAKEN.has(name) ? `${name}_` : name;
}

function dtypeOf(spec: TensorSpec, call: Pick<Case, 'dtypes'>): Dtype {
  if (spec.dtype === 'float') return call.dtypes.float;
  return spec.dtype === 'kv' ? (call.dtypes.kv ?? call.dtypes.float) : spec.dtype;
}

function variable(binding: number, name: string, type: string, isWritten: boolean): string {
  const access = isWritten ? 'read_write' : 'read';
  return `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${type}>;`;
}

/** Readers of a float tensor that holds `word(i)`, the u32 that element i lies in. */
function readers(name: string, dtype: Dtype, word: (index: string) => string): string[] {
  const whole = `fn word_${name}(w: u32) -> u32 { return ${word('w')}; }`;
  if (dtype === 'fp32') {
    return [
      whole,
      `fn raw_${name}(i: u32) -> u32 { return ${word('i')}; }`,
      `fn load_${name}(i: u32) -> f32 { return bitcast<f32>(${word('i')}); }`,
      `fn load2_${name}(i: u32) -> vec2<f32> {`,
      `  return vec2(load_${name}(i), load_${name}(i + 1u));`,
      '}',
    ];
  }
  if (dtype === 'fp8') {
    return [
      whole,
      `fn raw_${name}(i: u32) -> u32 {`,
      `  return (${word('i >> 2u')} >> (8u * (i & 3u))) & 0xffu;`,
      '}',
      `fn load_${name}(i: u32) -> f32 { return widen_fp8(raw_${name}(i)); }`,
      `fn load2_${name}(i: u32) -> vec2<f32> {`,
      `  return vec2(load_${name}(i), load_${name}(i + 1u));`,
      '}',
    ];
  }
  return [
    whole,
    `fn raw_${name}(i: u32) -> u32 {`,
    `  return (${word('i >> 1u')} >> (16u * (i & 1u))) & 0xffffu;`,
    '}',
    `fn load_${name}(i: u32) -> f32 { return widen_${dtype}(raw_${name}(i)); }`,
    `fn load2_${name}(i: u32) -> vec2<f32> {`,
    `  let pair = ${word('i >> 1u')};`,
    `  return vec2(widen_${dtype}(pair & 0xffffu), widen_${dtype}(pair >> 16u));`,
    '}',
  ];
}

/** Writers of a float tensor. 16-bit and fp8 words are atomic: their parts have many owners. */
function writers(name: string, dtype: Dtype): string[] {
  if (dtype === 'fp32') {
    return [
      `fn put_word_${name}(w: u32, bits: u32) { ${name}[w] = bits; }`,
      `fn put_${name}(i: u32, bits: u32) { ${name}[i] = bits; }`,
      `fn store_${name}(i: u32, x: f32) { ${name}[i] = bitcast<u32>(x); }`,
      `fn store2_${name}(i: u32, x: vec2<f32>) {`,
      `  store_${name}(i, x.x);`,
      `  store_${name}(i + 1u, x.y);`,
      '}',
    ];
  }
  const [shift, mask] = dtype === 'fp8' ? [2, 3] : [1, 1];
  const [width, ones] = dtype === 'fp8' ? [8, '0xffu'] : [16, '0xffffu'];
  const narrow = `narrow_${dtype}`;
  return [
    `fn put_word_${name}(w: u32, bits: u32) { atomicStore(&${name}[w], bits); }`,
    `fn put_${name}(i: u32, bits: u32) {`,
    `  let at = ${width}u * (i & ${mask}u);`,
    `  atomicAnd(&${name}[i >> ${shift}u], ~(${ones} << at));`,
    `  atomicOr(&${name}[i >> ${shift}u], bits << at);`,
    '}',
    `fn store_${name}(i: u32, x: f32) { put_${name}(i, ${narrow}(x)); }`,
    `fn store2_${name}(i: u32, x: vec2<f32>) {`,
    ...(dtype === 'fp8'
      ? [`  store_${name}(i, x.x);`, `  store_${name}(i + 1u, x.y);`]
      : [`  atomicStore(&${name}[i >> 1u], ${narrow}(x.x) | (${narrow}(x.y) << 16u));`]),
    '}',
  ];
}

/** fp16 as the adapter's own type; rounding to it is still this module's. */
function halfTensor({ binding, name, isWritten }: Bound): string[] {
  const raw = `bitcast<u32>(vec2<f16>(${name}[i], 0.0h))`;
  const lines = [
    variable(binding, name, 'f16', isWritten),
    `fn raw_${name}(i: u32) -> u32 { return ${raw}; }`,
    `fn load_${name}(i: u32) -> f32 { return f32(${name}[i]); }`,
    `fn load2_${name}(i: u32) -> vec2<f32> {`,
    `  return vec2(f32(${name}[i]), f32(${name}[i + 1u]));`,
    '}',
  ];
  if (!isWritten) return lines;
  return [
    ...lines,
    `fn put_${name}(i: u32, bits: u32) { ${name}[i] = bitcast<vec2<f16>>(bits).x; }`,
    `fn store_${name}(i: u32, x: f32) { put_${name}(i, narrow_fp16(x)); }`,
    `fn store2_${name}(i: u32, x: vec2<f32>) {`,
    `  let both = bitcast<vec2<f16>>(narrow_fp16(x.x) | (narrow_fp16(x.y) << 16u));`,
    `  ${name}[i] = both.x;`,
    `  ${name}[i + 1u] = both.y;`,
    '}',
  ];
}

function tensorText(bound: Bound, spec: TensorSpec, call: Case, isHalf: boolean): string[] {
  const { name, binding, isWritten } = bound;
  const dtype = dtypeOf(spec, call);
  if (dtype === 'i32' || dtype === 'u32') {
    const own = variable(binding, name, dtype, isWritten);
    return isWritten ? [own, variable(binding, `${name}_in`, dtype, false)] : [own];
  }
  if (dtype === 'fp16' && isHalf) return halfTensor(bound);
  const isPacked = dtype !== 'fp32' && isWritten;
  const lines = [variable(binding, name, isPacked ? 'atomic<u32>' : 'u32', isWritten)];
  const word = (at: string) => (isPacked ? `atomicLoad(&${name}[${at}])` : `${name}[${at}]`);
  lines.push(...readers(name, dtype, word));
  if (isWritten) lines.push(...writers(name, dtype));
  return lines;
}

function scratchText({ name, binding }: Bound, type: string): string[] {
  const plain = type === 'atomic<u32>' ? 'u32' : type;
  return [variable(binding, name, type, true), variable(binding, `${name}_in`, plain, false)];
}

/** The module of a variant for the types of a call. */
export function moduleText(kernel: WgslKernel, variant: WgslVariant, call: Case): string {
  const isHalf = variant.needs.includes('shader-f16');
  const enables = { subgroups: 'enable subgroups;', 'shader-f16': 'enable f16;' };
  const fields = Object.entries(kernel.params).map(([name, type]) => `  ${name}: ${type},`);
  const bound = [...bindingsOf(kernel)];
  return [
    ...variant.needs.map((need) => enables[need]),
    'struct Params {',
    ...(fields.length > 0 ? fields : ['  unused: u32,']),
    '}',
    '@group(0) @binding(0) var<uniform> p: Params;',
    baseWgsl,
    ...bound.flatMap(([name, one]) =>
      one.spec === null
        ? scratchText(one, kernel.scratch[name]!)
        : tensorText(one, one.spec, call, isHalf),
    ),
    ...variant.sources(call),
  ].join('\n');
}
