/**
 * Cases and reference of verify_redrafter, the rule that ReDrafter and TensorRT-LLM publish: a
 * drafted token x at a row with target probability p(x) and drafter probability q(x) stands when
 * u < p(x) / q(x); the beam with the most leading tokens that stand wins; the bonus comes from
 * max(p − q, 0) where it stopped, or from p when all stood. If the residual is empty, from p.
 *
 * Worked example, V = 2, one beam of one drafted token 1, p = ¼ ¾, q = ½ ½: the ratio is 1.5, so it
 * stands for every u. With p = ¾ ¼ the ratio is ½: u = 0.25 accepts, u = 0.75 does not, and then
 * the residual is (¼, 0), so the bonus is 0.
 *
 * Approximate, and labelled so: the rule is exact for a token drawn from q (Leviathan et al., ICML
 * 2023), but a beam search does not draw, and the longest of several beams is kept. With a drafter
 * equal to the target nothing is ever rejected: the text is the beam search's, at total variation
 * 1 − p(its first token). suite.test.ts enumerates all outcomes on a vocabulary of 4 over 20 random
 * languages whose drafter is the target to six tenths; measured total variation of the first
 * emitted token: mean 0.36 with W = 1, 0.39 with W = 2, 0.38 with W = 3 (dl = 2), at most 0.68.
 * verify_exact, enumerated alike, is at zero up to rounding.
 */
import {
  checkLogits,
  checkNoPlusInfinity,
  checkOffsets,
  checkRange,
  checkUnpack,
} from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { safeToken, softmax, uniformFor } from '../lib/draw-token.ts';
import { roundTo } from '../lib/float-formats.ts';
import { targetLogits } from '../lib/logits.ts';
import { exp, logSumExp } from '../lib/reference-math.ts';
import { float, i32, reader } from '../lib/tensors.ts';
import { packedBatch } from '../pack_beams/batch.ts';
import type { Dtype } from '../record.ts';
import type { Case, Tensors } from '../suite-record.ts';
import { checkUniforms } from '../verify_exact/suite.ts';
import { verifyRedrafter } from './operator.ts';
import {
  bonusWeights,
  longestBeam,
  type RedrafterRequest,
  ratioOf,
  redrafterRule,
} from './reference.ts';

function requestOf(call: Case, b: number): RedrafterRequest {
  const { floats, ints, shape, extent } = reader(call);
  const [, beams, draftLength, vocab] = shape('draft_log_probs') as [
    number,
    number,
    number,
    number,
  ];
  const start = ints('offsets')[b]!;
  const positions = extent('unpack', 2);
  return {
    beams,
    draftLength,
    row: (beam, position) => ints('unpack')[(b * beams + beam) * positions + position]!,
    token: (row) => ints('tokens')[start + row]!,
    target: (row) => softmax(floats('logits'), start + row, vocab),
    draft: (beam, j) => {
      const at = ((b * beams + beam) * draftLength + j) * vocab;
      return floats('draft_log_probs')
        .slice(at, at + vocab)
        .map(exp);
    },
  };
}

function reference(call: Case): Tensors {
  const { floats, ints, extent } = reader(call);
  const requests = extent('unpack', 0);
  const positions = extent('unpack', 2);
  const offsets = ints('offsets');
  const path = new Int32Array(requests * positions).fill(-1);
  const accepted = new Int32Array(requests);
  const bonus = new Int32Array(requests).fill(-1);
  for (let b = 0; b < requests; b++) {
    if (offsets[b] === offsets[b + 1]) continue;
    const request = requestOf(call, b);
    const { beams, draftLength } = request;
    const verified = redrafterRule(
      request,
      (beam, j) => floats('uniforms')[(b * beams + beam) * draftLength + j]!,
      floats('bonus_uniforms')[b]!,
    );
    accepted[b] = verified.accepted;
    path.set(verified.path, b * positions);
    bonus[b] = verified.bonus;
  }
  return {
    path: i32([requests, positions], path),
    accepted: i32([requests], accepted),
    bonus: i32([requests], bonus),
  };
}

function check(call: Case): void {
  const { treeTokens, vocab } = call.axes as { treeTokens: number; vocab: number };
  checkOffsets(call, 'offsets', treeTokens);
  checkUnpack(call);
  checkUniforms(call, 'uniforms');
  checkUniforms(call, 'bonus_uniforms');
  checkNoPlusInfinity(call, 'draft_log_probs');
  if (vocab > 0) {
    checkRange(call, 'tokens', 0, vocab - 1);
    checkLogits(call, 'logits');
  }
}

interface Shape {
  size: readonly [number, number, number];
  vocab: number;
  dtype: Dtype;
  seed: number;
  label: string;
  empty: (request: number) => boolean;
  /** Changes the drafter's log-probabilities. */
  spoil: (logProb: number, index: number) => number;
}

/** Drafter rows that know a little of the target: log-softmax of random logits. */
function draftLogProbs(stream: Stream, rows: number, shape: Shape): Float64Array {
  const { vocab, dtype, spoil } = shape;
  const out = new Float64Array(rows * vocab);
  for (let r = 0; r < rows; r++) {
    for (let v = 0; v < vocab; v++) out[r * vocab + v] = stream.value('fp32', 1.5);
    const lse = logSumExp(out, r * vocab, vocab);
    for (let v = 0; v < vocab; v++) {
      const at = r * vocab + v;
      out[at] = roundTo(dtype, spoil(out[at]! - lse, at));
    }
  }
  return out;
}

