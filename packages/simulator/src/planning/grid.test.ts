import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BeamlineError } from '../base/errors.ts';
import { valueAt } from '../scenario/schema.ts';
import { describeSettings, expandGrid, MAX_GRID_POINTS, parseAxis } from './grid.ts';

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(BeamlineError);
    expect((error as BeamlineError).code).toBe('input');
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('the grid (law: a cartesian product in order, the last axis fastest)', () => {
  const beams = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 });
  const lengths = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 });
  const rates = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 4 });

  it('holds every combination once, where nested loops would put it', () => {
    fc.assert(
      fc.property(beams, lengths, rates, (b, l, r) => {
        const points = expandGrid({}, [
          `speculation.beams=${b.join(',')}`,
          `speculation.draftLength=${l.join(',')}`,
          `workload.ratePerSecond=${r.join(',')}`,
        ]);
        let index = 0;
        for (const beams of b) {
          for (const draftLength of l) {
            for (const rate of r) {
              const { scenario, index: own, settings } = points[index]!;
              expect(own).toBe(index);
              expect(settings).toEqual({
                'speculation.beams': beams,
                'speculation.draftLength': draftLength,
                'workload.ratePerSecond': rate,
              });
              for (const [path, value] of Object.entries(settings)) {
                expect(valueAt(scenario, path)).toBe(value);
              }
              index++;
            }
          }
        }
        expect(points).toHaveLength(index);
      }),
      { numRuns: 30 },
    );
  });

  it('is one point without axes, and keeps what the base says', () => {
    const points = expandGrid({ seed: 7 }, []);
    expect(points).toHaveLength(1);
    expect(points[0]!.settings).toEqual({});
    expect(points[0]!.scenario.seed).toBe(7);
  });

  it('types values by the schema', () => {
    expect(parseAxis('serving.blockReuse=true,false').values).toEqual([true, false]);
    expect(parseAxis('workload.trace=a.csv,null').values).toEqual(['a.csv', null]);
    expect(parseAxis('hardware.gpu=h100-sxm,l4').values).toEqual(['h100-sxm', 'l4']);
    expect(parseAxis('speculation.schedule=fixed,adaptive').values).toEqual(['fixed', 'adaptive']);
    expect(parseAxis('speculation.schedule=fixed|4:8x5,16:4x4,0').values).toEqual([
      'fixed',
      [
        { maxBatch: 4, beams: 8, draftLength: 5 },
        { maxBatch: 16, beams: 4, draftLength: 4 },
        { beams: 0 },
      ],
    ]);
    expect(parseAxis('speculation.acceptance={"perDepth":[0.8,0.7]},chat').values).toEqual([
      { perDepth: [0.8, 0.7] },
      'chat',
    ]);
    expect(parseAxis('workload.inputTokens=constant:5,lognormal:10:20').values).toEqual([
      { kind: 'constant', value: 5 },
      { kind: 'lognormal', mean: 10, p99: 20 },
    ]);
    expect(parseAxis('seed=1,1,2').values).toEqual([1, 2]);
  });
});

