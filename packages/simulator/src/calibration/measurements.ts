import { didYouMean, inputError } from '../base/errors.ts';
import type { Metrics } from '../run.ts';
import type { Scenario } from '../scenario/scenario.ts';

/**
 * A user's own measurements of a deployment: one point a line, as CSV with a header or as JSONL.
 * A point states its load, `concurrency` (requests kept in flight) or `ratePerSecond`, the lengths
 * `inputTokens` and `outputTokens`, and what was measured there, one quantity or more:
 *
 * | column | what | unit |
 * |---|---|---|
 * | ttftMs | mean time to first token | ms |
 * | tpotMs | mean time per output token after the first | ms |
 * | itlMs | mean gap between tokens | ms |
 * | e2eMs | mean time of a whole request | ms |
 * | outputTokensPerSecond | of the deployment | tokens/s |
 * | requestsPerSecond | of the deployment | requests/s |
 *
 * May be added: `requests` (how many the measurement sent) and `label`. An empty field of a CSV
 * was not measured.
 *
 * Example: `concurrency,inputTokens,outputTokens,tpotMs` and `8,1024,128,9.4`.
 */
export interface Measurement {
  /** `measurements.csv:2`, for messages. */
  where: string;
  label: string;
  concurrency: number | null;
  ratePerSecond: number | null;
  inputTokens: number;
  outputTokens: number;
  requests: number | null;
  values: { quantity: MeasuredQuantity; value: number }[];
}

/** What can be measured, and where a run's metrics hold it. */
export const measuredQuantities = {
  ttftMs: (metrics: Metrics) => metrics.ttftMs.mean,
  tpotMs: (metrics: Metrics) => metrics.tpotMs.mean,
  itlMs: (metrics: Metrics) => metrics.itlMs.mean,
  e2eMs: (metrics: Metrics) => metrics.e2eMs.mean,
  outputTokensPerSecond: (metrics: Metrics) => metrics.outputTokensPerSecond,
  requestsPerSecond: (metrics: Metrics) => metrics.requestsPerSecond,
} as const satisfies Record<string, (metrics: Metrics) => number>;

export type MeasuredQuantity = keyof typeof measuredQuantities;

const QUANTITIES = Object.keys(measuredQuantities) as MeasuredQuantity[];
const COLUMNS: readonly string[] = [
  'concurrency',
  'ratePerSecond',
  'inputTokens',
  'outputTokens',
  'requests',
  'label',
  ...QUANTITIES,
];
const WHOLE: readonly string[] = ['concurrency', 'inputTokens', 'outputTokens', 'requests'];

/** Fewer points cannot be cross-validated; more are a study of their own. */
export const MIN_POINTS = 3;
export const MAX_POINTS = 200;

/**
 * The points of a file's text.
 * @throws BeamlineError `input` naming file and line, with the nearest column's name
 */
export function parseMeasurements(text: string, file: string): Measurement[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, i) => ({ line, where: `${file}:${i + 1}` }))
    .filter(({ line }) => line.trim() !== '');
  const [first] = lines;
  if (first === undefined) {
    throw inputError(`${file}: holds no measurement; its columns may be ${COLUMNS.join(', ')}.`);
  }
  const isJson = first.line.trimStart().startsWith('{');
  const points = isJson
    ? lines.map(({ line, where }) => measurementOf(jsonRow(line, where), where))
    : csvRows(lines).map(({ row, where }) => measurementOf(row, where));
  if (points.length < MIN_POINTS || points.length > MAX_POINTS) {
    throw inputError(
      `${file}: holds ${points.length} measurements; a fit with cross-validation takes ` +
        `${MIN_POINTS} to ${MAX_POINTS}.`,
    );
  }
  return points;
}

type Row = Record<string, unknown>;

function jsonRow(line: string, where: string): Row {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
  } catch {
    // Told below, like a line that is JSON but no object.
  }
  throw inputError(`${where}: is not a JSON object; expected one measurement a line.`);
}

