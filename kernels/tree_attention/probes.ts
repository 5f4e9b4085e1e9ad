/**
 * Exact probes of tree_attention, with values chosen so that nothing is rounded where it matters.
 * Random data with a tolerance does not see one wrong mask bit in four thousand keys; these do.
 */
import type { Build } from '../lib/define-suite.ts';
import { Stream } from '../lib/draw.ts';
import { elementOf, pageTable } from '../lib/paged.ts';
import { u32 } from '../lib/tensors.ts';
import type { Case, Probe, Problem, Tensor, Tensors } from '../suite-record.ts';
import { maskWords } from '../tree_mask/reference.ts';
import {
  type AttentionParts,
  type AttentionShape,
  attentionCase,
  attentionParts,
  PLAIN,
  poolShape,
} from './cases.ts';

type Part = Partial<AttentionShape>;

/** Slot of a token of a request. */
function slotIn(
  { table }: AttentionParts,
  shape: AttentionShape,
  b: number,
  token: number,
): number {
  const { data, shape: extents } = table.table;
  const page = data[b * extents[1]! + Math.floor(token / shape.tokensPerBlock)]!;
  return page * shape.tokensPerBlock + (token % shape.tokensPerBlock);
}

/** Puts f(token, d) into keys (0) or values (1) of a request, for all heads. */
function fillTokens(
  parts: AttentionParts,
  shape: AttentionShape,
  half: 0 | 1,
  f: (token: number, d: number) => number,
): void {
  shape.lengths.forEach((length, b) => {
    for (let token = 0; token < length; token++) {
      const slot = slotIn(parts, shape, b, token);
      for (let head = 0; head < shape.kvHeads; head++) {
        const at = elementOf(poolShape(shape), slot, half, head);
        for (let d = 0; d < shape.headDim; d++) parts.pages.data[at + d] = f(token, d);
      }
    }
  });
}

/** Every score is 0, so the output is the mean of the visible values. */
function flatCase(build: Build, part: Part, value: (token: number, d: number) => number): Case {
  return attentionCase(build, part, (parts, shape) => {
    parts.q.data.fill(0);
    fillTokens(parts, shape, 0, () => 0);
    fillTokens(parts, shape, 1, value);
  });
}

/** Tokens that a row of a one-request case sees. */
function seenIn(words: Tensor, rows: number, length: number, row: number): number[] {
  const stride = words.shape[1]!;
  const seen = Array.from({ length: length - rows }, (_, token) => token);
  for (let c = 0; c < rows; c++) {
    const word = words.data[row * stride + Math.floor(c / 32)]!;
    if (((word >>> (c % 32)) & 1) === 1) seen.push(length - rows + c);
  }
  return seen;
}

function seenBy(call: Case, row: number): number[] {
  const length = call.inputs['kv_lengths']!.data[0]!;
  return seenIn(call.inputs['words']!, call.axes['treeTokens']!, length, row);
}

/** Output row of (row, head), a view. */
function outputRow(call: Case, outputs: Tensors, row: number, head: number) {
  const { queryHeads, headDim } = call.axes as { queryHeads: number; headDim: number };
  const at = (row * queryHeads + head) * headDim;
  return outputs['o']!.data.subarray(at, at + headDim);
}

/**
 * Values are one-hot within a window of D tokens: the output's non-zero places are the visible
 * tokens of the window, each 1 / count.
 */
function visibleSetProbe(build: Build, part: Part): Probe {
  const shape = { ...PLAIN, ...part };
  const windows = Math.ceil(shape.lengths[0]! / shape.headDim);
  const cases = Array.from({ length: windows }, (_, w) =>
    flatCase(build, { ...part, label: `_probe_visible_${w}` }, (token, d) =>
      token - w * shape.headDim === d ? 1 : 0,
    ),
  );
  const check = (outputs: readonly Tensors[]): Problem[] => {
    for (const [w, call] of cases.entries()) {
      for (let row = 0; row < call.axes['treeTokens']!; row++) {
        const seen = new Set(seenBy(call, row));
        for (let head = 0; head < shape.queryHeads; head++) {
          const o = outputRow(call, outputs[w]!, row, head);
          for (let d = 0; d < shape.headDim; d++) {
            const token = w * shape.headDim + d;
            const expected = seen.has(token) ? 1 : 0;
            // One or two roundings of 1 / count are far from the next count.
            const off = Math.abs(o[d]! * seen.size - expected);
            if (expected === 0 ? o[d] === 0 : off < 0.01) continue;
            const message = `row ${row} head ${head}: token ${token} has ${o[d]}`;
            return [{ output: 'o', message: `${message}, ${expected} of ${seen.size} expected` }];
          }
        }
      }
    }
    return [];
  };
  const id = cases[0]!.id.replace('_probe_visible_0', '_probe_visible');
  return { id, shows: 'with Q = K = 0 and one-hot V the output is the visible set', cases, check };
}

