/**
 * Cases and reference of draft_topk. Of each row the keep-th largest logit is the threshold; what
 * lies below it counts as maximum − 50000, a probability of nothing that still is a number. The
 * first k by that order, lowest token first on ties, with their log-probabilities.
 *
 * Worked example, logits 1 3 3 0, k = 2, keep = 2: tokens 1 and 2 survive, each log ½ = −0.6931;
 * lse = 3 + log 2.
 *
 * Laws: values fall, tokens are distinct, Σ exp(values) ≤ 1.
 */
import { checkLogits } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { roundTo } from '../lib/float-formats.ts';
import { float, floatsOf, i32, intsOf, reader } from '../lib/tensors.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Problem, Tensors } from '../suite-record.ts';
import { draftTopk } from './operator.ts';
import { topCandidates } from './reference.ts';

function reference(call: Case): Tensors {
  const { floats, shape } = reader(call);
  const [rows, vocab] = shape('logits') as [number, number];
  const { k, keep } = call.attributes as { k: number; keep: number };
  const values = new Float64Array(rows * k).fill(Number.NEGATIVE_INFINITY);
  const tokens = new Int32Array(rows * k).fill(-1);
  const lse = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const best = topCandidates(floats('logits').subarray(r * vocab, (r + 1) * vocab), k, keep);
    lse[r] = best.logSumExp;
    values.set(best.values, r * k);
    tokens.set(best.tokens, r * k);
  }
  return {
    values: float('fp32', [rows, k], values),
    tokens: i32([rows, k], tokens),
    lse: float('fp32', [rows], lse),
  };
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const { k } = call.attributes as { k: number };
  const values = floatsOf(outputs, 'values');
  const tokens = intsOf(outputs, 'tokens');
  for (let start = 0; start < values.length; start += k) {
    const seen = new Set<number>();
    for (let i = start; i < start + k; i++) {
      if (i > start && values[i]! > values[i - 1]!) {
        return [{ output: 'values', message: `place ${i} is above the place before it` }];
      }
      if (tokens[i]! >= 0 && seen.has(tokens[i]!)) {
        return [{ output: 'tokens', message: `token ${tokens[i]} stands twice in a row` }];
      }
      seen.add(tokens[i]!);
    }
  }
  return [];
}

interface Shape {
  rows: number;
  vocab: number;
  k: number;
  keep: number;
  dtype: Dtype;
  seed: number;
  /** How a logit is drawn; `i` is the token. */
  logit: (stream: Stream, i: number, dtype: Dtype) => number;
  label: string;
}

const bell = (stream: Stream, _i: number, dtype: Dtype) => stream.value(dtype, 3);
const levels = (count: number) => (stream: Stream) => stream.below(count) / 2;

function topkCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = {
    rows: 3,
    vocab: 300,
    k: 4,
    keep: 50,
    dtype: 'fp32',
    seed: 1,
    logit: bell,
    label: '',
    ...part,
  };
  const { rows, vocab, k, keep, dtype } = shape;
  const stream = new Stream(shape.seed);
  const logits = Array.from({ length: rows * vocab }, (_, i) =>
    roundTo(dtype, shape.logit(stream, i % vocab, dtype)),
  );
  const id = `r${rows}_v${vocab}_k${k}_keep${keep}_${dtype}${shape.label}`;
  return build(id, { logits: float(dtype, [rows, vocab], logits) }, { k, keep });
}

const TYPES = ['fp32', 'fp16', 'bf16'] as const;

