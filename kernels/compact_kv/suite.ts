/**
 * Cases and reference of compact_kv. Before the step the KV of tree row r lies at position prefix +
 * r; afterwards that of path[j] lies at prefix + j, for j = 1..a. Rows that already lie there (beam
 * 0) do not move, and nothing else changes.
 *
 * Worked example, path 0 1 4 6, a = 3, prefix 10: token 14 goes to 12, token 16 to 13; token 11
 * stays. Law: path[j] ≥ j, so a move in order never overwrites what is still to be moved.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkPages, slotOf } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { elementOf, pageTable, pool } from '../lib/paged.ts';
import { float, floatsOf, i32, reader } from '../lib/tensors.ts';
import { offsetsOf } from '../lib/trees.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Tensors } from '../suite-record.ts';
import { compactKv } from './operator.ts';
import { movedRows } from './reference.ts';

type Sizes = { kvHeads: number; headDim: number; tokensPerBlock: number; layers: number };

/** Calls f(from slot, to slot) for every row that moves, in order. */
function eachMove(call: Case, f: (from: number, to: number) => void): void {
  const { ints, extent } = reader(call);
  const positions = extent('path', 1);
  const offsets = ints('offsets');
  for (let b = 0; b + 1 < offsets.length; b++) {
    const rows = offsets[b + 1]! - offsets[b]!;
    const prefix = ints('kv_lengths')[b]! - rows;
    const a = rows > 0 ? ints('accepted')[b]! : 0;
    const path = ints('path').subarray(b * positions, b * positions + a + 1);
    for (const { row, position } of movedRows(path)) {
      f(slotOf(call, b, prefix + row), slotOf(call, b, prefix + position));
    }
  }
}

function reference(call: Case): Tensors {
  const { floats, shape, dtype } = reader(call);
  const sizes = call.axes as unknown as Sizes;
  const pages = floats('pages').slice();
  const layer = pages.length / (sizes.layers || 1);
  const token = sizes.kvHeads * sizes.headDim;
  eachMove(call, (from, to) => {
    for (let l = 0; l < sizes.layers; l++) {
      for (const half of [0, 1] as const) {
        const source = l * layer + elementOf(sizes, from, half, 0);
        pages.copyWithin(l * layer + elementOf(sizes, to, half, 0), source, source + token);
      }
    }
  });
  return { pages: float(dtype('pages'), shape('pages'), pages) };
}

function check(call: Case): void {
  const { ints, extent } = reader(call);
  const offsets = ints('offsets');
  checkOffsets(call, 'offsets', offsets[offsets.length - 1] ?? 0);
  checkPages(call);
  const positions = extent('path', 1);
  for (let b = 0; b + 1 < offsets.length; b++) {
    const rows = offsets[b + 1]! - offsets[b]!;
    if (rows === 0) continue;
    const a = ints('accepted')[b]!;
    if (a < 0 || a >= positions) {
      throw new CaseError(`inputs.accepted.data[${b}]`, `${a} is outside 0 to ${positions - 1}`);
    }
    for (let j = 0; j <= a; j++) {
      const at = b * positions + j;
      const row = ints('path')[at]!;
      const field = `inputs.path.data[${at}]`;
      if (row < 0 || row >= rows) {
        throw new CaseError(field, `row ${row} is outside the ${rows} rows of request ${b}`);
      }
      if (j === 0 && row !== 0)
        throw new CaseError(field, `row ${row}, but a path starts at row 0`);
      if (j > 0 && row <= ints('path')[at - 1]!) {
        throw new CaseError(field, `row ${row} does not stand after ${ints('path')[at - 1]}`);
      }
    }
  }
}

interface Shape {
  layers: number;
  trees: readonly number[];
  prefixes: readonly number[];
  kvHeads: number;
  headDim: number;
  tokensPerBlock: number;
  draftLength: number;
  dtype: Dtype;
  seed: number;
  /** Beam 0 throughout: nothing moves. */
  inPlace: boolean;
  /** Rows left out behind the root, then none: every target is the source of an earlier move. */
  shift: number;
  label: string;
}

const PLAIN: Shape = {
  layers: 2,
  trees: [9, 7],
  prefixes: [13, 30],
  kvHeads: 2,
  headDim: 8,
  tokensPerBlock: 16,
  draftLength: 4,
  dtype: 'bf16',
  seed: 1,
  inPlace: false,
  shift: 0,
  label: '',
};

/** As long as it goes: 0, 1 + shift, 2 + shift, … */
function shiftedPath(rows: number, { draftLength, shift }: Shape): { path: number[]; a: number } {
  const a = Math.max(0, Math.min(draftLength, rows - 1 - shift));
  const path = Array.from({ length: draftLength + 1 }, (_, j) => (j > a ? -1 : j + (j && shift)));
  return { path, a };
}

