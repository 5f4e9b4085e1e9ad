/** Draws replay, and failing choices shrink to the smallest that fail. */
import { describe, expect, it } from 'vitest';
import { Draw, Stream, shrinkChoices } from './draw.ts';

const three = (draw: Draw) => [draw.integer(3, 9), draw.pick(['a', 'b', 'c']), draw.integer(0, 99)];

describe('draws', () => {
  it('replay from their choices', () => {
    for (let seed = 0; seed < 50; seed++) {
      const draw = Draw.seeded(seed);
      const drawn = three(draw);
      expect(three(Draw.replay(draw.choices))).toEqual(drawn);
    }
  });

  it('are the simplest behind the end of the list, and never outside their range', () => {
    expect(three(Draw.replay([]))).toEqual([3, 'a', 0]);
    expect(three(Draw.replay([1000, 1000, 1000]))).toEqual([9, 'c', 99]);
  });

  it('cover their range', () => {
    const seen = new Set(Array.from({ length: 200 }, (_, seed) => Draw.seeded(seed).integer(0, 5)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('give other streams for other seeds', () => {
    const firsts = Array.from({ length: 100 }, (_, seed) => new Stream(seed).uint32());
    expect(new Set(firsts).size).toBe(100);
  });

  it('have a bell of the stated width', () => {
    const values = new Stream(1).values('fp32', 20000, 2);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.abs(Math.sqrt(variance) - 2)).toBeLessThan(0.06);
  });
});

describe('shrinking', () => {
  it('finds the smallest failing choices', async () => {
    // Fails when the second choice is at least 7, whatever the others are.
    const fails = (choices: readonly number[]) => (choices[1] ?? 0) >= 7;
    expect(await shrinkChoices([90, 55, 12, 3, 8], fails)).toEqual([0, 7]);
  });

  it('keeps what must stay together', async () => {
    const fails = ([a = 0, b = 0]: readonly number[]) => a + b >= 10 && a >= 3;
    const [a = 0, b = 0] = await shrinkChoices([40, 40, 1, 2], fails);
    expect(fails([a, b])).toBe(true);
    expect(a + b).toBe(10);
  });

  it('ends', async () => {
    let calls = 0;
    await shrinkChoices(new Array(100).fill(1e6), () => {
      calls++;
      return calls % 3 === 0;
    });
    expect(calls).toBeLessThanOrEqual(500);
  });
});
