/**
 * Cases and reference of kv_append. Element i of the first half of a key pairs with i + r/2 and the
 * pair is turned by position · theta^(−2i/r); values are copied. Row t of request b becomes KV
 * position L_b − T_b + t, while its rotary position is prefix + depth, so siblings turn alike.
 *
 * Worked example, D = 2, position 1, k = (1, 0): the angle is 1, the stored key (cos 1, sin 1).
 *
 * The twin takes sine and cosine in fp32 and rounds once into the cache's type. Laws: a position of
 * 0 turns nothing; values and what was not written keep their bits.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkPages, checkRange, slotOf } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { roundTo } from '../lib/float-formats.ts';
import { elementOf, pageTable, pool } from '../lib/paged.ts';
import { cosine, power, sine } from '../lib/reference-math.ts';
import { float, floatsOf, i32, reader } from '../lib/tensors.ts';
import { depthsOf, forest } from '../lib/trees.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Problem, Tensors } from '../suite-record.ts';
import { kvAppend } from './operator.ts';

type Sizes = { kvHeads: number; headDim: number; tokensPerBlock: number };

interface Rounding {
  /** Of sine, cosine and the turned pair. */
  fp32(x: number): number;
  stored(x: number): number;
}

/** `key` turned by `position`: pairs (i, i + r/2) of the first r elements. */
function rotated(
  key: Float64Array,
  position: number,
  rotary: number,
  theta: number,
  rounding: Rounding,
): Float64Array {
  const out = key.slice();
  for (let i = 0; i < rotary / 2; i++) {
    const angle = position * power(theta, (-2 * i) / rotary);
    const c = rounding.fp32(cosine(angle));
    const s = rounding.fp32(sine(angle));
    const x = key[i]!;
    const y = key[i + rotary / 2]!;
    out[i] = rounding.fp32(x * c - y * s);
    out[i + rotary / 2] = rounding.fp32(x * s + y * c);
  }
  return out;
}

function rotaryOf(call: Case): number {
  return call.attributes['rotaryDim'] || call.axes['headDim']!;
}

/** Calls f(row of the batch, request, slot) for every new row. */
function eachRow(call: Case, f: (row: number, request: number, slot: number) => void): void {
  const { ints } = reader(call);
  const offsets = ints('offsets');
  for (let b = 0; b + 1 < offsets.length; b++) {
    const end = offsets[b + 1]!;
    const past = ints('kv_lengths')[b]! - end;
    for (let row = offsets[b]!; row < end; row++) f(row, b, slotOf(call, b, past + row));
  }
}

function append(call: Case, rounding: Rounding): Tensors {
  const { floats, ints, shape, dtype } = reader(call);
  const sizes = call.axes as unknown as Sizes;
  const { kvHeads, headDim } = sizes;
  const { theta, keyScale, valueScale } = call.attributes as Record<string, number>;
  const pages = floats('pages').slice();
  eachRow(call, (row, _request, slot) => {
    for (let head = 0; head < kvHeads; head++) {
      const from = (row * kvHeads + head) * headDim;
      const key = floats('k').subarray(from, from + headDim);
      const turned = rotated(key, ints('positions')[row]!, rotaryOf(call), theta!, rounding);
      const k = elementOf(sizes, slot, 0, head);
      const v = elementOf(sizes, slot, 1, head);
      for (let d = 0; d < headDim; d++) {
        pages[k + d] = rounding.stored(turned[d]! / keyScale!);
        pages[v + d] = rounding.stored(floats('v')[from + d]! / valueScale!);
      }
    }
  });
  return { pages: float(dtype('pages'), shape('pages'), pages) };
}