/** A path of rising rows, 0 first, −1 behind its end. */
function randomPath(stream: Stream, rows: number, shape: Shape): { path: number[]; a: number } {
  const path = new Array<number>(shape.draftLength + 1).fill(-1);
  if (rows === 0) return { path, a: 0 };
  if (shape.shift > 0) return shiftedPath(rows, shape);
  const most = Math.min(shape.draftLength, rows - 1);
  const a = stream.below(most + 1);
  path[0] = 0;
  for (let j = 1; j <= a; j++) {
    const room = rows - path[j - 1]! - 1 - (a - j);
    path[j] = path[j - 1]! + 1 + (shape.inPlace ? 0 : stream.below(room));
  }
  return { path, a };
}

function compactCase(build: Build, part: Partial<Shape>): Case {
  const shape = { ...PLAIN, ...part };
  const { layers, trees, prefixes, kvHeads, headDim, tokensPerBlock, dtype } = shape;
  const stream = new Stream(shape.seed);
  const lengths = trees.map((rows, b) => rows + prefixes[b]!);
  const one = { lengths, tokensPerBlock, kvHeads, headDim, dtype };
  const table = pageTable(stream, one);
  const data: number[] = [];
  for (let l = 0; l < layers; l++) for (const x of pool(stream, one, table).data) data.push(x);
  const paths = trees.map((rows) => randomPath(stream, rows, shape));
  const extents = [layers, table.pages, 2, tokensPerBlock, kvHeads, headDim];
  const inputs = {
    pages: float(dtype, extents, data),
    page_table: table.table,
    kv_lengths: i32([trees.length], lengths),
    offsets: i32([trees.length + 1], offsetsOf(trees)),
    path: i32(
      [trees.length, shape.draftLength + 1],
      paths.flatMap(({ path }) => path),
    ),
    accepted: i32(
      [trees.length],
      paths.map(({ a }) => a),
    ),
  };
  const id =
    `n${layers}_b${trees.length}_t${Math.max(0, ...trees)}_h${kvHeads}_d${headDim}` +
    `_p${tokensPerBlock}_dl${shape.draftLength}_${dtype}${shape.label}`;
  return build(id, inputs);
}

function cases(build: Build): Case[] {
  const trees = [5, 0, 33, 1, 65, 12];
  const prefixes = [0, 3, 15, 16, 17, 63];
  const parts: Partial<Shape>[] = [
    ...(['fp32', 'fp16', 'bf16', 'fp8'] as const).map((dtype) => ({ dtype, trees, prefixes })),
    ...[1, 8, 64, 128].map((tokensPerBlock) => ({ tokensPerBlock, trees, prefixes, layers: 1 })),
    ...[1, 3, 32, 80].map((layers) => ({ layers, headDim: 4 })),
    ...[64, 80, 96, 128, 256].map((headDim) => ({ headDim, kvHeads: 1 })),
    ...[1, 16, 63].map((draftLength) => ({ draftLength, trees: [70, 80] })),
    { kvHeads: 8, headDim: 16 },
    { headDim: 1, kvHeads: 1, dtype: 'fp8' },
    { inPlace: true, label: '_beam_0' },
    ...[1, 3, 4].map((shift) => ({
      shift,
      draftLength: 30,
      trees: [40, 12],
      tokensPerBlock: 8,
      label: `_shift_${shift}`,
    })),
    { draftLength: 0 },
    { trees: [], prefixes: [] },
    { trees: [0, 0], label: '_no_rows' },
    { layers: 0 },
    { kvHeads: 0 },
    {
      trees: new Array(1030).fill(4),
      prefixes: new Array(1030).fill(2),
      layers: 1,
      headDim: 2,
      tokensPerBlock: 4,
    },
  ];
  return parts.map((part, i) => compactCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  const requests = draw.integer(0, 5);
  const list = (max: number) => Array.from({ length: requests }, () => draw.integer(0, max));
  return compactCase(build, {
    layers: draw.integer(0, 4),
    trees: list(draw.pick([4, 40])),
    prefixes: list(40),
    kvHeads: draw.integer(1, 4),
    headDim: draw.integer(1, 40),
    tokensPerBlock: draw.pick([16, 1, 8, 64]),
    draftLength: draw.integer(0, 12),
    dtype: draw.pick(['fp32', 'fp16', 'bf16', 'fp8']),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}

function stillProbe(build: Build): Probe {
  const call = compactCase(build, { inPlace: true, label: '_probe_still', trees: [9, 30] });
  return {
    id: 'compact_kv/beam_0_stays',
    shows: 'a path that lies in place moves nothing',
    cases: [call],
    check: ([outputs]) => {
      const before = floatsOf(call.inputs, 'pages');
      const at = floatsOf(outputs!, 'pages').findIndex((x, i) => !Object.is(x, before[i]));
      return at < 0 ? [] : [{ output: 'pages', message: `element ${at} changed` }];
    },
  };
}

export const compactKvSuite = defineSuite({
  operator: compactKv,
  tolerances: { pages: { exact: true } },
  check,
  derive: (call) => {
    let movedTokens = 0;
    eachMove(call, () => {
      movedTokens++;
    });
    return { movedTokens };
  },
  reference,
  cases,
  generate,
  probes: (build) => [stillProbe(build)],
});
