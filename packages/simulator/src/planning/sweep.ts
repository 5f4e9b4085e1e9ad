import type { Run } from '../run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { errorCode, messageOf } from './error-code.ts';
import { type JournalPort, journalLine, openJournal } from './journal.ts';
import { inOrder } from './pool.ts';
import { scenarioKey } from './scenario-key.ts';

/**
 * Runs every point of a grid: in parallel by the caller's executor, resumable by the caller's
 * journal, with the results in the order of the points. Laws: the same bytes for any number of
 * jobs; the same bytes after a resumption as without an interruption.
 */

export interface SweepPoint {
  index: number;
  settings: Record<string, unknown>;
  scenario: Scenario;
}

/** What became of one point. Plain JSON data: it reads back from its own text unchanged. */
export type PointResult =
  | { run: Run }
  /** The scenario cannot be run: it does not fit in memory, or is not supported. */
  | { infeasible: string }
  /** The executor broke twice at this point. */
  | { failed: string };

export type SweepRecord = Omit<SweepPoint, 'scenario'> & PointResult;

export interface SweepProgress {
  finished: number;
  total: number;
  /** Of the finished, how many were read from the journal. */
  resumed: number;
}

export interface SweepOptions {
  /** Executes one point, in this process or in another; at most `jobs` run at once. */
  run: (point: SweepPoint, signal?: AbortSignal) => Promise<Run>;
  jobs: number;
  journal?: JournalPort;
  /** What results depend on beside the scenario: the program's version, digests of traces, … */
  identity?: string;
  onProgress?: (progress: SweepProgress) => void;
  /** After an abort no point starts; those that run are given up and run again on resumption. */
  signal?: AbortSignal;
}

export interface SweepResult {
  /** In the order of the points; null for those that an interruption left out. */
  records: (SweepRecord | null)[];
  interrupted: boolean;
  failed: number;
  infeasible: number;
}

/**
 * @throws BeamlineError `input` when a point's input is wrong (a trace that does not parse) or the
 * journal is another's; any error of the journal's own. What was finished stays in the journal.
 */
export async function sweep(
  points: readonly SweepPoint[],
  options: SweepOptions,
): Promise<SweepResult> {
  const { journal, signal, jobs } = options;
  const known = new Map<string, PointResult>();
  if (journal !== undefined) {
    for (const { key, result } of openJournal(journal, options.identity ?? '')) {
      known.set(key, result as PointResult);
    }
  }
  const keys = points.map((point) => scenarioKey(point.scenario));
  let finished = keys.filter((key) => known.has(key)).length;
  const resumed = finished;
  const report = () => options.onProgress?.({ finished, total: points.length, resumed });
  report();
  const work = async (point: SweepPoint, index: number): Promise<SweepRecord | null> => {
    const key = keys[index]!;
    let result = known.get(key);
    if (result === undefined) {
      const outcome = await untilAborted(runPoint(point, options), signal);
      if (outcome === null) return null;
      const line = journalLine({ key, result: outcome });
      // The result is read back from its line, as a resumed one is: both have the same bytes.
      result = (JSON.parse(line) as { result: PointResult }).result;
      if (!('failed' in result)) journal?.append(`${line}\n`);
      finished++;
      report();
    }
    return { index: point.index, settings: point.settings, ...result };
  };
  const records = await inOrder(points, jobs, work, () => signal?.aborted === true);
  const count = (kind: string) => records.filter((record) => record && kind in record).length;
  return {
    records,
    interrupted: records.includes(null),
    failed: count('failed'),
    infeasible: count('infeasible'),
  };
}

/** A broken executor gets a second chance; the scenario's own errors are results or the user's. */
async function runPoint(point: SweepPoint, options: SweepOptions): Promise<PointResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { run: await options.run(point, options.signal) };
    } catch (error) {
      const message = messageOf(error);
      const code = errorCode(error);
      if (code === 'infeasible') return { infeasible: message };
      if (code === 'input') throw error;
      if (attempt === 2 || options.signal?.aborted === true) return { failed: message };
    }
  }
}

/** The promise's value, or null as soon as the signal aborts. */
async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T | null> {
  if (signal === undefined) return promise;
  if (signal.aborted) return null;
  let onAbort = () => {};
  const aborted = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => {}); // Its rejection after an abort is nobody's any more.
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