/** Uniforms that are clear of every ratio and interval bound. */
function safeUniforms(stream: Stream, call: Case): { uniforms: number[]; bonus: number[] } {
  const { ints, shape } = reader(call);
  const [requests, beams, draftLength] = shape('draft_log_probs') as [number, number, number];
  const grid = (u: number) => Math.min(16777215, Math.floor(u * 16777216)) / 16777216;
  const uniforms: number[] = [];
  const bonus: number[] = [];
  for (let b = 0; b < requests; b++) {
    if (ints('offsets')[b] === ints('offsets')[b + 1]) {
      for (let i = 0; i < beams * draftLength; i++) uniforms.push(0.5);
      bonus.push(0.5);
      continue;
    }
    const request = requestOf(call, b);
    const accepts = new Set<number>();
    for (let beam = 0; beam < beams; beam++) {
      for (let j = 0; j < draftLength; j++) {
        const ratio = Math.min(1, ratioOf(request, beam, j));
        const stands = ratio > 0.9 || (ratio > 1e-3 && stream.below(3) > 0);
        if (stands) accepts.add(beam * draftLength + j);
        const u = stands
          ? ratio * 0.8 * stream.uniform()
          : ratio + (1 - ratio) * (0.3 + 0.6 * stream.uniform());
        uniforms.push(grid(u));
      }
    }
    const { best, most } = longestBeam(request, (beam, j) => accepts.has(beam * draftLength + j));
    const weights = bonusWeights(request, best, most);
    bonus.push(uniformFor(weights, safeToken(weights, [], stream), stream));
  }
  return { uniforms, bonus };
}

function redrafterCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = {
    size: [3, 3, 4],
    vocab: 20,
    dtype: 'fp32',
    seed: 1,
    label: '',
    empty: () => false,
    spoil: (x) => x,
    ...part,
  };
  const { size, vocab, dtype } = shape;
  const [requests, beams, positions] = size;
  const draftLength = positions - 1;
  const stream = new Stream(shape.seed);
  const batch = packedBatch(stream, size, Math.max(1, Math.min(vocab, 8)), shape.empty);
  const rows = requests * beams * draftLength;
  const extents = [requests, beams, draftLength];
  const inputs = {
    logits: targetLogits(stream, batch, vocab, dtype),
    tokens: batch.packed,
    unpack: batch.unpack,
    offsets: batch.offsets,
    draft_log_probs: float(dtype, [...extents, vocab], draftLogProbs(stream, rows, shape)),
    uniforms: float('fp32', extents, new Float64Array(rows)),
    bonus_uniforms: float('fp32', [requests], new Float64Array(requests)),
  };
  const id = `b${requests}_w${beams}_bl${positions}_v${vocab}_${dtype}${shape.label}`;
  if (vocab === 0) return build(id, inputs);
  const { uniforms, bonus } = safeUniforms(stream, build(id, inputs));
  return build(id, {
    ...inputs,
    uniforms: float('fp32', extents, uniforms),
    bonus_uniforms: float('fp32', [requests], bonus),
  });
}

function cases(build: Build): Case[] {
  const masked = (x: number, i: number) => (i % 5 === 0 ? -50000 : x);
  const parts: Partial<Shape>[] = [
    ...(['fp32', 'fp16', 'bf16'] as const).map((dtype) => ({ dtype, size: [6, 4, 5] as const })),
    ...[1, 2, 31, 32, 33, 1000, 1025].map((vocab) => ({ vocab, size: [2, 3, 3] as const })),
    ...[1, 2, 8, 33].map((w) => ({ size: [2, w, 5] as const })),
    ...[1, 2, 9].map((bl) => ({ size: [3, 4, bl] as const })),
    { size: [6, 3, 4], empty: (b) => b % 2 === 0, label: '_empty_requests' },
    { size: [3, 3, 4], empty: () => true, label: '_no_rows' },
    { size: [1030, 1, 2], vocab: 3 },
    // Probabilities of one everywhere: nothing is left of p, so the bonus comes from p itself.
    { spoil: () => 0, label: '_empty_residual' },
    { spoil: () => Number.NEGATIVE_INFINITY, label: '_no_draft_probability' },
    { spoil: masked, dtype: 'bf16', label: '_masked_draft' },
    { size: [0, 3, 4] },
    { size: [2, 0, 4] },
    { vocab: 0 },
  ];
  return parts.map((part, i) => redrafterCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  const skip = draw.pick([0, 2, 3]);
  return redrafterCase(build, {
    size: [draw.integer(0, 5), draw.integer(1, 6), draw.integer(1, 6)],
    vocab: draw.pick([1, 2, 7, 100, 300]),
    dtype: draw.pick(['fp32', 'fp16', 'bf16']),
    seed: draw.integer(0, 65535),
    empty: (b) => skip > 0 && b % skip === 0,
    label: '_fuzz',
  });
}

export const verifyRedrafterSuite = defineSuite({
  operator: verifyRedrafter,
  check,
  reference,
  cases,
  generate,
});
