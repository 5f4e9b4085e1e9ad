/**
 * Cases of any size, for timing: every input of every record is filled by what its name means, so
 * that a new operator made of the same tensors needs no line here. The values are random (zeros are
 * never timed), the trees are W chains from one root (the largest that W beams can make), and every
 * request has the same size.
 *
 * Example: sizes B = 8, W = 4, dl = 4 give trees of 17 rows.
 */
import type { Dtype, Dtypes, TensorSpec } from '@beamline/kernels';
import type { Case, OperatorSuite, RawCase, Tensor } from '@beamline/kernels/suites';
import { Stream } from '@beamline/kernels/suites';
import { inputError } from './error.ts';
import { roundedValues } from './values.ts';

export const sizeNames = [
  'requests',
  'beams',
  'draftLength',
  'treeLength',
  'kvLength',
  'queryHeads',
  'kvHeads',
  'headDim',
  'tokensPerBlock',
  'vocab',
  'hidden',
  'exit',
  'candidates',
  'step',
  'rows',
  'layers',
  'draws',
] as const;

export type SizeName = (typeof sizeNames)[number];
/** `treeLength` 0 stands for W·dl + 1. */
export type Sizes = Record<SizeName, number>;

/** An 8-billion-parameter model at a batch of 8; small enough for a CPU with `isSmall`. */
export function defaultSizes(isSmall: boolean): Sizes {
  return {
    requests: isSmall ? 2 : 8,
    beams: 4,
    draftLength: 4,
    treeLength: 0,
    kvLength: isSmall ? 256 : 4096,
    queryHeads: isSmall ? 8 : 32,
    kvHeads: isSmall ? 2 : 8,
    headDim: 128,
    tokensPerBlock: 64,
    vocab: isSmall ? 2048 : 128256,
    hidden: isSmall ? 256 : 4096,
    exit: isSmall ? 256 : 4096,
    candidates: 4,
    step: 2,
    rows: isSmall ? 8 : 32,
    layers: isSmall ? 2 : 4,
    draws: 16,
  };
}

/** Sizes that a record's axes and extents come from, beside their own names. */
const DERIVED: Readonly<Record<string, readonly SizeName[]>> = {
  treeTokens: ['requests', 'beams', 'draftLength', 'treeLength'],
  maxTreeTokens: ['beams', 'draftLength', 'treeLength'],
  kvTokens: ['requests', 'kvLength'],
  pages: ['kvLength', 'tokensPerBlock'],
  maxPages: ['kvLength', 'tokensPerBlock'],
  movedTokens: ['requests', 'draftLength'],
  copiedRows: ['requests', 'beams', 'draftLength', 'treeLength'],
  kept: ['requests', 'beams', 'draftLength', 'treeLength'],
};

export function sizesOf({ operator }: OperatorSuite): SizeName[] {
  const names = [...operator.axes, ...operator.extents].flatMap(({ name }) => [
    ...(DERIVED[name] ?? [name]),
  ]);
  const hasBeams = operator.inputs.some(({ name }) => name === 'unpack' || name === 'beams');
  const own = new Set(names as SizeName[]);
  // With beams in the call the tree's length follows from them.
  if (hasBeams) own.delete('treeLength');
  return sizeNames.filter((name) => own.has(name));
}

class Filler {
  readonly sizes: Sizes;
  readonly rows: number;
  readonly chain: number;
  readonly stream = new Stream(7);
  readonly extents: Readonly<Record<string, number>>;

  constructor(sizes: Sizes, hasBeams: boolean) {
    const { beams, draftLength, requests, kvLength, tokensPerBlock } = sizes;
    const whole = beams * draftLength + 1;
    this.rows = hasBeams || sizes.treeLength === 0 ? whole : sizes.treeLength;
    this.chain = Math.max(1, Math.ceil((this.rows - 1) / Math.max(1, beams)));
    const kv = Math.max(kvLength, this.rows);
    this.sizes = { ...sizes, kvLength: kv, treeLength: this.rows };
    const pagesEach = Math.ceil(kv / tokensPerBlock);
    this.extents = {
      ...this.sizes,
      treeTokens: requests * this.rows,
      maxTreeTokens: this.rows,
      copiedRows: requests * this.rows,
      pages: requests * pagesEach,
      maxPages: pagesEach,
    };
  }

  /** Parent of a row: chains of equal length from the root. */
  parentOf(row: number): number {
    if (row === 0) return -1;
    return (row - 1) % this.chain === 0 ? 0 : row - 1;
  }

  depthOf(row: number): number {
    return row === 0 ? 0 : ((row - 1) % this.chain) + 1;
  }

  /** One request's words: a row sees itself and its chain up to the root. */
  words(): Uint32Array {
    const stride = Math.ceil(this.rows / 32);
    const words = new Uint32Array(this.rows * stride);
    for (let row = 0; row < this.rows; row++) {
      for (let at = row; at >= 0; at = this.parentOf(at)) {
        words[row * stride + (at >>> 5)]! |= 1 << (at & 31);
      }
    }
    return words;
  }
}

type Fill = (filler: Filler, shape: readonly number[]) => ArrayLike<number>;

const count = (shape: readonly number[]) => shape.reduce((product, x) => product * x, 1);
const each = (shape: readonly number[], value: (i: number) => number) =>
  Array.from({ length: count(shape) }, (_, i) => value(i));
const tokens: Fill = ({ stream, sizes }, shape) => each(shape, () => stream.below(sizes.vocab));
const uniforms: Fill = ({ stream }, shape) => each(shape, () => stream.uniform());
/** Sorted log-probabilities, a row of the last axis at a time. */
const logProbabilities: Fill = ({ stream }, shape) => {
  const width = shape[shape.length - 1]!;
  let at = 0;
  return each(shape, (i) => {
    at = i % width === 0 ? -stream.uniform() : at - stream.uniform();
    return Math.fround(at);
  });
};

