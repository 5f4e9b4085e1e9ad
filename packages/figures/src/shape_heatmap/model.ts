/**
 * Beams × draft length as a grid: the speedup of each shape at one load, from runs alone. Laws: a
 * cell's number is its run's own speedup; the best cell has the greatest one; a shape that cannot
 * run, or has not been run yet, is a cell without a number, never a missing one.
 *
 * Example: 2 beams × 3 lengths give six cells; with 1.2 at 1×2 and 1.4 at 2×3 the best is 2×3.
 */
import type { Run, Speedup } from '@beamline/simulator';
import { type LoadUnit, loadOf } from '../load_speedup/model.ts';

export interface ShapeCell {
  beams: number;
  draftLength: number;
  /** Null where there is no run, or no finite speedup. */
  speedup: number | null;
  tokensPerStep: number | null;
  isOverloaded: boolean;
  /** Why there is no number; empty while it is computed. */
  reason: string;
}

export interface ShapeHeatmap {
  measure: keyof Speedup;
  beams: readonly number[];
  draftLengths: readonly number[];
  /** Row by row: all draft lengths of the first number of beams, … */
  cells: ShapeCell[];
  /** Place of the cell with the greatest speedup; null without any. */
  best: number | null;
  /** The shape that the scenario has, which need not be in the grid. */
  current: { beams: number; draftLength: number } | null;
  load: number;
  unit: LoadUnit;
  /** Requests behind each number, the least of all cells; 0 without any. */
  requests: number;
}

export interface ShapeHeatmapInput {
  beams: readonly number[];
  draftLengths: readonly number[];
  current: { beams: number; draftLength: number } | null;
  measure: keyof Speedup;
}

/** What became of one shape: its run, why there is none, or null while it is computed. */
export type ShapeOutcome = { run: Run } | { reason: string } | null;

export function shapeHeatmap(
  input: ShapeHeatmapInput,
  outcomeOf: (beams: number, draftLength: number) => ShapeOutcome,
): ShapeHeatmap {
  const { beams, draftLengths, current, measure } = input;
  const runs: Run[] = [];
  const cells = beams.flatMap((width) =>
    draftLengths.map((draftLength): ShapeCell => {
      const outcome = outcomeOf(width, draftLength);
      const shape = { beams: width, draftLength };
      const none = { ...shape, speedup: null, tokensPerStep: null, isOverloaded: false };
      if (outcome === null) return { ...none, reason: '' };
      if ('reason' in outcome) return { ...none, reason: outcome.reason };
      const { run } = outcome;
      runs.push(run);
      const speedup = run.speedup?.[measure] ?? Number.NaN;
      return {
        ...shape,
        speedup: Number.isFinite(speedup) ? speedup : null,
        tokensPerStep: run.metrics.tokensPerStep,
        isOverloaded: run.verdict.state === 'overloaded',
        reason: '',
      };
    }),
  );
  const first = runs[0] === undefined ? null : loadOf(runs[0].scenario);
  return {
    measure,
    beams,
    draftLengths,
    cells,
    best: bestOf(cells),
    current,
    load: first?.load ?? 0,
    unit: first?.unit ?? 'requests/s',
    requests: runs.length === 0 ? 0 : Math.min(...runs.map((run) => run.metrics.requests.arrived)),
  };
}

function bestOf(cells: readonly ShapeCell[]): number | null {
  let best: number | null = null;
  for (const [i, { speedup }] of cells.entries()) {
    if (speedup === null) continue;
    if (best === null || speedup > cells[best]!.speedup!) best = i;
  }
  return best;
}
