/**
 * Cases and reference of select_path: what the next step starts from. The accepted path is the
 * first a + 1 rows of the best beam, the golden token's row first.
 *
 * Worked example, unpack row 0 1 4 5 of the best beam, a = 2, bonus 9, L = 20 of which T = 7: the
 * path is 0 1 4, the tokens those of rows 1 and 4 and then 9, the hidden state that of row 4, and
 * the KV length 20 − 7 + 3 = 16, where the bonus token will stand.
 *
 * Law: emitted tokens = a + 1; every request's result is its own, whatever stands beside it.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkRange, checkUnpack } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { float, i32, intsOf, reader } from '../lib/tensors.ts';
import { packedBatch } from '../pack_beams/batch.ts';
import type { Dtype } from '../record.ts';
import type { Case, Problem, Tensors } from '../suite-record.ts';
import { selectPath } from './operator.ts';
import { selectedPath } from './reference.ts';

function reference(call: Case): Tensors {
  const { floats, ints, shape, dtype, extent } = reader(call);
  const [requests, beams, positions] = shape('unpack') as [number, number, number];
  const size = extent('hidden', 1);
  const tokens = new Int32Array(requests * positions).fill(-1);
  const path = new Int32Array(requests * positions).fill(-1);
  const hidden = new Float64Array(requests * size);
  const lengths = new Int32Array(requests);
  for (let b = 0; b < requests; b++) {
    const start = ints('offsets')[b]!;
    const rows = ints('offsets')[b + 1]! - start;
    lengths[b] = ints('kv_lengths')[b]!;
    if (rows === 0) continue;
    const a = ints('accepted')[b]!;
    const beam = (b * beams + ints('beam')[b]!) * positions;
    const rowsOfBeam = ints('unpack').subarray(beam, beam + positions);
    const selected = selectedPath(rowsOfBeam, a, ints('packed').subarray(start), ints('bonus')[b]!);
    path.set(selected.path, b * positions);
    tokens.set(selected.tokens, b * positions);
    const last = start + selected.path[a]!;
    hidden.set(floats('hidden').subarray(last * size, (last + 1) * size), b * size);
    lengths[b]! += a + 1 - rows;
  }
  return {
    tokens: i32([requests, positions], tokens),
    path: i32([requests, positions], path),
    hidden: float(dtype('hidden'), [requests, size], hidden),
    positions: i32([requests], lengths),
    lengths: i32([requests], lengths),
  };
}

function check(call: Case): void {
  const { ints } = reader(call);
  const { treeTokens, beams, draftLength } = call.axes as Record<string, number>;
  checkOffsets(call, 'offsets', treeTokens!);
  checkUnpack(call);
  const offsets = ints('offsets');
  ints('kv_lengths').forEach((length, b) => {
    const rows = offsets[b + 1]! - offsets[b]!;
    if (length < rows) {
      const why = `${length} is less than the ${rows} tree rows it includes`;
      throw new CaseError(`inputs.kv_lengths.data[${b}]`, why);
    }
    if (rows === 0) return;
    for (const [name, below] of [
      ['beam', beams!],
      ['accepted', draftLength! + 1],
    ] as const) {
      const value = ints(name)[b]!;
      if (value >= 0 && value < below) continue;
      throw new CaseError(`inputs.${name}.data[${b}]`, `${value} is outside 0 to ${below - 1}`);
    }
  });
  checkRange(call, 'packed', 0, 2147483647);
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const { ints } = reader(call);
  const positions = call.axes['draftLength']! + 1;
  const tokens = intsOf(outputs, 'tokens');
  const offsets = ints('offsets');
  for (let b = 0; b < call.axes['requests']!; b++) {
    if (offsets[b] === offsets[b + 1]) continue;
    const row = tokens.subarray(b * positions, (b + 1) * positions);
    const emitted = row.filter((token) => token >= 0).length;
    if (emitted === ints('accepted')[b]! + 1) continue;
    return [{ output: 'tokens', message: `request ${b} emits ${emitted} tokens` }];
  }
  return [];
}

interface Shape {
  size: readonly [number, number, number];
  hidden: number;
  dtype: Dtype;
  seed: number;
  label: string;
  empty: (request: number) => boolean;
}

function selectCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = {
    size: [2, 3, 4],
    hidden: 24,
    dtype: 'fp32',
    seed: 1,
    label: '',
    empty: () => false,
    ...part,
  };
  const { size, hidden, dtype } = shape;
  const [requests, beams, positions] = size;
  const stream = new Stream(shape.seed);
  const batch = packedBatch(stream, size, 50, shape.empty);
  const each = (f: (b: number) => number) =>
    i32(
      [requests],
      Array.from({ length: requests }, (_, b) => f(b)),
    );
  const inputs = {
    unpack: batch.unpack,
    offsets: batch.offsets,
    beam: each(() => stream.below(beams)),
    accepted: each(() => stream.below(positions)),
    bonus: each(() => stream.below(50)),
    packed: batch.packed,
    kv_lengths: each((b) => batch.lengths[b]! + stream.below(100)),
    hidden: float(dtype, [batch.rows, hidden], stream.values(dtype, batch.rows * hidden)),
  };
  return build(`b${requests}_w${beams}_bl${positions}_h${hidden}_${dtype}${shape.label}`, inputs);
}

function cases(build: Build): Case[] {
  const parts: Partial<Shape>[] = [
    ...(['fp32', 'fp16', 'bf16'] as const).map((dtype) => ({ dtype, size: [5, 4, 5] as const })),
    ...[1, 2, 7, 8, 9, 33, 513, 4096].map((hidden) => ({ hidden })),
    ...[1, 8, 33].map((w) => ({ size: [3, w, 5] as const })),
    ...[1, 2, 33].map((bl) => ({ size: [3, 4, bl] as const })),
    { size: [6, 3, 4], empty: (b) => b % 2 === 0, label: '_empty_requests' },
    { size: [3, 3, 4], empty: () => true, label: '_no_rows' },
    { size: [1030, 2, 2], hidden: 2 },
    { size: [0, 3, 4] },
    { size: [2, 0, 4] },
    { hidden: 0 },
    ...(['fp16', 'bf16'] as const).map((dtype) => ({ dtype, hidden: 7 })),
  ];
  return parts.map((part, i) => selectCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  const skip = draw.pick([0, 2, 3]);
  return selectCase(build, {
    size: [draw.integer(0, 6), draw.integer(1, 9), draw.integer(1, 8)],
    hidden: draw.integer(0, 100),
    dtype: draw.pick(['fp32', 'fp16', 'bf16']),
    seed: draw.integer(0, 65535),
    empty: (b) => skip > 0 && b % skip === 0,
    label: '_fuzz',
  });
}

export const selectPathSuite = defineSuite({
  operator: selectPath,
  tolerances: { hidden: { exact: true } },
  check,
  reference,
  laws,
  cases,
  generate,
});
