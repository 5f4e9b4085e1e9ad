/**
 * Reference of tree_attention. A row of a tree attends to all KV before the tree and to the columns
 * of its mask inside the tree: s = scale·q·k, p = exp(s − max), o = Σ p·v / Σ p and
 * lse = max + log Σ p.
 *
 * Worked example, one head of size 2, no prefix, a root and its child, q = k = 0, values (2, 0) and
 * (0, 4): the root sees itself, o = (2, 0), lse = 0; the child sees both, o = (1, 2), lse = log 2.
 *
 * The twin rounds what a kernel rounds: p (with the row's maximum taken off) to the activations'
 * type before it meets v, and o at the end. In fp32 nothing is rounded.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkPages, slotOf } from '../lib/checks.ts';
import { defineSuite } from '../lib/define-suite.ts';
import { roundTo } from '../lib/float-formats.ts';
import { elementOf } from '../lib/paged.ts';
import { exp, log } from '../lib/reference-math.ts';
import { float, floatsOf, reader } from '../lib/tensors.ts';
import type { Case, Problem, Tensors } from '../suite-record.ts';
import { attentionCases, generateAttention } from './cases.ts';
import { treeAttention } from './operator.ts';
import { attentionProbes } from './probes.ts';

type Sizes = { queryHeads: number; kvHeads: number; headDim: number; tokensPerBlock: number };

/** Does row `row` (of the batch) see column `column` of its tree? */
function seesColumn(words: Uint32Array, stride: number, row: number, column: number): boolean {
  return ((words[row * stride + Math.floor(column / 32)]! >>> (column % 32)) & 1) === 1;
}

/** Slots that a row sees, in order: the prefix, then its columns of the tree. */
function visibleSlots(call: Case, request: number, row: number, slots: number[]): number[] {
  const { ints, words, extent } = reader(call);
  const start = ints('offsets')[request]!;
  const rows = ints('offsets')[request + 1]! - start;
  const prefix = ints('kv_lengths')[request]! - rows;
  const stride = extent('words', 1);
  const seen = slots.slice(0, prefix);
  for (let column = 0; column < rows; column++) {
    if (seesColumn(words('words'), stride, start + row, column)) seen.push(slots[prefix + column]!);
  }
  return seen;
}

interface Rounding {
  p(x: number): number;
  o(x: number): number;
}

function attend(call: Case, rounding: Rounding): Tensors {
  const { floats, ints, dtype, shape } = reader(call);
  const sizes = call.axes as unknown as Sizes;
  const { queryHeads, kvHeads, headDim } = sizes;
  const { keyScale, valueScale } = call.attributes as { keyScale: number; valueScale: number };
  // Heads of size 0 score 0.
  const scale = (call.attributes['scale'] || 1 / Math.sqrt(headDim || 1)) * keyScale;
  const q = floats('q');
  const pages = floats('pages');
  const offsets = ints('offsets');
  const o = new Float64Array(q.length);
  const lse = new Float64Array(offsets[offsets.length - 1]! * queryHeads);
  for (let b = 0; b + 1 < offsets.length; b++) {
    const rows = offsets[b + 1]! - offsets[b]!;
    const length = rows > 0 ? ints('kv_lengths')[b]! : 0;
    const slots = Array.from({ length }, (_, position) => slotOf(call, b, position));
    for (let row = 0; row < rows; row++) {
      const seen = visibleSlots(call, b, row, slots);
      const scores = new Float64Array(seen.length);
      for (let h = 0; h < queryHeads; h++) {
        const head = Math.floor(h / (queryHeads / kvHeads));
        const at = (offsets[b]! + row) * queryHeads + h;
        let max = Number.NEGATIVE_INFINITY;
        seen.forEach((slot, i) => {
          const k = elementOf(sizes, slot, 0, head);
          let dot = 0;
          for (let d = 0; d < headDim; d++) dot += q[at * headDim + d]! * pages[k + d]!;
          scores[i] = dot * scale;
          max = Math.max(max, scores[i]!);
        });
        let sum = 0;
        const row64 = o.subarray(at * headDim, (at + 1) * headDim);
        seen.forEach((slot, i) => {
          const p = exp(scores[i]! - max);
          sum += p;
          const v = elementOf(sizes, slot, 1, head);
          const weight = rounding.p(p) * valueScale;
          for (let d = 0; d < headDim; d++) row64[d]! += weight * pages[v + d]!;
        });
        for (let d = 0; d < headDim; d++) row64[d] = sum > 0 ? rounding.o(row64[d]! / sum) : 0;
        lse[at] = max + log(sum);
      }
    }
  }
  return {
    o: float(dtype('q'), shape('q'), o),
    lse: float('fp32', [shape('q')[0]!, queryHeads], lse),
  };
}