function check(call: Case): void {
  const { treeTokens, headDim } = call.axes as Record<string, number>;
  checkOffsets(call, 'offsets', treeTokens!);
  checkRange(call, 'positions', 0, 2147483647);
  checkPages(call);
  const rotary = rotaryOf(call);
  if (rotary % 2 !== 0 || rotary > headDim!) {
    const why = `${rotary} of ${headDim} elements; an even number of them can turn`;
    throw new CaseError('attributes.rotaryDim', why);
  }
  const owner = new Map<number, number>();
  eachRow(call, (row, request, slot) => {
    const before = owner.get(slot);
    if (before !== undefined) {
      const why = `rows ${before} and ${row} write the same slot ${slot}`;
      throw new CaseError('inputs.page_table', `${why} (request ${request})`);
    }
    owner.set(slot, row);
  });
}

/** What is only copied, or not touched at all, keeps its bits. */
function laws(call: Case, outputs: Tensors): Problem[] {
  const { floats } = reader(call);
  const sizes = call.axes as unknown as Sizes;
  const expected = floats('pages').slice();
  const turned = new Set<number>();
  const scaled = call.attributes['keyScale'] !== 1 || call.attributes['valueScale'] !== 1;
  const type = call.dtypes.kv ?? call.dtypes.float;
  eachRow(call, (row, _request, slot) => {
    for (let i = 0; i < sizes.kvHeads * sizes.headDim; i++) {
      const from = row * sizes.kvHeads * sizes.headDim + i;
      const k = elementOf(sizes, slot, 0, 0) + i;
      const v = elementOf(sizes, slot, 1, 0) + i;
      if (i % sizes.headDim < rotaryOf(call) || scaled) turned.add(k);
      if (scaled) turned.add(v);
      expected[k] = roundTo(type, floats('k')[from]!);
      expected[v] = roundTo(type, floats('v')[from]!);
    }
  });
  const pages = floatsOf(outputs, 'pages');
  const isSame = (x: number, i: number) => Object.is(x + 0, expected[i]! + 0) || turned.has(i);
  const at = pages.findIndex((x, i) => !isSame(x, i));
  if (at < 0) return [];
  return [{ output: 'pages', message: `element ${at}: ${pages[at]}, expected ${expected[at]}` }];
}

interface Shape extends Sizes {
  trees: number[];
  lengths: number[];
  float: Dtype;
  kv: Dtype;
  seed: number;
  label: string;
  attributes: Record<string, number>;
  /** Added to every position, for long contexts without a long cache. */
  shift: number;
}

const PLAIN: Shape = {
  trees: [5, 3],
  lengths: [20, 9],
  kvHeads: 2,
  headDim: 16,
  tokensPerBlock: 16,
  float: 'bf16',
  kv: 'bf16',
  seed: 1,
  label: '',
  attributes: {},
  shift: 0,
};

function appendCase(build: Build, part: Partial<Shape>): Case {
  const shape = { ...PLAIN, ...part };
  const { trees, lengths, kvHeads, headDim, tokensPerBlock, float: type, kv } = shape;
  const stream = new Stream(shape.seed);
  const { parent, offsets } = forest(stream, trees);
  const positions = depthsOf(parent, offsets);
  trees.forEach((rows, b) => {
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) {
      positions[row]! += lengths[b]! - rows + shape.shift;
    }
  });
  const poolShape = { lengths, tokensPerBlock, kvHeads, headDim, dtype: kv };
  const table = pageTable(stream, poolShape);
  const count = parent.length * kvHeads * headDim;
  const extents = [parent.length, kvHeads, headDim];
  const inputs = {
    k: float(type, extents, stream.values(type, count)),
    v: float(type, extents, stream.values(type, count)),
    positions: i32([parent.length], positions),
    offsets: i32([offsets.length], offsets),
    kv_lengths: i32([lengths.length], lengths),
    page_table: table.table,
    // Old contents everywhere, so that a row too many or too few shows.
    pages: pool(stream, poolShape, table, 1, 3),
  };
  const types = kv === type ? type : `${type}_kv_${kv}`;
  const id =
    `b${trees.length}_t${Math.max(0, ...trees)}_l${Math.max(0, ...lengths)}` +
    `_h${kvHeads}_d${headDim}_p${tokensPerBlock}_${types}${shape.label}`;
  return build(id, inputs, shape.attributes);
}

