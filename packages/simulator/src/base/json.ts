import type { Distribution, Metrics, Run } from '../run.ts';

/**
 * A run as JSON, the same bytes everywhere (law: same seed, same bytes).
 *
 * Keys stand in a fixed order: those of a run, its metrics and distributions as `run.ts` declares
 * them, provenance by key, everything else, such as the scenario, as the object was built.
 * A number of the result is rounded to 12 significant digits, so that the noise of a sum never
 * shows; whole numbers below 2^53 stay exact, −0 is 0. A value that does not exist, because nothing
 * was observed or there was nothing to divide by, is NaN in memory and null here. The scenario's
 * numbers are left as given: running it again must give the same run.
 *
 * Example: 0.1 + 0.2 is written 0.3, and 1/3 is written 0.333333333333.
 */

export const SIGNIFICANT_DIGITS = 12;

/** The number as the JSON shows it. */
export function canonicalNumber(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

/** A copy with canonical numbers; keys keep their order, those that are undefined go. */
export function canonical(value: unknown): unknown {
  if (typeof value === 'number') return canonicalNumber(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) copy[key] = canonical(item);
  }
  return copy;
}

/** JSON text of any result; `indent` 0 gives one line. No newline at the end. */
export function canonicalJson(value: unknown, indent = 2): string {
  return JSON.stringify(canonical(value), null, indent);
}

/** JSON text of a run, in the order that `run.ts` declares. */
export function runJson(run: Run, indent = 2): string {
  return JSON.stringify(orderedRun(run), null, indent);
}

/** The run with its keys in order and canonical numbers. */
export function orderedRun(run: Run): Record<string, unknown> {
  return {
    version: run.version,
    scenario: run.scenario,
    metrics: orderedMetrics(run.metrics),
    baseline: run.baseline === null ? null : orderedMetrics(run.baseline),
    speedup: run.speedup === null ? null : pick(run.speedup, SPEEDUP_KEYS),
    verdict: { state: run.verdict.state, binding: run.verdict.binding },
    slo: run.slo === null ? null : orderedSlo(run.slo),
    warnings: run.warnings,
    provenance: orderedProvenance(run.provenance),
    ...(run.bands === undefined ? {} : { bands: canonical(run.bands) }),
    ...(run.replay === undefined ? {} : { replay: canonical(run.replay) }),
  };
}

const DISTRIBUTION_KEYS = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const;
const SPEEDUP_KEYS = [
  'outputTokensPerSecond',
  'e2eP50',
  'itlMean',
  'joulesPerOutputToken',
] as const;
const REQUEST_KEYS = ['arrived', 'completed', 'rejected', 'unfinished'] as const;
const TOKEN_KEYS = ['input', 'output', 'drafted', 'accepted', 'steps'] as const;

/** Every key of the metrics, in order; the compiler refuses one that is missing. */
const METRIC_ORDER: Record<keyof Metrics, 'number' | 'distribution' | readonly string[]> = {
  requests: REQUEST_KEYS,
  tokens: TOKEN_KEYS,
  tokensPerStep: 'number',
  outputTokensPerSecond: 'number',
  outputTokensPerSecondPerGpu: 'number',
  requestsPerSecond: 'number',
  goodputRequestsPerSecond: 'number',
  ttftMs: 'distribution',
  itlMs: 'distribution',
  tpotMs: 'distribution',
  e2eMs: 'distribution',
  queueMs: 'distribution',
  stepMs: 'distribution',
  batchSize: 'distribution',
  kvBlocksUsed: 'distribution',
  gpuUtilization: 'number',
  memoryBandwidthUtilization: 'number',
  averagePowerW: 'number',
  joulesPerOutputToken: 'number',
  dollarsPerMillionOutputTokens: 'number',
  simulatedSeconds: 'number',
};

function orderedMetrics(metrics: Metrics): Record<string, unknown> {
  const ordered: Record<string, unknown> = {};
  for (const [key, form] of Object.entries(METRIC_ORDER)) {
    const value = metrics[key as keyof Metrics];
    if (form === 'number') ordered[key] = canonical(value);
    else if (form === 'distribution') {
      ordered[key] = pick(value as Distribution, DISTRIBUTION_KEYS);
    } else ordered[key] = pick(value as Record<string, number>, form);
  }
  return ordered;
}

function orderedSlo(slo: NonNullable<Run['slo']>): Record<string, unknown> {
  return {
    expression: slo.expression,
    met: slo.met,
    clauses: slo.clauses.map(({ text, value, met }) => ({
      text,
      value: canonicalNumber(value),
      met,
    })),
  };
}

function orderedProvenance(provenance: Run['provenance']): Record<string, unknown> {
  const ordered: Record<string, unknown> = {};
  // Compared by code unit, not by locale.
  for (const key of Object.keys(provenance).sort()) {
    const { kind, source } = provenance[key]!;
    ordered[key] = { kind, source };
  }
  return ordered;
}

function pick<K extends string>(
  from: Record<K, number>,
  keys: readonly K[],
): Record<string, number | null> {
  const ordered: Record<string, number | null> = {};
  for (const key of keys) ordered[key] = canonicalNumber(from[key]);
  return ordered;
}
