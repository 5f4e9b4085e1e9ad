/** Extents evaluate, solve for the one unknown name, and refuse what is no expression. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operators } from '../index.ts';
import { evaluateExtent, namesOf, solveExtent } from './shape.ts';

describe('extents', () => {
  it('evaluate with the usual precedence', () => {
    expect(evaluateExtent('2 * (a + 3) - b / 4', { a: 1, b: 8 })).toBe(6);
    expect(evaluateExtent('ceil(a / 32)', { a: 33 })).toBe(2);
    expect(evaluateExtent('ceil(a / 32)', { a: 32 })).toBe(1);
    expect(evaluateExtent('a + b', { a: 1 })).toBeNull();
  });

  it('name what they hold', () => {
    expect(namesOf('ceil(maxTreeTokens / 32) + a * a')).toEqual(['maxTreeTokens', 'a']);
  });

  it('solve for the one unknown name', () => {
    expect(solveExtent('draftLength + 1', 4, {})).toEqual({ name: 'draftLength', value: 3 });
    expect(solveExtent('ceil(t / 32)', 2, {})).toEqual({ name: 't', value: 64 });
    expect(solveExtent('a * b', 12, { a: 4 })).toEqual({ name: 'b', value: 3 });
    expect(solveExtent('10 - x', 4, {})).toEqual({ name: 'x', value: 6 });
    expect(solveExtent('2 * x', 5, {})).toBeNull();
    expect(solveExtent('a + b', 5, {})).toBeNull();
    expect(solveExtent('7', 7, {})).toBeNull();
  });

  it('refuse what is no expression', () => {
    for (const text of ['a +', 'a b', '(a', 'ceil a', '% a', '']) {
      expect(() => evaluateExtent(text, { a: 1, b: 2 })).toThrow(/cannot read/);
    }
  });

  it('give the name back that they were evaluated with', () => {
    const texts = new Set(
      operators.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].flatMap((t) => t.shape)),
    );
    for (const text of texts) {
      const [name] = namesOf(text);
      if (name === undefined) continue;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1000 }), (value) => {
          const extent = evaluateExtent(text, { [name]: value })!;
          const solved = solveExtent(text, extent, {})!;
          expect(solved.value).toBeGreaterThanOrEqual(value);
          expect(evaluateExtent(text, { [name]: solved.value })).toBe(extent);
        }),
      );
    }
  });
});
