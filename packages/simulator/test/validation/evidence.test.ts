import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/calibration/errors.ts';
import {
  type EvidencePoint,
  pointErrors,
  rowOf,
  rowsByGroup,
  totalRow,
} from '../../src/validation/evidence.ts';

/** What is asked of held-out points is asked of nothing else, and a miss says by how much. */

const fields = {
  quantity: 'time, ms',
  gpu: 'h100-sxm',
  model: 'm',
  engine: 'e',
  source: 'a table',
  target: { median: 0.05, p90: 0.2 },
} as const;

function point(model: string, part: EvidencePoint['part'], predicted: number): EvidencePoint {
  const { quantity, gpu, engine } = fields;
  return { quantity, gpu, model, engine, part, cell: '', measured: 100, predicted, scenario: null };
}

describe('errors', () => {
  it('are summed up as the median, the 90th percentile and the bias', () => {
    const errors = pointErrors([90, 110, 100, 104, 150].map((p) => point('m', 'held out', p)));
    expect(errors.count).toBe(5);
    expect(errors.median).toBeCloseTo(0.1, 12);
    expect(errors.p90).toBeCloseTo(0.5, 12);
    expect(errors.bias).toBeCloseTo(0.04, 12);
  });

  it('of nothing are no number, and meet no target', () => {
    expect(rowOf({ ...fields, part: 'held out' }, summarise([])).isMet).toBe(false);
  });
});

describe('a row', () => {
  const errors = { count: 9, median: 0.08, p90: 0.21, bias: -0.02 };

  it('asks nothing of points that were fitted to', () => {
    const row = rowOf({ ...fields, part: 'fitted' }, errors);
    expect([row.target, row.isMet, row.note]).toEqual([null, null, '']);
  });

  it('says by how much a target is missed', () => {
    const row = rowOf({ ...fields, part: 'held out', note: 'why' }, errors);
    expect(row.isMet).toBe(false);
    expect(row.note).toBe('why; median missed by 3.0 points; p90 missed by 1.0 points');
    expect(rowOf({ ...fields, part: 'foreign' }, { ...errors, median: 0.05, p90: 0.2 }).isMet).toBe(
      true,
    );
  });

  it('keeps fitted points out of the total and apart in the groups', () => {
    const points = [
      point('a', 'fitted', 900),
      point('a', 'held out', 101),
      point('b', 'held out', 99),
    ];
    const [total] = totalRow(points, 'held out', fields);
    expect([total!.count, total!.model]).toEqual([2, 'all']);
    expect(total!.median).toBeCloseTo(0.01, 12);
    const groups = rowsByGroup(points, fields).map(({ model, part, count }) => [
      model,
      part,
      count,
    ]);
    expect(groups).toEqual([
      ['a', 'fitted', 1],
      ['a', 'held out', 1],
      ['b', 'held out', 1],
    ]);
  });
});
