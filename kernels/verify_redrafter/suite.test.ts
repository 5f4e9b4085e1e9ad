/**
 * The published rule by hand, exact where theory says it is, and its distance from the target
 * elsewhere, by full enumeration.
 */
import { describe, expect, it } from 'vitest';
import { Stream } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import type { Case } from '../suite-record.ts';
import { cellEnds, textOf } from '../test/enumeration.ts';
import { treeOf } from '../test/outputs.ts';
import { verifyRedrafterSuite } from './suite.ts';

const VOCAB = 4;
type Law = (prefix: readonly number[]) => number[];

/** A random language: next-token probabilities by prefix. */
function language(seed: number, temperature: number): Law {
  return (prefix) => {
    const stream = new Stream(prefix.reduce((hash, token) => hash * 13 + token + 1, seed));
    const logits = Array.from({ length: VOCAB }, () => stream.value('fp32', 1) / temperature);
    const weights = logits.map(Math.exp);
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
  };
}

/** A drafter that knows the target in part: a mixture of it and another language. */
function drafterOf(target: Law, seed: number, share: number): Law {
  const other = language(seed, 1);
  return (prefix) => target(prefix).map((p, v) => share * p + (1 - share) * other(prefix)[v]!);
}

/** The best W continuations of the golden token under the drafter, as a beam search finds them. */
function beamSearch(drafter: Law, golden: number, beams: number, draftLength: number): number[][] {
  let live = [{ tokens: [golden], score: 0 }];
  for (let j = 0; j < draftLength; j++) {
    const all = live.flatMap(({ tokens, score }) =>
      drafter(tokens).map((q, v) => ({ tokens: [...tokens, v], score: score + Math.log(q) })),
    );
    live = all.sort((a, b) => b.score - a.score).slice(0, beams);
  }
  return live.map(({ tokens }) => tokens);
}

function callOf(target: Law, drafter: Law, beams: number[][]) {
  const tree = treeOf(beams);
  const rows = tree.tokens.length;
  const prefixOf = (row: number): number[] =>
    row < 0 ? [] : [...prefixOf(tree.parent[row]!), tree.tokens[row]!];
  const draftLength = beams[0]!.length - 1;
  const logProbs = beams.flatMap((beam) =>
    beam.slice(1).flatMap((_, j) => drafter(beam.slice(0, j + 1)).map(Math.log)),
  );
  const logits = tree.tokens.flatMap((_, row) => target(prefixOf(row)).map(Math.log));
  const shape = [1, beams.length, draftLength];
  const inputs = {
    logits: float('fp32', [rows, VOCAB], logits.map(Math.fround)),
    tokens: i32([rows], tree.tokens),
    unpack: i32([1, beams.length, draftLength + 1], tree.unpack),
    offsets: i32([2], [0, rows]),
    draft_log_probs: float('fp32', [...shape, VOCAB], logProbs.map(Math.fround)),
    uniforms: float('fp32', shape, new Array(beams.length * draftLength).fill(0)),
    bonus_uniforms: float('fp32', [1], [0.5]),
  };
  const raw = { operator: 'verify_redrafter', attributes: {}, inputs };
  return { call: verifyRedrafterSuite.resolve(raw), tree, beams, draftLength };
}

/** The text of one choice of uniforms. */
function run(call: Case, tokens: readonly number[], uniforms: number[], bonus: number): number[] {
  const inputs = {
    ...call.inputs,
    uniforms: float('fp32', call.inputs['uniforms']!.shape, uniforms),
    bonus_uniforms: float('fp32', [1], [bonus]),
  };
  return textOf(verifyRedrafterSuite.reference({ ...call, inputs }), tokens);
}

/** Exact law of the first emitted token. */
function firstTokenLaw(target: Law, drafter: Law, beams: number[][]): number[] {
  const { call, tree, draftLength } = callOf(target, drafter, beams);
  const ratios = beams.flatMap((beam) =>
    beam.slice(1).map((x, j) => {
      const prefix = beam.slice(0, j + 1);
      return Math.min(1, target(prefix)[x]! / drafter(prefix)[x]!);
    }),
  );
  const law = new Array<number>(VOCAB).fill(0);
  for (let pattern = 0; pattern < 2 ** (beams.length * draftLength); pattern++) {
    let weight = 1;
    const uniforms = ratios.map((ratio, i) => {
      const accepts = ((pattern >> i) & 1) === 1;
      weight *= accepts ? ratio : 1 - ratio;
      return accepts ? 0 : (1 + ratio) / 2;
    });
    if (weight < 1e-15) continue;
    const first = run(call, tree.tokens, uniforms, 0.5);
    if (first.length > 1) {
      law[first[0]!]! += weight;
      continue;
    }
    const ends = cellEnds(VOCAB, (u) => run(call, tree.tokens, uniforms, u)[0]!);
    ends.forEach((end, v) => {
      law[v]! += weight * (end - (ends[v - 1] ?? 0));
    });
  }
  return law;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, v) => sum + Math.abs(x - b[v]!) / 2, 0);
}