function csvRows(lines: readonly { line: string; where: string }[]): { row: Row; where: string }[] {
  const [head, ...rest] = lines;
  const unquoted = (field: string) => field.trim().replace(/^"(.*)"$/, '$1');
  const names = head!.line.split(',').map(unquoted);
  for (const name of names) checkColumn(name, head!.where);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw inputError(`${head!.where}: the column ${twice} stands twice.`);
  return rest.map(({ line, where }) => {
    const fields = line.split(',').map(unquoted);
    if (fields.length !== names.length) {
      throw inputError(
        `${where}: has ${fields.length} fields, and the header ${names.length} columns.`,
      );
    }
    const row: Row = {};
    names.forEach((name, i) => {
      if (fields[i] !== '') row[name] = name === 'label' ? fields[i] : numberOr(fields[i]!);
    });
    return { row, where };
  });
}

function numberOr(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

function checkColumn(name: string, where: string): void {
  if (COLUMNS.includes(name)) return;
  const given = name === '' ? 'an empty name' : `"${name}"`;
  throw inputError(
    `${where}: ${given} is not a column of measurements.${didYouMean(name, COLUMNS)} ` +
      `Known: ${COLUMNS.join(', ')}.`,
  );
}

function measurementOf(row: Row, where: string): Measurement {
  for (const name of Object.keys(row)) checkColumn(name, where);
  const number = (name: string) => numberIn(row, name, where);
  const concurrency = number('concurrency');
  const ratePerSecond = number('ratePerSecond');
  if ((concurrency === null) === (ratePerSecond === null)) {
    const found = concurrency === null ? 'neither' : 'both';
    throw inputError(`${where}: has ${found} of concurrency and ratePerSecond; give one of them.`);
  }
  const inputTokens = number('inputTokens');
  const outputTokens = number('outputTokens');
  if (inputTokens === null || outputTokens === null) {
    const missing = inputTokens === null ? 'inputTokens' : 'outputTokens';
    throw inputError(`${where}: ${missing} is missing.`);
  }
  const values = QUANTITIES.flatMap((quantity) => {
    const value = number(quantity);
    return value === null ? [] : [{ quantity, value }];
  });
  if (values.length === 0) {
    throw inputError(`${where}: nothing was measured; give one of ${QUANTITIES.join(', ')}.`);
  }
  const load = concurrency === null ? `${ratePerSecond}/s` : `${concurrency} in flight`;
  const label =
    row['label'] === undefined
      ? `${load}, ${inputTokens} in, ${outputTokens} out`
      : String(row['label']);
  const requests = number('requests');
  return { where, label, concurrency, ratePerSecond, inputTokens, outputTokens, requests, values };
}

function numberIn(row: Row, name: string, where: string): number | null {
  const value = row[name];
  if (value === undefined || value === null) return null;
  const isWhole = WHOLE.includes(name);
  const fits = typeof value === 'number' && value > 0 && value <= 1e9;
  if (fits && (!isWhole || Number.isInteger(value))) return value;
  const what = isWhole ? 'a whole number from 1' : 'a number above 0';
  throw inputError(`${where}: ${name} is ${JSON.stringify(value)}; allowed: ${what}.`);
}

/**
 * Rounds of requests that are simulated for a closed loop where the measurement does not say how
 * many it sent. At the start all prompts come at once, at the end none do, so that fewer decode
 * steps wait on others' prompts than in between: with few rounds that shows in the means.
 */
const ROUNDS = 10;
const LEAST_REQUESTS = 32;
const OPEN_REQUESTS = 300;

/** The scenario of a deployment under a measurement's load. */
export function scenarioAt(base: Scenario, point: Measurement): Scenario {
  const { concurrency, ratePerSecond, inputTokens, outputTokens } = point;
  const requests =
    concurrency === null ? OPEN_REQUESTS : Math.max(LEAST_REQUESTS, ROUNDS * concurrency);
  const serving = { ...base.serving };
  if (concurrency !== null) {
    serving.maxBatchSize = Math.max(serving.maxBatchSize, concurrency);
  }
  return {
    ...base,
    serving,
    slo: null,
    workload: {
      ...base.workload,
      kind: concurrency === null ? 'poisson' : 'closed-loop',
      ratePerSecond: ratePerSecond ?? base.workload.ratePerSecond,
      concurrency,
      burstiness: 1,
      requests: point.requests ?? requests,
      durationSeconds: null,
      inputTokens: { kind: 'constant', value: inputTokens },
      outputTokens: { kind: 'constant', value: outputTokens },
      trace: null,
      timeScale: 1,
    },
  };
}