/** Small whole numbers as values: their sums are exact in fp32 in any order. */
const whole = (token: number, d: number) => (token * 7 + d * 3 + (token >> 3)) % 8;

/** A chain under the mask is causal attention, row by row; a tree of one row is plain decode. */
function causalProbe(build: Build, part: Part, id: string, shows: string): Probe {
  const call = flatCase(build, { ...part, float: 'fp32', kv: 'fp32', tree: 'chain' }, whole);
  const rows = call.axes['treeTokens']!;
  const length = call.inputs['kv_lengths']!.data[0]!;
  const check = ([outputs]: readonly Tensors[]): Problem[] => {
    for (let row = 0; row < rows; row++) {
      const count = length - rows + row + 1;
      const o = outputRow(call, outputs!, row, 0);
      for (let d = 0; d < o.length; d++) {
        let sum = 0;
        for (let token = 0; token < count; token++) sum += whole(token, d);
        if (Math.round(o[d]! * count) === sum) continue;
        const message = `row ${row}, element ${d}: ${o[d]! * count}, expected ${sum}`;
        return [{ output: 'o', message }];
      }
    }
    return [];
  };
  return { id: `tree_attention/${id}`, shows, cases: [call], check };
}

/** The outputs of two cases, bit for bit, `from` rows into the first. */
function sameBits(first: Tensors, second: Tensors, from = 0): Problem[] {
  const problems: Problem[] = [];
  for (const output of ['o', 'lse']) {
    const a = first[output]! as Tensor;
    const b = second[output]! as Tensor;
    const width = b.data.length / (b.shape[0] || 1);
    const part = a.data.subarray(from * width, from * width + b.data.length);
    if (part.join() !== b.data.join()) problems.push({ output, message: 'bits differ' });
  }
  return problems;
}

function pagesProbe(build: Build, types: Part): Probe {
  const part: Part = { trees: [9], lengths: [150], tokensPerBlock: 8, kvHeads: 1, ...types };
  const first = attentionCase(build, { ...part, label: '_probe_pages_a' });
  const second = attentionCase(build, { ...part, label: '_probe_pages_b' }, (parts, shape) => {
    const other = attentionParts(shape);
    parts.table = pageTable(new Stream(4242), poolShape(shape));
    parts.pages.data.fill(Number.NaN);
    for (let token = 0; token < 150; token++) {
      for (const half of [0, 1] as const) {
        const from = elementOf(poolShape(shape), slotIn(other, shape, 0, token), half, 0);
        const to = elementOf(poolShape(shape), slotIn(parts, shape, 0, token), half, 0);
        const size = shape.kvHeads * shape.headDim;
        parts.pages.data.set(other.pages.data.slice(from, from + size), to);
      }
    }
  });
  return {
    id: `tree_attention/permuted_pages_${first.dtypes.float}`,
    shows: 'where a page lies does not change a bit',
    cases: [first, second],
    check: ([a, b]) => sameBits(a!, b!),
  };
}

/** A key hidden from a row may score as it likes. */
function hotKeyProbe(build: Build): Probe {
  const part: Part = {
    trees: [17],
    lengths: [60],
    headDim: 64,
    attributes: { scale: 1 },
    label: '_probe_hot_key',
  };
  const hot = (seen: readonly number[], row: number) => seen[(row * 13) % seen.length]!;
  const value = (token: number, d: number) => ((token * 5 + d * 11) % 64) - 32;
  const call = attentionCase(build, part, (parts, shape) => {
    fillTokens(parts, shape, 0, (token, d) => (token === d ? 1 : 0));
    fillTokens(parts, shape, 1, value);
    parts.q.data.fill(0);
    for (let row = 0; row < 17; row++) {
      const seen = seenIn(parts.words, 17, 60, row);
      for (let head = 0; head < shape.queryHeads; head++) {
        const at = (row * shape.queryHeads + head) * shape.headDim;
        parts.q.data[at + hot(seen, row)] = 512;
        for (let token = 43; token < 60; token++) {
          if (!seen.includes(token)) parts.q.data[at + token] = 1024;
        }
      }
    }
  });
  return {
    id: 'tree_attention/hot_key',
    shows: 'a key far ahead gives its value exactly; a hidden key never does',
    cases: [call],
    check: ([outputs]) => {
      for (let row = 0; row < 17; row++) {
        const token = hot(seenBy(call, row), row);
        const o = outputRow(call, outputs!, row, 1);
        const d = o.findIndex((x, i) => x !== value(token, i));
        if (d < 0) continue;
        const message = `row ${row}: ${o[d]} at ${d}, token ${token} holds ${value(token, d)}`;
        return [{ output: 'o', message }];
      }
      return [];
    },
  };
}

