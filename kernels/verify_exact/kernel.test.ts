import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { float, i32 } from '../lib/tensors.ts';
import { openSuite, suitePath } from '../suite.ts';
import { runCase } from '../test/device-run.ts';
import { testOperator } from '../test/operator-tests.ts';
import { verifyExactSuite } from './suite.ts';

// 1. The kernels of verify_exact against their record: see ../test/operator-tests.ts.
// 2. Their law: many requests of one tree whose uniforms lie evenly in the unit square emit two
//    tokens with the target's probabilities, as far as a grid can tell.

testOperator(verifyExactSuite);

const isBuilt = existsSync(suitePath('simt'));
const GRID = 40;
const LOGITS = [
  [0.5, 1.25, -0.75, 0],
  [2, 0, 0.5, -1],
  [-0.25, 0.5, 0.5, 1.5],
];

/** Root with children of tokens 1 and 2; the same for every point of the grid. */
function gridCase() {
  const requests = GRID * GRID;
  const points = Array.from({ length: requests }, (_, i) => [i % GRID, Math.floor(i / GRID)]);
  const repeat = (values: number[]) => points.flatMap(() => values);
  const inputs = {
    logits: float('fp32', [3 * requests, 4], repeat(LOGITS.flat())),
    tokens: i32([3 * requests], repeat([0, 1, 2])),
    parent: i32([3 * requests], repeat([-1, 0, 0])),
    offsets: i32(
      [requests + 1],
      Array.from({ length: requests + 1 }, (_, i) => 3 * i),
    ),
    uniforms: float(
      'fp32',
      [requests, 2],
      points.flatMap(([x, y]) => [(x! + 0.5) / GRID, (y! + 0.5) / GRID]).map(Math.fround),
    ),
  };
  return verifyExactSuite.resolve({ operator: 'verify_exact', attributes: {}, inputs });
}

function softmax(row: readonly number[]): number[] {
  const weights = row.map((x) => Math.exp(x));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Probability of each text: one token where it is no child, else two. */
function targetLaw(): Map<string, number> {
  const law = new Map<string, number>();
  softmax(LOGITS[0]!).forEach((p, first) => {
    const row = [null, 1, 2, null][first];
    if (row == null) {
      law.set(`${first}`, p);
      return;
    }
    for (const [second, q] of softmax(LOGITS[row]!).entries()) {
      law.set(`${first} ${second}`, p * q);
    }
  });
  return law;
}

describe.skipIf(!isBuilt)('law of verify_exact on simt', () => {
  it.each(['walk', 'rows'])('is the target’s [%s]', (variant) => {
    const call = gridCase();
    const outputs = runCase(openSuite(suitePath('simt')), verifyExactSuite, call, variant);
    // Point by point the draws of the reference, whose law suite.test.ts proves by enumeration.
    expect(compare(verifyExactSuite, call, outputs)).toEqual([]);
    const { path, accepted, bonus } = outputs;
    const counts = new Map<string, number>();
    for (let b = 0; b < GRID * GRID; b++) {
      const first = accepted!.data[b] === 1 ? `${path!.data[2 * b + 1]} ` : '';
      const text = `${first}${bonus!.data[b]}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const law = targetLaw();
    expect([...counts.keys()].every((text) => law.has(text))).toBe(true);
    let distance = 0;
    for (const [text, p] of law) {
      distance += Math.abs((counts.get(text) ?? 0) / (GRID * GRID) - p) / 2;
    }
    // A bound between two tokens lies up to half a cell off on either axis, so each of the 3 bounds
    // of the root, and of the two rows below it, moves at most 1 / (2·GRID) of probability.
    expect(distance).toBeLessThan(6 / (2 * GRID));
  });
});