describe('ranges', () => {
  it('of the documented example double seven times', () => {
    const { values } = parseAxis('workload.ratePerSecond=0.5:64:log8');
    expect(values).toEqual([0.5, 1, 2, 4, 8, 16, 32, 64]);
  });

  it('in powers of two, in equal steps, and among single values', () => {
    expect(parseAxis('speculation.beams=1:48:pow2').values).toEqual([1, 2, 4, 8, 16, 32]);
    expect(parseAxis('workload.ratePerSecond=1:2:lin5').values).toEqual([1, 1.25, 1.5, 1.75, 2]);
    expect(parseAxis('speculation.beams=1:3:lin3,8').values).toEqual([1, 2, 3, 8]);
    // Whole numbers are rounded, and one that comes twice stands once.
    expect(parseAxis('speculation.beams=1:4:log8').values).toEqual([1, 2, 3, 4]);
  });

  it('have exact ends, N numbers, and grow', () => {
    const end = fc.double({ min: 1e-3, max: 1e5, noNaN: true });
    const form = fc.constantFrom('lin', 'log');
    fc.assert(
      fc.property(end, end, form, fc.integer({ min: 2, max: 50 }), (a, b, kind, count) => {
        fc.pre(Math.max(a, b) > Math.min(a, b) * 1.001);
        const low = Number(Math.min(a, b).toPrecision(12));
        const high = Number(Math.max(a, b).toPrecision(12));
        const { values } = parseAxis(`workload.ratePerSecond=${low}:${high}:${kind}${count}`);
        const numbers = values as number[];
        expect(numbers).toHaveLength(count);
        expect(numbers[0]).toBe(low);
        expect(numbers.at(-1)).toBe(high);
        const step = (i: number) =>
          kind === 'lin' ? numbers[i + 1]! - numbers[i]! : numbers[i + 1]! / numbers[i]!;
        for (let i = 0; i + 1 < count; i++) {
          expect(numbers[i + 1]!).toBeGreaterThan(numbers[i]!);
          expect(step(i) / step(0)).toBeCloseTo(1, 5);
        }
      }),
    );
  });
});

describe('wrong axes (each: what was given, what is allowed)', () => {
  it.each([
    ['speculation.beams', 'must be path=values'],
    ['speculation.beems=1', 'Did you mean "beams"?'],
    ['speculation=1', 'is a section; set one of'],
    ['speculation.beams=', 'has no values; allowed: values separated by commas'],
    ['speculation.beams=1,,2', 'has an empty value'],
    ['speculation.beams=1,x', 'must be an integer from 0 to 64'],
    ['speculation.beams=1,65', 'must be an integer from 0 to 64'],
    ['workload.ratePerSecond=-1', 'must be a number above 0'],
    ['workload.ratePerSecond=NaN', 'must be a number above 0'],
    ['workload.ratePerSecond=1:2', 'is not a range; allowed: lo:hi:linN, lo:hi:logN or lo:hi:pow2'],
    ['workload.ratePerSecond=2:1:log4', 'needs two numbers, the lower one first'],
    ['workload.ratePerSecond=a:1:log4', 'needs two numbers'],
    ['workload.ratePerSecond=0:1:log4', 'needs a lower end above 0'],
    ['workload.ratePerSecond=0:8:pow2', 'needs a lower end above 0'],
    ['workload.ratePerSecond=1:2:log1', 'N from 2 to 10000'],
    ['workload.ratePerSecond=1:2:log999999', 'N from 2 to 10000'],
    ['workload.ratePerSecond=1:2:cube', 'allowed: lo:hi:linN'],
    ['hardware.router=round-robbin', 'Did you mean "round-robin"?'],
  ])('%s', (over, message) => {
    expect(messageOf(() => expandGrid({}, [over]))).toContain(message);
  });

  it('refuses an axis given twice and a grid too large, before it is built', () => {
    expect(messageOf(() => expandGrid({}, ['seed=1', 'seed=2']))).toContain('is given twice');
    const overs = ['seed=1:5000:lin5000', 'workload.ratePerSecond=1:9:lin2000'];
    const message = messageOf(() => expandGrid({}, overs));
    expect(message).toContain(`5000 x 2000 = 10000000 points; at most ${MAX_GRID_POINTS}`);
  });

  it('names the point whose scenario is not valid', () => {
    const message = messageOf(() =>
      expandGrid({}, ['workload.kind=poisson,closed-loop'], { where: 'plan.yaml' }),
    );
    expect(message).toContain('plan.yaml at workload.kind=closed-loop');
    expect(message).toContain('workload.concurrency');
    expect(describeSettings({ a: 'x', b: [1] })).toBe('a=x b=[1]');
  });
});
