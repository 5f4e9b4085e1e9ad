/** Tree attention by hand, against dense attention over unpaged copies, and its probes at work. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { Draw } from '../lib/draw.ts';
import { roundTo } from '../lib/float-formats.ts';
import { float, i32, u32 } from '../lib/tensors.ts';
import type { Case, Tensors } from '../suite-record.ts';
import { outputsOf } from '../test/outputs.ts';
import { treeAttentionSuite as suite } from './suite.ts';

/** One request, one head, pages of 2 tokens in the order 1, 0. */
const tiny = (q: number[], keys: number[][], values: number[][], words: number[]) => {
  const size = keys[0]!.length;
  const rows = q.length / size;
  const pages = new Float64Array(2 * 2 * 2 * size).fill(Number.NaN);
  keys.forEach((key, token) => {
    const page = token < 2 ? 1 : 0;
    pages.set(key, ((page * 2 + 0) * 2 + (token % 2)) * size);
    pages.set(values[token]!, ((page * 2 + 1) * 2 + (token % 2)) * size);
  });
  return {
    q: float('fp32', [rows, 1, size], q),
    pages: float('fp32', [2, 2, 2, 1, size], pages),
    page_table: i32([1, 2], [1, 0]),
    kv_lengths: i32([1], [keys.length]),
    offsets: i32([2], [0, rows]),
    words: u32([rows, 1], words),
  };
};

/** Attention of a call from unpaged copies of its KV and a dense additive mask. */
function dense(call: Case): number[] {
  const { queryHeads, kvHeads, headDim, tokensPerBlock } = call.axes as Record<string, number> & {
    queryHeads: number;
    kvHeads: number;
    headDim: number;
    tokensPerBlock: number;
  };
  const { inputs } = call;
  const data = (name: string) => inputs[name]!.data;
  const width = inputs['page_table']!.shape[1]!;
  const stride = inputs['words']!.shape[1]!;
  const out: number[] = [];
  const offsets = data('offsets');
  for (let b = 0; b + 1 < offsets.length; b++) {
    const rows = offsets[b + 1]! - offsets[b]!;
    const length = data('kv_lengths')[b]!;
    const fetch = (half: number, token: number, head: number) => {
      const page = data('page_table')[b * width + Math.floor(token / tokensPerBlock)]!;
      const slot = (page * 2 + half) * tokensPerBlock + (token % tokensPerBlock);
      const at = (slot * kvHeads + head) * headDim;
      return Array.from(data('pages').slice(at, at + headDim));
    };
    for (let t = 0; t < rows; t++) {
      for (let h = 0; h < queryHeads; h++) {
        const head = Math.floor((h * kvHeads) / queryHeads);
        const at = ((offsets[b]! + t) * queryHeads + h) * headDim;
        const q = data('q').slice(at, at + headDim);
        const scores = Array.from({ length }, (_, token) => {
          const c = token - (length - rows);
          const word = data('words')[(offsets[b]! + t) * stride + (c >> 5)]!;
          if (c >= 0 && ((word >>> (c & 31)) & 1) === 0) return -Infinity;
          return fetch(0, token, head).reduce((s, k, d) => s + k * q[d]!, 0) / Math.sqrt(headDim);
        });
        const max = Math.max(...scores);
        const weights = scores.map((s) => Math.exp(s - max));
        const sum = weights.reduce((x, y) => x + y, 0);
        const o = new Array<number>(headDim).fill(0);
        weights.forEach((w, token) => {
          if (w === 0) return;
          fetch(1, token, head).forEach((v, d) => {
            o[d]! += (w / sum) * v;
          });
        });
        out.push(...o);
      }
    }
  }
  return out;
}

