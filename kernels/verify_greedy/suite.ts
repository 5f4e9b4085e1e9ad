/**
 * Cases and reference of verify_greedy. A drafted token stands when it is the argmax at its parent
 * row; the beam with the most leading tokens that stand wins; the argmax after them is the bonus.
 *
 * Worked example, one request with beams 7 1 2 and 7 1 3 (tokens 7 1 2 3, unpack 012 / 013) and
 * argmax 1, 3, 0, 5 of the four rows: beam 0 keeps one token and beam 1 two, so beam 1 wins with
 * a = 2 and bonus 5.
 *
 * Laws: the emitted text is what greedy decoding without drafts emits; ties go to the lowest token
 * and the lowest beam.
 */
import { checkLogits, checkOffsets, checkRange, checkUnpack } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { targetLogits } from '../lib/logits.ts';
import { float, i32, intsOf, reader } from '../lib/tensors.ts';
import { type PackedBatch, packedBatch } from '../pack_beams/batch.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Problem, Tensors } from '../suite-record.ts';
import { verifyGreedy } from './operator.ts';
import { argmax, type GreedyRequest, longestMatch } from './reference.ts';

function requestOf(call: Case, b: number): GreedyRequest {
  const { floats, ints, shape, extent } = reader(call);
  const [, beams, positions] = shape('unpack') as [number, number, number];
  const vocab = extent('logits', 1);
  const start = ints('offsets')[b]!;
  return {
    beams,
    positions,
    row: (beam, position) => ints('unpack')[(b * beams + beam) * positions + position]!,
    token: (row) => ints('tokens')[start + row]!,
    best: (row) => argmax(floats('logits').subarray((start + row) * vocab), vocab),
  };
}

function reference(call: Case): Tensors {
  const requests = reader(call).extent('unpack', 0);
  const offsets = reader(call).ints('offsets');
  const out = { beam: [] as number[], accepted: [] as number[], bonus: [] as number[] };
  for (let b = 0; b < requests; b++) {
    const isEmpty = offsets[b + 1] === offsets[b];
    const verified = isEmpty
      ? { beam: 0, accepted: 0, bonus: -1 }
      : longestMatch(requestOf(call, b));
    out.beam.push(verified.beam);
    out.accepted.push(verified.accepted);
    out.bonus.push(verified.bonus);
  }
  const vector = (values: number[]) => i32([requests], values);
  return { beam: vector(out.beam), accepted: vector(out.accepted), bonus: vector(out.bonus) };
}

function check(call: Case): void {
  const { treeTokens, vocab } = call.axes as { treeTokens: number; vocab: number };
  checkOffsets(call, 'offsets', treeTokens);
  checkUnpack(call);
  if (vocab > 0) {
    checkRange(call, 'tokens', 0, vocab - 1);
    checkLogits(call, 'logits');
  }
}

interface Shape {
  size: readonly [number, number, number];
  vocab: number;
  dtype: Dtype;
  ties: boolean;
  seed: number;
  label: string;
  empty: (request: number) => boolean;
}

const PLAIN: Shape = {
  size: [2, 3, 4],
  vocab: 40,
  dtype: 'fp32',
  ties: false,
  seed: 1,
  label: '',
  empty: () => false,
};

function greedyInputs(batch: PackedBatch, logits: Tensors[string]): Tensors {
  const { packed, unpack, offsets } = batch;
  return { logits, tokens: packed, unpack, offsets };
}

function idOf({ size, vocab, dtype, label }: Shape): string {
  return `b${size[0]}_w${size[1]}_bl${size[2]}_v${vocab}_${dtype}${label}`;
}

function greedyCase(build: Build, part: Partial<Shape>): Case {
  const shape = { ...PLAIN, ...part };
  const stream = new Stream(shape.seed);
  // Few different tokens, so that beams share rows; all below V.
  const tokens = Math.max(1, Math.min(shape.vocab, 12));
  const batch = packedBatch(stream, shape.size, tokens, shape.empty);
  const logits = targetLogits(stream, batch, shape.vocab, shape.dtype, shape.ties);
  return build(idOf(shape), greedyInputs(batch, logits));
}

/** The example of the file's head. */
function workedCase(build: Build): Case {
  const logits = new Float64Array(4 * 8);
  [1, 3, 0, 5].forEach((leader, row) => {
    logits[row * 8 + leader] = 1;
  });
  return build('b1_w2_bl3_v8_fp32_worked', {
    logits: float('fp32', [4, 8], logits),
    tokens: i32([4], [7, 1, 2, 3]),
    unpack: i32([1, 2, 3], [0, 1, 2, 0, 1, 3]),
    offsets: i32([2], [0, 4]),
  });
}

