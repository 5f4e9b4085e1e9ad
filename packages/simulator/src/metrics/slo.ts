import { didYouMean, inputError } from '../base/errors.ts';
import type { Distribution, Metrics } from '../run.ts';

/**
 * A service level objective: clauses joined by `and`, each a statistic of a latency against a
 * bound.
 *
 *     ttft_p95 < 500ms and itl_p99 < 50ms
 *
 * Metrics ttft, itl, tpot, e2e, queue; statistics mean, p50, p90, p95, p99, max; units ns, us, ms,
 * s.
 *
 * For goodput each request is judged alone, against the same bounds (the notion of AIPerf's and
 * DistServe's goodput: completed requests that meet every bound): its own ttft, queue, e2e and
 * tpot; for `itl_mean` its own mean gap, which is its tpot, and for any other statistic of itl its
 * own largest gap. A request without such a value (tpot of a single token) meets the clause.
 */

export const SLO_METRICS = ['ttft', 'itl', 'tpot', 'e2e', 'queue'] as const;
export const SLO_STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const;
export const SLO_UNITS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 } as const;

export type SloMetric = (typeof SLO_METRICS)[number];
export type SloStatistic = (typeof SLO_STATISTICS)[number];

export interface SloClause {
  /** As written, with single spaces. */
  text: string;
  metric: SloMetric;
  statistic: SloStatistic;
  /** `<` when true, `<=` when false. */
  strict: boolean;
  boundNs: number;
}

export interface Slo {
  expression: string;
  clauses: SloClause[];
}

/** What one request lived through, in nanoseconds; NaN where it has no such value. */
export interface RequestLatency {
  ttftNs: number;
  queueNs: number;
  e2eNs: number;
  tpotNs: number;
  worstGapNs: number;
}

interface Token {
  text: string;
  /** From 1. */
  position: number;
}

/**
 * Throws an input error with the position, what was found, what is allowed and the nearest
 * spelling.
 */
export function parseSlo(expression: string): Slo {
  const tokens = tokensOf(expression);
  const clauses: SloClause[] = [];
  let at = 0;
  const take = (expected: string): Token => {
    const token = tokens[at++];
    return token ?? fail(expression.length + 1, 'the end', `${expected} expected`);
  };
  for (;;) {
    clauses.push(clauseOf(take));
    const joint = tokens[at++];
    if (joint === undefined) break;
    if (joint.text.toLowerCase() !== 'and') {
      fail(joint.position, `"${joint.text}"`, `"and" or the end expected`);
    }
  }
  return { expression, clauses };
}

function fail(position: number, found: string, expected: string, guess = ''): never {
  throw inputError(
    `slo: at position ${position}, found ${found}; ${expected}.${guess} ` +
      'An SLO looks like: ttft_p95 < 500ms and itl_p99 < 50ms',
  );
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:([A-Za-z_][A-Za-z_0-9]*)|(<=|>=|<|>|==?)|([+-]?[0-9.][0-9.eE]*)|(\S))/g;
  for (const match of expression.matchAll(pattern)) {
    const text = match[0].trimStart();
    if (text === '') continue;
    tokens.push({ text, position: match.index + match[0].length - text.length + 1 });
  }
  return tokens;
}

function clauseOf(take: (expected: string) => Token): SloClause {
  const name = take('a metric such as ttft_p95');
  const { metric, statistic } = nameOf(name);
  const operator = take('< or <=');
  if (operator.text !== '<' && operator.text !== '<=') {
    fail(operator.position, `"${operator.text}"`, '< or <= expected');
  }
  const number = take('a number with a unit');
  if (!/^[0-9]+(\.[0-9]+)?$/.test(number.text) || !(Number(number.text) > 0)) {
    fail(number.position, `"${number.text}"`, 'a number above 0 expected, as in 500ms');
  }
  const unit = take('a unit: ns, us, ms or s');
  const factor = SLO_UNITS[unit.text as keyof typeof SLO_UNITS];
  if (!Object.hasOwn(SLO_UNITS, unit.text)) {
    const guess = didYouMean(unit.text, Object.keys(SLO_UNITS));
    fail(unit.position, `the unit "${unit.text}"`, 'ns, us, ms or s expected', guess);
  }
  return {
    text: `${metric}_${statistic} ${operator.text} ${number.text}${unit.text}`,
    metric,
    statistic,
    strict: operator.text === '<',
    boundNs: Number(number.text) * factor,
  };
}

function nameOf(token: Token): { metric: SloMetric; statistic: SloStatistic } {
  const [metric, statistic] = token.text.split(/_(.*)/s) as [string, string | undefined];
  const found = `"${token.text}"`;
  if (!isOneOf(SLO_METRICS, metric)) {
    const expected = `a metric expected: ${SLO_METRICS.join(', ')}`;
    return fail(token.position, found, expected, didYouMean(metric, SLO_METRICS));
  }
  if (statistic === undefined || !isOneOf(SLO_STATISTICS, statistic)) {
    const expected = `${metric}_ followed by ${SLO_STATISTICS.join(', ')} expected`;
    return fail(token.position, found, expected, didYouMean(statistic ?? '', SLO_STATISTICS));
  }
  return { metric, statistic };
}

function isOneOf<T extends string>(allowed: readonly T[], name: string): name is T {
  return (allowed as readonly string[]).includes(name);
}

/**
 * The value of every clause over a run, in milliseconds, and whether all are met. A metric without
 * any value, as tpot where each request gives one token, meets its clause only when requests were
 * completed.
 */
export function evaluateSlo(
  slo: Slo,
  metrics: Metrics,
): { expression: string; met: boolean; clauses: { text: string; value: number; met: boolean }[] } {
  const of: Record<SloMetric, Distribution> = {
    ttft: metrics.ttftMs,
    itl: metrics.itlMs,
    tpot: metrics.tpotMs,
    e2e: metrics.e2eMs,
    queue: metrics.queueMs,
  };
  const clauses = slo.clauses.map((clause) => {
    const value = of[clause.metric][clause.statistic];
    const boundMs = clause.boundNs / 1e6;
    const met = Number.isNaN(value)
      ? metrics.requests.completed > 0
      : clause.strict
        ? value < boundMs
        : value <= boundMs;
    return { text: clause.text, value, met };
  });
  return { expression: slo.expression, met: clauses.every((clause) => clause.met), clauses };
}

/** Whether one request meets every clause; see the top of this file. */
export function requestMeetsSlo(slo: Slo, request: RequestLatency): boolean {
  for (const clause of slo.clauses) {
    const value = requestValue(clause, request);
    if (clause.strict ? value >= clause.boundNs : value > clause.boundNs) return false;
  }
  return true;
}

function requestValue(clause: SloClause, request: RequestLatency): number {
  switch (clause.metric) {
    case 'ttft':
      return request.ttftNs;
    case 'queue':
      return request.queueNs;
    case 'e2e':
      return request.e2eNs;
    case 'tpot':
      return request.tpotNs;
    case 'itl':
      return clause.statistic === 'mean' ? request.tpotNs : request.worstGapNs;
  }
}
