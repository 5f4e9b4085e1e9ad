/**
 * The record of one operator: what it is called, what goes in and out, and what it must at least
 * cost. The simulator prices a step with these records, so the bench, the roofline and the planner
 * can never disagree about an operator's bytes (law: one record, one source of its cost).
 *
 * Example: `operator.cost({ rows: 4, hidden: 4096 }, { float: 'bf16' })` gives bytes, FLOP, exps
 * and launches.
 */

/** Element types. Indices are `i32`, mask words `u32`. */
export type Dtype = 'fp32' | 'fp16' | 'bf16' | 'fp8' | 'i32' | 'u32';

/** The types a caller chooses: `float` for activations and logits, `kv` for the KV cache. */
export interface Dtypes {
  readonly float: Dtype;
  readonly kv?: Dtype;
}

/** What one call moves and computes at least. All counts, no time. */
export interface Work {
  /** Bytes read from and written to device memory. */
  bytes: number;
  /** Floating-point operations, an add and a multiply counted apart. */
  flop: number;
  /** Exponentials (special-function unit). */
  exps: number;
  /** Kernel launches. */
  launches: number;
}

export interface Axis<Name extends string = string> {
  readonly name: Name;
  readonly meaning: string;
  /** Smallest and largest extent, both allowed. */
  readonly min: number;
  readonly max: number;
}

/** A tensor by its symbolic shape: axis names, or expressions over them. */
export interface TensorSpec {
  readonly name: string;
  /** `float` and `kv` stand for the type that the caller chose. */
  readonly dtype: Dtype | 'float' | 'kv';
  readonly shape: readonly string[];
  readonly meaning: string;
  /** What a float may be: `finite` (when absent), `no-nan` (infinities too), `any` (NaN too). */
  readonly values?: 'finite' | 'no-nan' | 'any';
  /** Of an output: it is the input of the same name, changed in its own memory. */
  readonly inPlace?: true;
}

/** A number that goes with a call and is no tensor. */
export interface Attribute {
  readonly name: string;
  readonly meaning: string;
  /** What holds when the call does not say. */
  readonly value: number;
  /** Smallest and largest value, both allowed. */
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

export interface Operator<Name extends string = string> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What comes out, exactly, ties and empty inputs included. */
  readonly meaning: string;
  readonly axes: readonly Axis<Name>[];
  /** Extents that shapes name and the cost does not need. */
  readonly extents: readonly Axis[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly attributes: readonly Attribute[];
  /** Paper, section or derivation that the meaning and the cost follow. */
  readonly source: string;
  /** The floor of one call. Writes into `into` when given, so that a hot path allocates nothing. */
  cost(axes: Readonly<Record<Name, number>>, dtypes: Dtypes, into?: Work): Work;
}

const BYTES: Readonly<Record<Dtype, number>> = {
  fp32: 4,
  fp16: 2,
  bf16: 2,
  fp8: 1,
  i32: 4,
  u32: 4,
};

export function bytesPerElement(dtype: Dtype): number {
  return BYTES[dtype];
}

export function emptyWork(): Work {
  return { bytes: 0, flop: 0, exps: 0, launches: 0 };
}

/** Fills `into`. A call without bytes does nothing and launches nothing. */
export function setWork(
  into: Work,
  bytes: number,
  flop: number,
  exps: number,
  launches: number,
): Work {
  into.bytes = bytes;
  into.flop = flop;
  into.exps = exps;
  into.launches = bytes > 0 ? launches : 0;
  return into;
}

export function axis<Name extends string>(name: Name, meaning: string, max: number): Axis<Name> {
  return { name, meaning, min: 0, max };
}

export function tensor(
  name: string,
  dtype: TensorSpec['dtype'],
  shape: readonly string[],
  meaning: string,
  more: Pick<TensorSpec, 'values' | 'inPlace'> = {},
): TensorSpec {
  return { name, dtype, shape, meaning, ...more };
}

/** A whole-numbered attribute. */
export function attribute(
  name: string,
  meaning: string,
  value: number,
  min: number,
  max: number,
): Attribute {
  return { name, meaning, value, min, max, integer: true };
}

/** An attribute that may be a fraction. */
export function realAttribute(
  name: string,
  meaning: string,
  value: number,
  min: number,
  max: number,
): Attribute {
  return { name, meaning, value, min, max, integer: false };
}

/** Extents that many operators share, with the limits that every device must accept. */
export const limits = {
  requests: 65536,
  rows: 4194304,
  beams: 1024,
  draftLength: 64,
  vocab: 1048576,
  hidden: 131072,
  heads: 1024,
  headDim: 512,
  layers: 1024,
  kvTokens: 1073741824,
  candidates: 64,
  tokensPerBlock: 1024,
  draws: 65536,
  pages: 16777216,
} as const;
