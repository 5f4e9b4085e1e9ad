import {
  headlineNames,
  inputError,
  isPlainObject,
  parseScenario,
  type Run,
  show,
} from '@beamline/simulator';
import { readText } from './files.ts';
import { speedupNames } from './run-rows.ts';
import { metricRows } from './run-tables.ts';

/**
 * Finished runs and sweeps, read back from their JSON. A file comes from anywhere, so that its
 * scenario is parsed like any other and its numbers are checked; what JSON cannot hold, NaN, comes
 * back from null.
 */

/** A sweep of some hundred thousand points; read whole. */
export const MAX_RESULT_BYTES = 2 ** 29;

export interface ResultFile {
  name: string;
  runs: Run[];
}

/** @throws BeamlineError `input` naming the file and what in it is wrong */
export function readResults(path: string, name: string): ResultFile {
  const text = readText(path, name, MAX_RESULT_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const hint = text.trim() === '' ? 'is empty' : `is not JSON (${(error as Error).message})`;
    throw inputError(`${name}: ${hint}; give a run or a sweep written with --format json.`);
  }
  if (isPlainObject(value) && Array.isArray(value.points)) {
    const runs = value.points.flatMap((point: unknown, i) => {
      if (!isPlainObject(point)) throw wrong(name, `points[${i}]`, point);
      return 'run' in point ? [runFrom(point.run, `${name}: points[${i}].run`)] : [];
    });
    return { name, runs };
  }
  return { name, runs: [runFrom(value, name)] };
}

function wrong(name: string, at: string, value: unknown): Error {
  return inputError(
    `${name}: ${at} is not a run or a sweep of beamline (got ${show(value)}); ` +
      'give a file written with --format json.',
  );
}

function runFrom(value: unknown, where: string): Run {
  if (!isPlainObject(value) || !isPlainObject(value.metrics) || !isPlainObject(value.verdict)) {
    throw wrong(where, 'it', value);
  }
  const scenario = parseScenario(value.scenario, `${where}: scenario`);
  const run = restored(value) as unknown as Run;
  for (const metrics of [run.metrics, run.baseline]) {
    if (metrics !== null) checkMetrics(metrics, where);
  }
  const { state, binding } = run.verdict;
  const isVerdict = ['stable', 'backlogged', 'overloaded'].includes(state);
  if (!isVerdict || typeof binding !== 'string') throw wrong(where, 'verdict', run.verdict);
  const provenance = isPlainObject(value.provenance) ? run.provenance : {};
  if (run.bands !== undefined) checkBands(run.bands, where);
  return { ...run, scenario, provenance, speedup: run.speedup ?? null };
}

/** What figures and tables read of bands. */
function checkBands(bands: unknown, where: string): void {
  const isBand = (band: unknown) =>
    isPlainObject(band) && [band.p10, band.p50, band.p90].every((v) => typeof v === 'number');
  const isRatios = (of: unknown, isOne: (value: unknown) => boolean) =>
    of === null || (isPlainObject(of) && speedupNames.every((name) => isOne(of[name])));
  const isWhole =
    isPlainObject(bands) &&
    isPlainObject(bands.metrics) &&
    headlineNames.every((name) => isBand((bands.metrics as Record<string, unknown>)[name])) &&
    isRatios(bands.speedup, isBand) &&
    Array.isArray(bands.samples) &&
    bands.samples.length === bands.draws &&
    bands.samples.every(
      (one) => isPlainObject(one) && isRatios(one.speedup, (v) => typeof v === 'number'),
    );
  if (!isWhole) throw wrong(where, 'bands', bands);
}

/** A copy with NaN for null where numbers stand: in metrics, baseline, speedup and bands. */
function restored(value: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...value };
  for (const key of ['metrics', 'baseline', 'speedup'])
    copy[key] = numbersIn(value[key] ?? null, 0);
  if (isPlainObject(value.bands)) copy.bands = restoredBands(value.bands);
  return copy;
}

function restoredBands(bands: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...bands };
  for (const key of ['metrics', 'baseline', 'speedup']) {
    copy[key] = numbersIn(bands[key] ?? null, 0);
  }
  if (Array.isArray(bands.samples)) {
    copy.samples = bands.samples.map((one) =>
      isPlainObject(one) ? { ...one, speedup: numbersIn(one.speedup ?? null, 0) } : one,
    );
  }
  return copy;
}

function numbersIn(value: unknown, depth: number): unknown {
  if (value === null) return depth === 0 ? null : Number.NaN;
  if (!isPlainObject(value) || depth > 3) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, numbersIn(v, depth + 1)]));
}

function checkMetrics(metrics: Run['metrics'], where: string): void {
  for (const row of metricRows) {
    let value: unknown;
    try {
      value = row.value(metrics);
    } catch {
      value = undefined; // A part that holds it is missing.
    }
    if (typeof value !== 'number') throw wrong(where, `metric "${row.name}"`, value);
  }
}