/** Relative distance of two vectors. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let off = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    off += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(off / norm);
}

describe('tree_attention', () => {
  it('averages what is seen when all scores are equal', () => {
    const inputs = tiny(
      [0, 0, 0, 0],
      [
        [0, 0],
        [0, 0],
      ],
      [
        [2, 0],
        [0, 4],
      ],
      [0b1, 0b11],
    );
    const { o, lse } = outputsOf(suite, inputs);
    expect(o).toEqual([2, 0, 1, 2]);
    expect(lse).toEqual([0, Math.log(2)]);
  });

  it('sees the prefix, and siblings not', () => {
    // Token 0 is the prefix, 1 the root, 2 and 3 its children; row 2 sees 0, 1, 3.
    const zero = [0, 0];
    const values = [
      [8, 0],
      [0, 8],
      [1000, 1000],
      [4, 4],
    ];
    const inputs = tiny(new Array(6).fill(0), [zero, zero, zero, zero], values, [0b1, 0b11, 0b101]);
    expect(outputsOf(suite, inputs)['o']!.slice(4)).toEqual([4, 4]);
  });

  it('weighs by the exponential of the scaled score', () => {
    const inputs = tiny(
      [2, 0],
      [
        [Math.fround(Math.log(3)), 0],
        [0, 0],
      ],
      [
        [1, 0],
        [0, 1],
      ],
      [0b1],
    );
    const { o, lse } = outputsOf(suite, inputs, { scale: 0.5 });
    // exp(log 3) : exp(0) = 3 : 1.
    expect(o![0]).toBeCloseTo(0.75, 6);
    expect(o![1]).toBeCloseTo(0.25, 6);
    expect(lse![0]).toBeCloseTo(Math.log(4), 6);
  });

  it('gives zeros and −∞ where nothing is seen', () => {
    const { o, lse } = outputsOf(suite, tiny([1, 1], [[1, 1]], [[5, 5]], [0]));
    expect(o).toEqual([0, 0]);
    expect(lse).toEqual([-Infinity]);
  });

  it('is dense attention under a mask, whatever the pages', () => {
    fc.assert(
      fc.property(fc.nat(65535), (seed) => {
        const call = suite.generate(Draw.seeded(seed));
        if (call.inputs['q']!.data.length > 40000) return;
        const expected = dense(call);
        const { o } = suite.reference(call) as Tensors & { o: { data: Float64Array } };
        for (let i = 0; i < expected.length; i++) expect(o.data[i]).toBeCloseTo(expected[i]!, 9);
      }),
      { numRuns: 25 },
    );
  });

  it('has a twin as far off as the number formats say', () => {
    // Rounding P and O: about 1.6e-3 to 2e-3 in bf16, an eighth of that in fp16.
    for (const [type, low, high] of [
      ['bf16', 8e-4, 3e-3],
      ['fp16', 1e-4, 4e-4],
    ] as const) {
      const id = `tree_attention/b6_t64_l129_h2x1_d64_p16_${type}`;
      const call = suite.cases().find((candidate) => candidate.id === id)!;
      const off = relative(suite.twin(call)['o']!.data, suite.reference(call)['o']!.data);
      expect(off).toBeGreaterThan(low);
      expect(off).toBeLessThan(high);
    }
  });
});

/** A device that computes something else, and what the checks say to it. */
function problemsOf(call: Case, wrong: (call: Case) => Case): string[] {
  const type = call.dtypes.float;
  const rounded = (tensors: Tensors): Tensors => ({
    o: { ...tensors['o']!, data: tensors['o']!.data.map((x) => roundTo(type, x)) as Float64Array },
    lse: tensors['lse']!,
  });
  return compare(suite, call, rounded(suite.twin(wrong(call)))).map(({ output }) => output);
}

describe('a wrong device', () => {
  const call = suite.cases().find(({ id }) => id.includes('b1_t33_l52_'))!;
  const withWords = (change: (words: Uint32Array) => void) => (given: Case) => {
    const words = given.inputs['words']!.data.slice() as Uint32Array;
    change(words);
    return {
      ...given,
      inputs: { ...given.inputs, words: u32(given.inputs['words']!.shape, words) },
    };
  };

  it('passes when it is right', () => {
    expect(problemsOf(call, (given) => given)).toEqual([]);
  });

  it('is caught with one mask bit too many in one row', () => {
    const row = 20;
    const wrong = withWords((words) => {
      words[row * 2]! |= ~words[row * 2]! & (~words[row * 2]! - 1) & 0x7fffffff & 0xff;
      words[row * 2]! ^= 1 << 5;
    });
    expect(problemsOf(call, wrong)).not.toEqual([]);
  });

  it('is caught when the scale is off by a thousandth', () => {
    const wrong = (given: Case) => ({
      ...given,
      attributes: { ...given.attributes, scale: 0.126 },
    });
    expect(problemsOf(call, wrong)).not.toEqual([]);
  });

  it('is caught by the visible-set probe with one bit in 130 tokens', () => {
    const probe = suite.probes()[0]!;
    const outputs = probe.cases.map((given) =>
      suite.twin(withWords((words) => (words[17 * 2]! ^= 1 << 3))(given)),
    );
    expect(probe.check(probe.cases.map((given) => suite.twin(given)))).toEqual([]);
    expect(probe.check(outputs)[0]!.message).toMatch(/^row 17 /);
  });

  it('is caught by every probe when it sees all of the tree', () => {
    const seen = suite.probes().filter((probe) => {
      const outputs = probe.cases.map((given) => {
        const rows = given.inputs['words']!.shape[0]!;
        const stride = given.inputs['words']!.shape[1]!;
        const all = withWords((words) => {
          for (let row = 0; row < rows; row++) {
            for (let c = 0; c < rows; c++) words[row * stride + (c >> 5)]! |= 1 << (c & 31);
          }
        });
        return suite.twin(given.axes['requests'] === 1 ? all(given) : given);
      });
      return probe.check(outputs).length > 0;
    });
    const names = seen.map(({ id }) => id);
    expect(names).toContain('tree_attention/chain_is_causal');
    expect(names).toContain('tree_attention/hot_key');
    expect(names.filter((id) => id.includes('probe_visible'))).toHaveLength(4);
  });
});