describe('verify_redrafter', () => {
  const worked = (p: number[], u: number, bonus: number) => {
    const { call, tree } = callOf(
      () => [...p, 1e-30, 1e-30],
      () => [0.5, 0.5, 1e-30, 1e-30],
      [[3, 1]],
    );
    return run(call, tree.tokens, [u], bonus);
  };

  it('accepts with probability p / q', () => {
    expect(worked([0.25, 0.75], 0.99, 0.1)).toEqual([1, 0]);
    expect(worked([0.75, 0.25], 0.25, 0.9)).toEqual([1, 1]);
  });

  it('draws from the residual after a rejection', () => {
    for (const u of [0, 0.5, 0.99]) expect(worked([0.75, 0.25], 0.75, u)).toEqual([0]);
  });

  it('draws from the target when the residual is empty', () => {
    // The drafter claims probability 1 for every token: nothing is left of p − q.
    const p = [0.4, 0.3, 0.2, 0.1];
    const { call, tree } = callOf(
      () => p,
      () => [1, 1, 1, 1],
      [[3, 0]],
    );
    expect(run(call, tree.tokens, [0.9], 0.35)).toEqual([0]);
    expect(run(call, tree.tokens, [0.9], 0.65)).toEqual([1]);
    expect(run(call, tree.tokens, [0.9], 0.95)).toEqual([3]);
  });

  it('keeps the longest beam, the lowest on ties', () => {
    const target = () => [0.25, 0.25, 0.25, 0.25];
    const beams = [
      [3, 0, 1],
      [3, 1, 2],
      [3, 2, 0],
    ];
    const { call, tree } = callOf(target, target, beams);
    const path = (uniforms: number[]) => {
      const inputs = { ...call.inputs, uniforms: float('fp32', [1, 3, 2], uniforms) };
      return Array.from(verifyRedrafterSuite.reference({ ...call, inputs })['path']!.data);
    };
    // With p = q everything stands, so beam 0 wins; the rows of beam 0 are 0 1 2.
    expect(path([0, 0, 0, 0, 0, 0])).toEqual([0, 1, 2]);
    expect(tree.unpack.slice(3, 6)).toEqual([0, 3, 4]);
  });

  it('is exact for one token that is really drawn from the drafter', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const target = language(seed, 1);
      const drafter = language(seed + 100, 1);
      const golden = seed % VOCAB;
      const mixed = new Array<number>(VOCAB).fill(0);
      drafter([golden]).forEach((q, x) => {
        firstTokenLaw(target, drafter, [[golden, x]]).forEach((p, v) => {
          mixed[v]! += q * p;
        });
      });
      // Inputs stand in fp32, so the law is exact to that.
      expect(distance(mixed, target([golden]))).toBeLessThan(1e-6);
    }
  });

  it('writes what the beam search wrote when the drafter is the target', () => {
    // p / q = 1 everywhere: nothing is ever rejected, so the first token is certain.
    const target = language(5, 1);
    const golden = 2;
    const beams = beamSearch(target, golden, 2, 2);
    const first = beams[0]![1]!;
    const off = distance(firstTokenLaw(target, target, beams), target([golden]));
    expect(Math.abs(off - (1 - target([golden])[first]!))).toBeLessThan(1e-6);
  });

  it('is off the target by a measurable distance after a beam search', () => {
    const lines: string[] = [];
    for (const [beams, draftLength] of [
      [1, 1],
      [1, 2],
      [2, 2],
      [3, 2],
    ] as const) {
      const off: number[] = [];
      for (let seed = 1; seed <= 20; seed++) {
        const target = language(seed, 0.7);
        const drafter = drafterOf(target, seed + 500, 0.6);
        const golden = seed % VOCAB;
        const found = beamSearch(drafter, golden, beams, draftLength);
        off.push(distance(firstTokenLaw(target, drafter, found), target([golden])));
      }
      const mean = off.reduce((a, b) => a + b, 0) / off.length;
      const most = Math.max(...off).toFixed(3);
      lines.push(`W = ${beams}, dl = ${draftLength}: mean ${mean.toFixed(3)}, most ${most}`);
      expect(mean).toBeGreaterThan(0.01);
      expect(Math.max(...off)).toBeLessThanOrEqual(1);
    }
    console.log(`total variation of the first token\n${lines.join('\n')}`);
  });
});