/** Siblings of a star in another order give the same rows in that order. */
function siblingsProbe(build: Build, types: Part): Probe {
  const part: Part = { trees: [40], lengths: [64], tree: 'star', ...types };
  const order = (row: number) => (row === 0 ? 0 : 40 - row);
  const name = (token: number) => (token < 24 ? token : 24 + order(token - 24));
  const first = flatCase(build, { ...part, label: '_probe_siblings_a' }, whole);
  const second = flatCase(build, { ...part, label: '_probe_siblings_b' }, (token, d) =>
    whole(name(token), d),
  );
  return {
    id: `tree_attention/permuted_siblings_${first.dtypes.float}`,
    shows: 'siblings in another order give their rows in that order, bit for bit',
    cases: [first, second],
    check: ([a, b]) => {
      for (let row = 0; row < 40; row++) {
        const x = outputRow(first, a!, order(row), 0);
        const y = outputRow(second, b!, row, 0);
        if (x.join() === y.join()) continue;
        return [{ output: 'o', message: `row ${row} differs from its twin ${order(row)}` }];
      }
      return [];
    },
  };
}

/** The third request of a batch, and the same request alone. */
function batchProbe(build: Build, types: Part): Probe {
  const part: Part = { kvHeads: 1, trees: [3, 0, 21, 1], lengths: [90, 4, 333, 1], ...types };
  const shape: AttentionShape = { ...PLAIN, ...part };
  const batch = attentionCase(build, { ...part, label: '_probe_batch' });
  const alone: Part = { ...part, trees: [21], lengths: [333], label: '_probe_alone' };
  const single = attentionCase(build, alone, (parts) => {
    const all = attentionParts(shape);
    const width = all.table.table.shape[1]!;
    const size = shape.queryHeads * shape.headDim;
    const parent = all.parent.slice(3, 24);
    parts.q = { ...parts.q, data: all.q.data.slice(3 * size, 24 * size) };
    parts.pages = all.pages;
    const row = all.table.table.data.slice(2 * width, 3 * width);
    parts.table = {
      pages: all.table.pages,
      table: { ...all.table.table, shape: [1, width], data: row },
    };
    parts.words = u32([21, 1], maskWords(parent, parts.offsets, 1));
  });
  return {
    id: `tree_attention/batch_invariance_${batch.dtypes.float}`,
    shows: 'the batch around a request does not change its bits',
    cases: [batch, single],
    check: ([a, b]) => sameBits(a!, b!, 3),
  };
}

const FP32: Part = { float: 'fp32', kv: 'fp32' };
const BF16: Part = { float: 'bf16', kv: 'bf16' };

export function attentionProbes(build: Build): Probe[] {
  const chain: Part = { trees: [33], lengths: [100], label: '_probe_chain' };
  const decode: Part = { trees: [1], lengths: [129], label: '_probe_decode' };
  return [
    visibleSetProbe(build, { trees: [33], lengths: [130], tree: 'random' }),
    visibleSetProbe(build, { trees: [65], lengths: [70], tree: 'deep', queryHeads: 7, kvHeads: 1 }),
    visibleSetProbe(build, { trees: [16], lengths: [200], float: 'fp16', kv: 'fp8' }),
    // A chain and a single row again, for kernels that take no fp32.
    visibleSetProbe(build, { trees: [33], lengths: [100], tree: 'chain' }),
    visibleSetProbe(build, { trees: [1], lengths: [129], queryHeads: 8, kvHeads: 1 }),
    causalProbe(build, chain, 'chain_is_causal', 'a chain sees what causal attention sees'),
    causalProbe(build, decode, 'decode', 'a tree of one row is plain decode'),
    hotKeyProbe(build),
    ...[FP32, BF16].flatMap((types) => [
      pagesProbe(build, types),
      siblingsProbe(build, types),
      batchProbe(build, types),
    ]),
  ];
}
