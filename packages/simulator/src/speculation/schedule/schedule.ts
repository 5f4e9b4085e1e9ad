import { pow } from '../../base/exact-math.ts';
import type { StepCost } from '../../cost/index.ts';
import type { DraftSchedule, ScheduleRow } from '../../scenario/scenario.ts';
import type { Acceptance } from '../acceptance.ts';
import type { ShapeAcceptance } from '../shape-acceptance.ts';
import { BestRate } from './best-rate.ts';
import { type Candidate, candidateShapes, draftEverything, noDraft, pruned } from './candidate.ts';
import { Load } from './load.ts';

/**
 * Chooses, at the end of every step, what each request drafts for its next one.
 *
 * - `fixed`: always the scenario's beams × draftLength.
 * - a list of rows: the first row whose `maxBatch` holds the requests that draft; none past the
 *   last row.
 * - `adaptive`: of all shapes up to the scenario's, and none, the one with the highest rate of
 *   output tokens at the batch and the prompt traffic of the moment (`best-rate.ts`).
 * - `confidence`: the same, and besides of every shape only the tree nodes whose survival is worth
 *   their verification. One threshold for all requests is the same as one budget B for the nodes of
 *   all trees: the B most probable nodes of the batch are those that pass it.
 */
export interface Schedule {
  readonly candidates: readonly Candidate[];
  readonly load: Load;
  /** Index into `candidates` for the requests that draft at the end of the step that now begins. */
  choose(): number;
}

export function scheduleOf(
  setting: DraftSchedule,
  bounds: { beams: number; draftLength: number },
  acceptance: Acceptance,
  cost: StepCost,
): Schedule {
  if (bounds.beams === 0) return fixed(noDraft());
  if (Array.isArray(setting)) return byBatch(setting, bounds.draftLength, acceptance);
  if (setting === 'fixed') {
    return fixed(draftEverything(acceptance.shape(bounds.beams, bounds.draftLength)));
  }
  const shapes = candidateShapes(bounds, acceptance);
  const candidates = [noDraft(), ...shapes.map(draftEverything)];
  if (setting === 'confidence')
    candidates.push(...shapes.flatMap((s) => thresholded(s, acceptance)));
  return new BestRate(candidates, cost);
}

function fixed(candidate: Candidate): Schedule {
  return { candidates: [candidate], load: new Load(), choose: () => 0 };
}

function byBatch(rows: ScheduleRow[], draftLength: number, acceptance: Acceptance): Schedule {
  const candidates = rows.map((row) =>
    row.beams === 0
      ? noDraft()
      : draftEverything(acceptance.shape(row.beams, row.draftLength ?? draftLength)),
  );
  candidates.push(noDraft());
  const load = new Load();
  const choose = () => {
    const index = rows.findIndex((row) => load.requests <= (row.maxBatch ?? Infinity));
    return index < 0 ? rows.length : index;
  };
  return { candidates, load, choose };
}

/**
 * Survival thresholds worth trying, from 2/3 down by a factor of 1.35: an optimum between two of
 * them costs less than a percent.
 */
const THRESHOLDS = Array.from({ length: 14 }, (_, i) => pow(1.35, -i) / 1.5);

function thresholded(shape: ShapeAcceptance, acceptance: Acceptance): Candidate[] {
  const result: Candidate[] = [];
  let lastDraftTokens = -1;
  for (const threshold of THRESHOLDS) {
    const candidate = pruned(shape, acceptance, threshold);
    const isSame = candidate.meanDraftTokens === lastDraftTokens;
    if (isSame || candidate.meanDraftTokens === 0) continue;
    lastDraftTokens = candidate.meanDraftTokens;
    result.push(candidate);
  }
  return result;
}