/** What an input of this name holds; other floats are drawn from a bell curve. */
const FILLS: Readonly<Record<string, Fill>> = {
  offsets: ({ rows }, shape) => each(shape, (b) => b * rows),
  parent: (f, shape) => each(shape, (i) => f.parentOf(i % f.rows)),
  unpack: ({ sizes }, shape) =>
    each(shape, (i) => {
      const j = i % (sizes.draftLength + 1);
      const beam = Math.floor(i / (sizes.draftLength + 1)) % sizes.beams;
      return j === 0 ? 0 : 1 + beam * sizes.draftLength + (j - 1);
    }),
  beams: ({ sizes, stream }, shape) =>
    each(shape, (i) => (i % (sizes.draftLength + 1) === 0 ? 7 : stream.below(sizes.vocab))),
  packed: tokens,
  tokens,
  bonus: tokens,
  histories: tokens,
  survival: (f, shape) => each(shape, (i) => Math.fround(0.8 ** f.depthOf(i % f.rows))),
  budget: ({ extents }) => [Math.ceil(extents['treeTokens']! / 2)],
  positions: (f, shape) => each(shape, (i) => f.sizes.kvLength - f.rows + f.depthOf(i % f.rows)),
  kv_lengths: ({ sizes }, shape) => each(shape, () => sizes.kvLength),
  page_table: ({ stream, extents }) => stream.permutation(extents['pages']!),
  words: (filler, shape) => {
    const one = filler.words();
    return each(shape, (i) => one[i % one.length]!);
  },
  uniforms,
  bonus_uniforms: uniforms,
  scores: logProbabilities,
  values: logProbabilities,
  types: (_, shape) => each(shape, (i) => (i % 4 === 0 ? 0 : 1)),
  lengths: ({ stream, rows }, shape) => each(shape, () => 1 + stream.below(2 * rows)),
  seed: () => [1, 2],
  request_ids: (_, shape) => each(shape, (i) => i),
  steps: (_, shape) => each(shape, () => 3),
  beam: ({ sizes }, shape) => each(shape, () => Math.max(0, sizes.beams - 1)),
  accepted: ({ sizes }, shape) => each(shape, () => sizes.draftLength),
  // The last beam: every row of it must move.
  path: ({ sizes }, shape) =>
    each(shape, (i) => {
      const j = i % (sizes.draftLength + 1);
      return j === 0 ? 0 : 1 + Math.max(0, sizes.beams - 1) * sizes.draftLength + (j - 1);
    }),
};

function evaluate(text: string, extents: Readonly<Record<string, number>>): number {
  const ceil = /^ceil\((\w+) \/ (\d+)\)$/.exec(text);
  if (ceil !== null) return Math.ceil(extents[ceil[1]!]! / Number(ceil[2]));
  const sum = /^(\w+) \+ (\d+)$/.exec(text);
  if (sum !== null) return extents[sum[1]!]! + Number(sum[2]);
  return /^\d+$/.test(text) ? Number(text) : extents[text]!;
}

function inputOf(spec: TensorSpec, filler: Filler, dtypes: Dtypes): Tensor {
  const chosen: Record<string, Dtype> = { float: dtypes.float, kv: dtypes.kv ?? dtypes.float };
  const dtype = chosen[spec.dtype] ?? (spec.dtype as Dtype);
  const shape = spec.shape.map((text) => evaluate(text, filler.extents));
  const fill = FILLS[spec.name];
  if (dtype === 'i32' || dtype === 'u32') {
    if (fill === undefined) throw new Error(`nothing says how to fill '${spec.name}'`);
    const values = fill(filler, shape);
    const data = dtype === 'i32' ? Int32Array.from(values) : Uint32Array.from(values);
    return { dtype, shape, data };
  }
  if (fill !== undefined) return { dtype, shape, data: Float64Array.from(fill(filler, shape)) };
  return { dtype, shape, data: roundedValues(filler.stream, dtype, count(shape)) };
}

/** The id states the sizes that the operator has, so that it makes the same case again. */
function idOf(suite: OperatorSuite, sizes: Sizes, dtypes: Dtypes): string {
  const list = sizesOf(suite).map((name) => `${name}=${sizes[name]}`);
  const { inputs } = suite.operator;
  if (inputs.some(({ dtype }) => dtype === 'float')) list.push(`float=${dtypes.float}`);
  if (inputs.some(({ dtype }) => dtype === 'kv')) list.push(`kv=${dtypes.kv ?? dtypes.float}`);
  return `${suite.operator.name}/${list.join(',')}`;
}

/** A case of these sizes; refused where the operator does not take them. */
export function caseOfSizes(suite: OperatorSuite, sizes: Sizes, dtypes: Dtypes): Case {
  const { operator } = suite;
  const hasBeams = operator.inputs.some(({ name }) => name === 'unpack' || name === 'beams');
  const filler = new Filler(sizes, hasBeams);
  const id = idOf(suite, filler.sizes, dtypes);
  const inputs: Record<string, Tensor> = {};
  for (const spec of operator.inputs) inputs[spec.name] = inputOf(spec, filler, dtypes);
  const attributes: Record<string, number> = {};
  for (const { name } of operator.attributes) {
    if (name === 'k') attributes['k'] = sizes.candidates;
    if (name === 'draws') attributes['draws'] = sizes.draws;
  }
  const raw: RawCase = { operator: operator.name, attributes, inputs };
  try {
    return suite.resolve(raw, id);
  } catch (error) {
    throw inputError(`${id}: ${(error as Error).message}`);
  }
}