const exactly = (x: number) => x;

function twin(call: Case): Tensors {
  const type = call.dtypes.float;
  const rounded = (x: number) => roundTo(type, x);
  return type === 'fp32'
    ? attend(call, { p: exactly, o: exactly })
    : attend(call, { p: rounded, o: rounded });
}

/** No bit at or behind the tree's last row, and room for all of them. */
function checkMask(call: Case): void {
  const { ints, words, extent } = reader(call);
  const offsets = ints('offsets');
  const stride = extent('words', 1);
  const mask = words('words');
  for (let b = 0; b + 1 < offsets.length; b++) {
    const rows = offsets[b + 1]! - offsets[b]!;
    if (rows > 32 * stride) {
      throw new CaseError('inputs.words.shape', `${stride} words for a tree of ${rows} rows`);
    }
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) {
      for (let w = Math.floor(rows / 32); w < stride; w++) {
        const first = Math.max(0, rows - 32 * w);
        const word = mask[row * stride + w]!;
        if (first < 32 && word >>> first !== 0) {
          const field = `inputs.words.data[${row * stride + w}]`;
          throw new CaseError(field, `a bit behind the ${rows} rows of request ${b}`);
        }
      }
    }
  }
}

/** What is read is finite; unused slots may hold anything. */
function checkVisible(call: Case): void {
  const { floats, ints } = reader(call);
  const sizes = call.axes as unknown as Sizes;
  const pages = floats('pages');
  const offsets = ints('offsets');
  ints('kv_lengths').forEach((length, b) => {
    if (offsets[b + 1] === offsets[b]) return;
    for (let position = 0; position < length; position++) {
      const slot = slotOf(call, b, position);
      for (const half of [0, 1] as const) {
        const start = elementOf(sizes, slot, half, 0);
        for (let i = start; i < start + sizes.kvHeads * sizes.headDim; i++) {
          if (Number.isFinite(pages[i])) continue;
          const what = `${half === 0 ? 'key' : 'value'} of token ${position} of request ${b}`;
          throw new CaseError(`inputs.pages.data[${i}]`, `${pages[i]} as ${what}`);
        }
      }
    }
  });
}

function check(call: Case): void {
  const { queryHeads, kvHeads, treeTokens } = call.axes as Record<string, number>;
  if (kvHeads === 0 ? queryHeads! > 0 : queryHeads! % kvHeads! !== 0) {
    throw new CaseError('inputs.q.shape', `${queryHeads} query heads on ${kvHeads} KV heads`);
  }
  checkOffsets(call, 'offsets', treeTokens!);
  checkPages(call);
  checkMask(call);
  checkVisible(call);
}

/** A row that sees nothing gives zeros, never NaN. */
function laws(call: Case, outputs: Tensors): Problem[] {
  const lse = floatsOf(outputs, 'lse');
  const o = floatsOf(outputs, 'o');
  const size = call.axes['headDim']!;
  for (let at = 0; at < lse.length; at++) {
    if (lse[at] !== Number.NEGATIVE_INFINITY) continue;
    if (o.subarray(at * size, (at + 1) * size).every((x) => x === 0)) continue;
    return [{ output: 'o', message: `row ${at} sees nothing and is not zero` }];
  }
  return [];
}

export const treeAttentionSuite = defineSuite({
  operator: treeAttention,
  tolerances: { o: { ulps: 128 }, lse: { ulps: 64, magnitude: () => 4, elementwise: true } },
  check,
  derive: (call) => ({
    kvTokens: reader(call)
      .ints('kv_lengths')
      .reduce((sum, length) => sum + length, 0),
  }),
  reference: (call) => attend(call, { p: exactly, o: exactly }),
  twin,
  laws,
  cases: attentionCases,
  generate: generateAttention,
  probes: attentionProbes,
});