function cases(build: Build): Case[] {
  const parts: Partial<Shape>[] = [
    { vocab: 4, k: 2, keep: 2, rows: 1, logit: (_s, i) => [1, 3, 3, 0][i]!, label: '_worked' },
    ...TYPES.map((dtype) => ({ dtype, rows: 5, k: 8, vocab: 1000 })),
    ...[1, 2, 31, 32, 33, 49, 50, 51, 64, 1023, 1024, 1025, 4099].map((vocab) => ({ vocab, k: 3 })),
    ...[1, 2, 8, 31, 32, 33, 63, 64].map((k) => ({ k, rows: 2, label: '_widths' })),
    ...[1, 2, 49, 64, 299, 300, 1000].map((keep) => ({ keep, k: 8, label: '_keeps' })),
    { vocab: 32000, rows: 2, dtype: 'bf16', k: 10 },
    { vocab: 128256, rows: 1, dtype: 'bf16', k: 5 },
    { rows: 300, vocab: 70, k: 2 },
    // k above what the mask leaves: masked tokens fill the places, lowest first.
    { k: 12, keep: 5, label: '_past_the_mask' },
    { k: 64, vocab: 64, keep: 64, label: '_all' },
    { k: 9, vocab: 5, label: '_past_the_vocabulary' },
    ...TYPES.map((dtype) => ({ dtype, logit: levels(4), k: 16, label: '_ties' })),
    { logit: () => 2, k: 7, label: '_all_equal' },
    { logit: levels(2), k: 64, keep: 50, vocab: 2000, label: '_ties_at_the_threshold' },
    { logit: (s) => 1000 + s.below(1024) / 1024, k: 20, label: '_narrow' },
    { logit: (_s, i) => i / 8, k: 20, label: '_rising' },
    { logit: (_s, i) => -i / 8, k: 20, label: '_falling' },
    {
      logit: (s, i) => (i % 3 === 1 ? Number.NEGATIVE_INFINITY : s.value('fp32', 3)),
      k: 20,
      label: '_with_infinities',
    },
    {
      logit: (s, i) => (i === 77 || i === 5 ? s.value('fp32', 3) : Number.NEGATIVE_INFINITY),
      k: 4,
      label: '_two_finite',
    },
    { logit: (s, _i, dtype) => s.value(dtype, 0.01), dtype: 'bf16', label: '_flat' },
    { logit: (s, i) => (i === 200 ? 90 : s.value('fp32', 1)), k: 3, label: '_peak' },
    // Longer than what a block takes in at once.
    { rows: 1, vocab: 20000, logit: (_s, i) => i / 8, k: 20, label: '_rising' },
    { rows: 1, vocab: 20000, logit: (_s, i) => -i / 8, k: 20, label: '_falling' },
    { rows: 1, vocab: 20000, logit: () => -3, k: 64, label: '_all_equal' },
    { rows: 1, vocab: 20000, logit: levels(3), k: 33, dtype: 'fp16', label: '_ties' },
    { rows: 1, vocab: 20000, logit: (_s, i) => Math.floor(i / 900), k: 8, label: '_stairs' },
    { rows: 0 },
    { vocab: 0 },
    { k: 0 },
  ];
  return parts.map((part, i) => topkCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  const logit = draw.pick([bell, levels(3), levels(40)]);
  return topkCase(build, {
    rows: draw.integer(0, 6),
    vocab: draw.integer(0, draw.pick([8, 200, 3000])),
    k: draw.integer(0, 64),
    keep: draw.integer(1, 80),
    dtype: draw.pick(TYPES),
    logit,
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}

/** All logits equal: the first k tokens in order, whatever the size. */
function equalProbe(build: Build): Probe {
  const call = topkCase(build, { vocab: 3000, k: 64, logit: () => -1.5, label: '_probe_equal' });
  return {
    id: 'draft_topk/ties_take_the_lowest_token',
    shows: 'equal logits give tokens 0, 1, 2, …',
    cases: [call],
    check: ([outputs]) => {
      const at = intsOf(outputs!, 'tokens').findIndex((token, i) => token !== i % 64);
      if (at < 0) return [];
      const token = intsOf(outputs!, 'tokens')[at];
      return [{ output: 'tokens', message: `${token} at place ${at % 64}` }];
    },
  };
}

/** A row gives the same bits alone as among others. */
function rowProbe(build: Build): Probe {
  const batch = topkCase(build, {
    rows: 5,
    vocab: 1500,
    k: 8,
    dtype: 'bf16',
    label: '_probe_rows',
  });
  const data = floatsOf(batch.inputs, 'logits').slice(3 * 1500, 4 * 1500);
  const logits = float('bf16', [1, 1500], data);
  const alone = build('probe_row_alone', { logits }, { k: 8, keep: 50 });
  return {
    id: 'draft_topk/batch_invariance',
    shows: 'the rows around a row do not change its bits',
    cases: [batch, alone],
    check: ([many, one]) =>
      ['values', 'tokens', 'lse'].flatMap((output): Problem[] => {
        const size = one![output]!.data.length;
        const row = many![output]!.data.slice(3 * size, 4 * size);
        if (row.join() === one![output]!.data.join()) return [];
        return [{ output, message: 'changes with the rows around it' }];
      }),
  };
}

function largest(call: Case): number {
  return floatsOf(call.inputs, 'logits').reduce(
    (most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
    1,
  );
}

export const draftTopkSuite = defineSuite({
  operator: draftTopk,
  tolerances: {
    values: { elementwise: true, magnitude: largest },
    lse: { elementwise: true, magnitude: largest },
  },
  check: (call) => checkLogits(call, 'logits'),
  derive: ({ attributes }) => ({ candidates: attributes['k']! }),
  reference,
  laws,
  cases,
  generate,
  probes: (build) => [equalProbe(build), rowProbe(build)],
});