/** Wide rows whose largest logit stands at the tokens of `leaders` only. */
function leaderCase(
  build: Build,
  [dtype, vocab]: readonly [Dtype, number],
  leaders: readonly number[],
  label: string,
): Case {
  const batch = packedBatch(new Stream(vocab), [2, 2, 3], 5);
  const logits = new Float64Array(batch.rows * vocab);
  for (let row = 0; row < batch.rows; row++) {
    for (const token of leaders) logits[row * vocab + token] = 1;
  }
  const shape = { ...PLAIN, size: [2, 2, 3] as const, vocab, dtype, label };
  return build(idOf(shape), greedyInputs(batch, float(dtype, [batch.rows, vocab], logits)));
}

/** The largest logit in the last part of a row; ties far apart; a row of equals. */
function wideCases(build: Build): Case[] {
  return (['fp32', 'bf16'] as const).flatMap((dtype) => [
    leaderCase(build, [dtype, 9000], [8999], '_last'),
    leaderCase(build, [dtype, 9000], [17, 17 + 4096, 17 + 8192], '_far_ties'),
    leaderCase(build, [dtype, 9000], [], '_equal'),
  ]);
}

function cases(build: Build): Case[] {
  const parts: Partial<Shape>[] = [
    ...(['fp32', 'fp16', 'bf16'] as const).map((dtype) => ({ dtype, size: [4, 4, 5] as const })),
    ...[1, 2, 31, 32, 33, 1000, 1024, 1025, 4099].map((vocab) => ({ vocab })),
    ...[1, 2, 8, 33, 64].map((w) => ({ size: [1, w, 5] as const })),
    ...[1, 2, 9, 33].map((bl) => ({ size: [2, 4, bl] as const })),
    { size: [6, 3, 4], empty: (b) => b % 2 === 0, label: '_empty_requests' },
    { size: [3, 3, 4], empty: () => true, label: '_no_rows' },
    { size: [4, 4, 5], ties: true, label: '_ties' },
    { size: [4, 4, 5], ties: true, dtype: 'bf16', label: '_ties' },
    { size: [1030, 2, 2], vocab: 3 },
    { size: [0, 3, 4] },
    { size: [2, 0, 4] },
    { size: [2, 3, 4], vocab: 0 },
  ];
  return [
    workedCase(build),
    ...wideCases(build),
    ...parts.map((part, i) => greedyCase(build, { seed: i + 1, ...part })),
  ];
}

function generate(draw: Draw, build: Build): Case {
  const size: Shape['size'] = [draw.integer(0, 5), draw.integer(0, 12), draw.integer(1, 8)];
  const skip = draw.pick([0, 2, 3]);
  return greedyCase(build, {
    size,
    vocab: draw.pick([1, 2, 7, 100, 1500]),
    dtype: draw.pick(['fp32', 'fp16', 'bf16']),
    ties: draw.onceIn(2),
    seed: draw.integer(0, 65535),
    empty: (b) => skip > 0 && b % skip === 0,
    label: '_fuzz',
  });
}

/** The target follows one beam to its end: that beam wins whole. */
function followProbe(build: Build): Probe {
  const batch = packedBatch(new Stream(3), [1, 6, 5], 1000);
  const rowAt = (i: number, j: number) => batch.unpack.data[i * 5 + j]!;
  const cases = Array.from({ length: 6 }, (_, i) => {
    const logits = new Float64Array(batch.rows * 1000);
    for (let j = 0; j < 4; j++)
      logits[rowAt(i, j) * 1000 + batch.packed.data[rowAt(i, j + 1)]!] = 2;
    logits[rowAt(i, 4) * 1000 + 999] = 2;
    const inputs = greedyInputs(batch, float('bf16', [batch.rows, 1000], logits));
    return build(`probe_follow_${i}`, inputs);
  });
  return {
    id: 'verify_greedy/target_follows_a_beam',
    shows: 'a beam that the target follows is accepted whole',
    cases,
    check: (outputs) =>
      outputs.flatMap((out, i): Problem[] => {
        const [beam] = intsOf(out, 'beam');
        const [accepted] = intsOf(out, 'accepted');
        const [bonus] = intsOf(out, 'bonus');
        if (beam === i && accepted === 4 && bonus === 999) return [];
        const message = `beam ${beam}, accepted ${accepted}, bonus ${bonus}; ${i}, 4, 999 expected`;
        return [{ output: 'beam', message }];
      }),
  };
}

export const verifyGreedySuite = defineSuite({
  operator: verifyGreedy,
  check,
  reference,
  cases,
  generate,
  probes: (build) => [followProbe(build)],
});