const TYPES: Partial<Shape>[] = [
  { float: 'fp32', kv: 'fp32' },
  { float: 'fp16', kv: 'fp16' },
  { float: 'bf16', kv: 'bf16' },
  { float: 'bf16', kv: 'fp8' },
  { float: 'fp16', kv: 'fp8' },
  { float: 'fp32', kv: 'bf16' },
];

function cases(build: Build): Case[] {
  const many = Array.from({ length: 1030 }, (_, b) => b % 3);
  const parts: Partial<Shape>[] = [
    ...TYPES.map((types) => ({ ...types, label: '_types' })),
    ...[64, 80, 96, 128, 256].map((headDim) => ({ headDim, kvHeads: 1 })),
    ...[1, 8, 16, 64, 128].map((tokensPerBlock) => ({
      tokensPerBlock,
      trees: [0, 1, 33, 7, 0],
      lengths: [5, 1, 70, 129, 0],
    })),
    ...[2, 5, 8].map((kvHeads) => ({ kvHeads, headDim: 64 })),
    ...[31, 32, 33, 63, 64, 65].map((t) => ({ trees: [t], lengths: [t + 15] })),
    { trees: [9], lengths: [9], label: '_no_prefix' },
    { trees: many, lengths: many.map((t) => t + 1), kvHeads: 1, headDim: 2, tokensPerBlock: 4 },
    { shift: 131000, headDim: 128, float: 'fp32', kv: 'fp32', label: '_far' },
    { shift: 131000, headDim: 128, label: '_far' },
    { headDim: 64, attributes: { theta: 500000 }, label: '_theta' },
    { headDim: 80, attributes: { rotaryDim: 32 }, label: '_partial' },
    { kv: 'fp8', attributes: { keyScale: 0.25, valueScale: 2 }, label: '_scales' },
    { kv: 'fp8', attributes: { valueScale: 0.001 }, label: '_saturates' },
    { trees: [], lengths: [] },
    { trees: [0, 0], lengths: [0, 7], label: '_no_rows' },
    { kvHeads: 0 },
    { headDim: 0 },
  ];
  return parts.map((part, i) => appendCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  const requests = draw.integer(0, 5);
  const trees = Array.from({ length: requests }, () => draw.integer(0, draw.pick([3, 40])));
  return appendCase(build, {
    ...draw.pick(TYPES),
    trees,
    lengths: trees.map((rows) => rows + draw.integer(0, 50)),
    kvHeads: draw.integer(1, 5),
    headDim: 2 * draw.integer(1, 64),
    tokensPerBlock: draw.pick([16, 1, 8, 64, 128]),
    shift: draw.pick([0, 1000, 131072]),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}

/** At position 0 nothing turns, so keys and values are copies. */
function copyProbe(build: Build): Probe {
  const { inputs } = appendCase(build, { float: 'bf16', kv: 'bf16', headDim: 64 });
  const positions = i32(inputs['positions']!.shape, inputs['positions']!.data.slice().fill(0));
  const call = build('probe_position_0', { ...inputs, positions });
  return {
    id: 'kv_append/position_0_is_a_copy',
    shows: 'a key at position 0 keeps its bits',
    cases: [call],
    check: ([outputs]) => {
      const { data } = append(call, { fp32: (x) => x, stored: (x) => x })['pages']!;
      const at = floatsOf(outputs!, 'pages').findIndex((x, i) => x !== data[i]);
      if (at < 0) return [];
      const x = floatsOf(outputs!, 'pages')[at];
      return [{ output: 'pages', message: `element ${at}: ${x}, expected ${data[at]}` }];
    },
  };
}

export const kvAppendSuite = defineSuite({
  operator: kvAppend,
  check,
  reference: (call) => append(call, { fp32: (x) => x, stored: (x) => x }),
  twin: (call) => {
    const type = call.dtypes.kv ?? call.dtypes.float;
    return append(call, { fp32: Math.fround, stored: (x) => roundTo(type, x) });
  },
  laws,
  cases,
  generate,
  probes: (build) => [copyProbe(build)],
});
