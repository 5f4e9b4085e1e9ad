/**
 * Exact verification, proven by enumeration: the whole unit cube of uniforms is integrated, cell by
 * cell, and the law of the emitted text is compared with the target's.
 */
import { describe, expect, it } from 'vitest';
import { Stream } from '../lib/draw.ts';
import { float, i32 } from '../lib/tensors.ts';
import { randomBeams } from '../lib/trees.ts';
import { integrateCube, textOf } from '../test/enumeration.ts';
import { outputsOf, treeOf } from '../test/outputs.ts';
import { handInputs, verifyExactSuite } from './suite.ts';

const VOCAB = 4;

/** The target: logits of the next token depend on the tokens before it. */
function logitsAfter(prefix: readonly number[]): number[] {
  const stream = new Stream(prefix.reduce((hash, token) => hash * 7 + token + 1, 3));
  return Array.from({ length: VOCAB }, () => stream.value('fp32', 1.2));
}

function probabilitiesAfter(prefix: readonly number[]): number[] {
  const weights = logitsAfter(prefix).map(Math.exp);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** A random tree over beams, with the target's logits at every row. */
function callOf(seed: number, beams: number, positions: number) {
  const flat = randomBeams(new Stream(seed), beams, positions, VOCAB);
  const rows = Array.from({ length: beams }, (_, i) =>
    Array.from(flat.slice(i * positions, (i + 1) * positions)),
  );
  const tree = treeOf(rows);
  const prefixOf = (row: number): number[] =>
    row < 0 ? [] : [...prefixOf(tree.parent[row]!), tree.tokens[row]!];
  const logits = tree.tokens.flatMap((_, row) => logitsAfter(prefixOf(row)));
  const count = tree.tokens.length;
  const inputs = {
    logits: float('fp32', [count, VOCAB], logits),
    tokens: i32([count], tree.tokens),
    parent: i32([count], tree.parent),
    offsets: i32([2], [0, count]),
    uniforms: float('fp32', [1, positions], new Array(positions).fill(0.5)),
  };
  const call = verifyExactSuite.resolve({ operator: 'verify_exact', attributes: {}, inputs });
  return { call, tree };
}

describe('verify_exact', () => {
  it('walks the worked example', () => {
    const rows = [
      [0, 1.0986123],
      [0, 0],
    ];
    const out = outputsOf(verifyExactSuite, handInputs(rows, [0, 1], [-1, 0], [0.5, 0.25]));
    expect(out).toEqual({ path: [0, 1], accepted: [1], bonus: [0] });
  });

  it('stops where the draw is no child', () => {
    const rows = [
      [0, 1.0986123],
      [0, 0],
    ];
    const out = outputsOf(verifyExactSuite, handInputs(rows, [0, 1], [-1, 0], [0.125, 0.25]));
    expect(out).toEqual({ path: [0, -1], accepted: [0], bonus: [0] });
  });

  it('has exactly the law of the target, whatever was drafted', () => {
    for (let seed = 0; seed < 6; seed++) {
      const { call, tree } = callOf(seed, 1 + (seed % 4), 3);
      const golden = tree.tokens[0]!;
      const law = integrateCube(3, VOCAB, (uniforms) => {
        const inputs = { ...call.inputs, uniforms: float('fp32', [1, 3], uniforms) };
        return textOf(verifyExactSuite.reference({ ...call, inputs }), tree.tokens);
      });
      // Probability that the target writes each text, token by token.
      let distance = 0;
      let sum = 0;
      for (const [text, { probability }] of law) {
        const tokens = text.split(' ').map(Number);
        let target = 1;
        tokens.forEach((token, i) => {
          target *= probabilitiesAfter([golden, ...tokens.slice(0, i)])[token]!;
        });
        distance += Math.abs(probability - target) / 2;
        sum += target;
      }
      expect(distance).toBeLessThan(1e-12);
      // The texts that occur are all texts: their target probabilities add up to one.
      expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
    }
  });

  it('would notice a draw that leans to the tree', () => {
    // The same enumeration with the children's logits raised is far from the target.
    const { call, tree } = callOf(3, 3, 3);
    const raised = call.inputs['logits']!.data.slice() as Float64Array;
    for (let row = 1; row < tree.tokens.length; row++) {
      if (tree.parent[row] === 0) raised[tree.tokens[row]!]! += 0.1;
    }
    const law = integrateCube(3, VOCAB, (uniforms) => {
      const inputs = {
        ...call.inputs,
        logits: float('fp32', call.inputs['logits']!.shape, raised),
        uniforms: float('fp32', [1, 3], uniforms),
      };
      return textOf(verifyExactSuite.reference({ ...call, inputs }), tree.tokens);
    });
    const first = new Array<number>(VOCAB).fill(0);
    for (const [text, { probability }] of law) first[Number(text.split(' ')[0])]! += probability;
    const target = probabilitiesAfter([tree.tokens[0]!]);
    const distance = first.reduce((d, p, v) => d + Math.abs(p - target[v]!) / 2, 0);
    expect(distance).toBeGreaterThan(0.005);
  });
});
