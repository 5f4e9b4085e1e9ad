/** Laws that every operator's record keeps, and costs worked out by hand. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compactKv,
  drafterCell,
  draftTopk,
  type Operator,
  operators,
  treeAttention,
  verifyGreedy,
} from './index.ts';
import { namesOf } from './lib/shape.ts';

const dtypes = { float: 'bf16', kv: 'bf16' } as const;

/** Axes that count requests or rows: with all of them zero, nothing is there. */
const COUNTS = ['requests', 'rows', 'treeTokens', 'kvTokens', 'movedTokens', 'kept', 'copiedRows'];

/** Axes along which cost may fall, and why. */
const FALLING: Record<string, string> = {
  'tree_attention.requests': 'the same totals spread over more requests meet fewer past tokens',
  'tree_attention.kvHeads': 'with the query heads fixed, tiles of a smaller group may round less',
  'tree_attention.tokensPerBlock': 'larger pages need fewer page words',
};

/** Extents small enough that whole-number arithmetic stays exact. */
function extents(operator: Operator): fc.Arbitrary<Record<string, number>> {
  const fields: Record<string, fc.Arbitrary<number>> = {};
  for (const { name, min, max } of operator.axes) {
    fields[name] = fc.integer({ min, max: Math.min(max, 4096) });
  }
  return fc.record(fields);
}

describe('records', () => {
  it('name every folder, once', () => {
    const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes('_'))
      .map((entry) => entry.name);
    const names = operators.map(({ name }) => name);
    expect([...new Set(names)]).toEqual(names);
    expect(names.filter((name) => name.includes('_')).sort()).toEqual(folders.sort());
  });

  it('state shapes in their own axes, or in extents that their cost does not depend on', () => {
    for (const operator of operators) {
      const known = new Set([...operator.axes, ...operator.extents].map(({ name }) => `${name}`));
      for (const { shape } of [...operator.inputs, ...operator.outputs]) {
        expect(shape.flatMap(namesOf).filter((name) => !known.has(name))).toEqual([]);
      }
    }
  });

  it('cost nothing at zero extents', () => {
    for (const operator of operators) {
      fc.assert(
        fc.property(extents(operator), (axes) => {
          const zeroed = { ...axes };
          for (const name of COUNTS) if (name in zeroed) zeroed[name] = 0;
          expect(operator.cost(zeroed, dtypes)).toEqual({
            bytes: 0,
            flop: 0,
            exps: 0,
            launches: 0,
          });
        }),
        { numRuns: 30 },
      );
    }
  });

  it('never cost less when an axis grows', () => {
    for (const operator of operators) {
      for (const { name, max } of operator.axes) {
        if (`${operator.name}.${name}` in FALLING) continue;
        fc.assert(
          fc.property(extents(operator), fc.integer({ min: 1, max: 64 }), (axes, more) => {
            const before = operator.cost(axes, dtypes);
            const grown = { ...axes, [name]: Math.min(max, axes[name]! + more) };
            const after = operator.cost(grown, dtypes);
            expect(after.bytes).toBeGreaterThanOrEqual(before.bytes);
            expect(after.flop).toBeGreaterThanOrEqual(before.flop);
            expect(after.exps).toBeGreaterThanOrEqual(before.exps);
          }),
          { numRuns: 50 },
        );
      }
    }
  });

  it('write into the object that is given', () => {
    const into = { bytes: -1, flop: -1, exps: -1, launches: -1 };
    const out = drafterCell.cost({ rows: 4, hidden: 4096 }, dtypes, into);
    expect(out).toBe(into);
    expect(into).toEqual(drafterCell.cost({ rows: 4, hidden: 4096 }, dtypes));
  });
});

describe('costs by hand', () => {
  const llama8b = { queryHeads: 32, kvHeads: 8, headDim: 128, tokensPerBlock: 64 };

  it('one layer of a decode step of Llama 3.1 8B at L = 4096', () => {
    const work = treeAttention.cost(
      { requests: 1, treeTokens: 1, kvTokens: 4096, ...llama8b },
      dtypes,
    );
    const kv = 2 * 2 * 8 * 128 * 4096; // keys and values, two bytes, eight heads of 128
    const queryAndOutput = 2 * 2 * 32 * 128;
    const pageWords = 4 * 64; // 4096 / 64 pages
    const maskWords = 4;
    expect(kv).toBe(16_777_216);
    expect(work.bytes).toBe(kv + queryAndOutput + pageWords + maskWords);
    // Four query rows of a group fill a tile of 64: 4·8·128·64·4096.
    expect(work.flop).toBe(1_073_741_824);
    expect(work.exps).toBe(32 * 4096);
  });

  it('tree attention of 64 rows pads to whole tiles per KV head', () => {
    // T·G = 64·4 = 256 = 4 tiles; L = 4096 = 64 tiles of 64: nothing is padded.
    const axes = { requests: 8, treeTokens: 512, kvTokens: 8 * 4096, ...llama8b };
    expect(treeAttention.cost(axes, dtypes).flop).toBe(4 * 8 * 128 * 8 * 256 * 4096);
    // One more row per request opens a fifth tile, and one more past token a 65th.
    const more = { ...axes, treeTokens: 520, kvTokens: 8 * 4097 };
    expect(treeAttention.cost(more, dtypes).flop).toBe(4 * 8 * 128 * 8 * 320 * 4160);
  });

  it('fp8 KV halves what is read of the cache', () => {
    const axes = { requests: 1, treeTokens: 1, kvTokens: 4096, ...llama8b };
    const wide = treeAttention.cost(axes, dtypes).bytes;
    const narrow = treeAttention.cost(axes, { float: 'bf16', kv: 'fp8' }).bytes;
    expect(wide - narrow).toBe(2 * 8 * 128 * 4096);
  });

  it('a vocabulary row is read once and never written', () => {
    const { bytes } = draftTopk.cost({ rows: 4, vocab: 128256, candidates: 4 }, dtypes);
    expect(bytes).toBe(4 * 128256 * 2 + 4 * (4 * 8 + 4));
  });

  it('greedy verification of 256 rows reads 65.7 MB at V = 128,256', () => {
    const axes = { requests: 8, beams: 0, draftLength: 0, treeTokens: 256, vocab: 128256 };
    expect(verifyGreedy.cost(axes, dtypes).bytes).toBe(65_667_072);
  });

  it('compaction of 96 rows in 80 layers reads and writes 62.9 MB', () => {
    const { bytes } = compactKv.cost(
      { layers: 80, movedTokens: 96, kvHeads: 8, headDim: 128 },
      dtypes,
    );
    expect(bytes).toBe(62_914_560);
  });
});
