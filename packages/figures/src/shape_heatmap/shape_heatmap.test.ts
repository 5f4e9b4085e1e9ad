import { parseScenario, setValue, simulate } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../../test/laws/support/schedulers.ts';
import { expectLawful } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { type ShapeHeatmap, type ShapeOutcome, shapeHeatmap } from './model.ts';
import { cellKey, shapeHeatmapPicture } from './view.ts';

const ports = { createScheduler: createScheduler(), openTrace: () => [] };
const beams = [1, 4];
const draftLengths = [2, 4, 6];
const runs = new Map<string, ShapeOutcome>();

function outcome(width: number, length: number): ShapeOutcome {
  const key = `${width}x${length}`;
  const known = runs.get(key);
  if (known !== undefined) return known;
  const base = { workload: { requests: 60, ratePerSecond: 10 } };
  const wide = setValue(base, 'speculation.beams', width);
  const scenario = parseScenario(setValue(wide, 'speculation.draftLength', length), 'test');
  runs.set(key, { run: simulate(scenario, ports) });
  return runs.get(key)!;
}

const input = { beams, draftLengths, current: { beams: 4, draftLength: 4 }, measure: 'itlMean' };
const model = shapeHeatmap(input as Parameters<typeof shapeHeatmap>[0], outcome);

describe('the grid of shapes', () => {
  it("shows the simulator's own speedups, the greatest as the best", () => {
    for (const cell of model.cells) {
      const found = outcome(cell.beams, cell.draftLength) as { run: { speedup: unknown } };
      expect(found.run.speedup).toMatchObject({ itlMean: cell.speedup });
    }
    const best = Math.max(...model.cells.map(({ speedup }) => speedup!));
    expect(model.cells[model.best!]!.speedup).toBe(best);
    expect(model).toMatchObject({ load: 10, unit: 'requests/s', requests: 60 });
  });

  it('has a cell for every shape, also for one without a run', () => {
    const some = shapeHeatmap(input as Parameters<typeof shapeHeatmap>[0], (width, length) =>
      width === 1 ? (length === 2 ? null : { reason: 'does not fit' }) : outcome(width, length),
    );
    expect(some.cells).toHaveLength(beams.length * draftLengths.length);
    expect(some.cells[0]).toMatchObject({ speedup: null, reason: '' });
    expect(some.cells[1]).toMatchObject({ speedup: null, reason: 'does not fit' });
    const none = shapeHeatmap(input as Parameters<typeof shapeHeatmap>[0], () => null);
    expect(none).toMatchObject({ best: null, requests: 0 });
  });
});

describe('its picture', () => {
  const draw = (figure: ShapeHeatmap) => shapeHeatmapPicture(figure, viewOptions('shape'));

  it('keeps the laws of every picture, at any width and in both languages', () => {
    expectLawful((options) => shapeHeatmapPicture(model, options));
    const none = shapeHeatmap(input as Parameters<typeof shapeHeatmap>[0], () => null);
    expectLawful((options) => shapeHeatmapPicture(none, options));
  });

  it('holds every cell in its table and as a mark', () => {
    const { table, svg, title } = draw(model);
    expect(table.rows).toHaveLength(model.cells.length);
    for (const cell of model.cells) expect(svg).toContain(`data-key="${cellKey(cell)}"`);
    const best = model.cells[model.best!]!;
    expect(title).toContain(`${best.beams}×${best.draftLength}`);
  });

  it('says a slower shape by a hatch and its number, not by colour alone', () => {
    const slower = {
      ...model,
      cells: model.cells.map((cell) => ({ ...cell, speedup: cell.speedup! / 4 })),
    };
    const { svg, title } = draw(slower);
    expect(svg.match(/fill="url\(#shape-hatch-rejected\)"/g)).toHaveLength(model.cells.length);
    expect(title).toContain('no shape pays');
  });

  it('draws cells that fill the plot and do not overlap', () => {
    const { svg } = draw(model);
    const boxes = [
      ...svg.matchAll(
        /<rect fill="transparent" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      ),
    ].map((match) => match.slice(1).map(Number) as [number, number, number, number]);
    expect(boxes).toHaveLength(model.cells.length);
    for (const [i, [x, y, w, h]] of boxes.entries()) {
      expect(x >= 0 && x + w <= 760).toBe(true);
      for (const [X, Y, W, H] of boxes.slice(i + 1)) {
        expect(x + w <= X || X + W <= x || y + h <= Y || Y + H <= y).toBe(true);
      }
    }
  });
});
