/**
 * The fit finds a law that is known, and the numbers that were fitted elsewhere in the sources are
 * what their measurements give.
 */

import { publishedTables } from '@beamline/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pow } from '../../src/base/exact-math.ts';
import { minimise } from '../../src/base/minimise.ts';
import { fitProfile } from '../../src/speculation/fit.ts';
import { meanTokensPerStep } from '../../src/speculation/mean-acceptance.ts';
import { DEDUP_EXPONENT } from '../../src/speculation/tree-rows.ts';

const widths = [1, 2, 4, 16];
const lengths = [1, 2, 3, 4];

describe('a fit', () => {
  it('finds the law that its points were made from', () => {
    const share = fc.double({ min: 0.2, max: 0.95, noNaN: true });
    const gain = fc.double({ min: 0.02, max: 0.6, noNaN: true });
    const property = fc.property(fc.array(share, { minLength: 2, maxLength: 4 }), gain, (a, g) => {
      const law = { perDepth: a, beamGain: g };
      const points = widths.flatMap((beams) =>
        lengths.map((draftLength) => {
          const tokensPerStep = meanTokensPerStep(law, beams, draftLength);
          return { beams, draftLength, tokensPerStep };
        }),
      );
      const form = { kind: 'each', depths: a.length } as const;
      const fitted = fitProfile(points, form, 'free');
      expect(fitted.worstRelativeError).toBeLessThan(0.003);
    });
    fc.assert(property, { numRuns: 25, seed: 8 });
  });

  it('with one level meets one point', () => {
    const form = { kind: 'line', depths: 6, slope: -0.2 } as const;
    const points = [{ beams: 1, draftLength: 6, tokensPerStep: 3 }];
    expect(fitProfile(points, form, 0).worstRelativeError).toBeLessThan(1e-4);
  });

  it('minimises a valley that bends', () => {
    const [x, y] = minimise(([a, b]) => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2, [-1.2, 1]);
    expect(x).toBeCloseTo(1, 4);
    expect(y).toBeCloseTo(1, 4);
  });

  it('of the shared prefixes gives the exponent of the rows', () => {
    const cells = publishedTables.find((table) => table.id === 'small-model-rows')!.cells;
    const misfit = (exponent: number) => {
      let worst = 0;
      for (const { beams, draftLength, rows } of cells) {
        let predicted = 1;
        for (let j = 1; j <= draftLength!; j++) {
          predicted += pow(beams!, pow(j / draftLength!, exponent));
        }
        worst = Math.max(worst, Math.abs(predicted / rows! - 1));
      }
      return worst;
    };
    const [exponent] = minimise(([e]) => misfit(e!), [0.5]);
    expect(exponent!).toBeCloseTo(DEDUP_EXPONENT, 3);
  });
});
