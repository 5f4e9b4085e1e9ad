import { evaluateSlo, type Slo } from '../metrics/index.ts';
import type { Run } from '../run.ts';

/**
 * Whether a run meets a service level, and by how much. A fleet that refuses requests, leaves some
 * unfinished or whose queue grows without end does not meet it, whatever its percentiles say: they
 * are those of the requests that got through.
 */
export interface Judgement {
  meets: boolean;
  clauses: { text: string; value: number; boundMs: number; met: boolean }[];
  /** Worst value / bound over the clauses: at most 1 when all of them are met. */
  worstRatio: number;
  /** What else is wrong, in words; empty when only the clauses count. */
  unserved: string;
}

export function judge(slo: Slo, run: Run): Judgement {
  const clauses = evaluateSlo(slo, run.metrics).clauses.map((clause, i) => ({
    ...clause,
    boundMs: slo.clauses[i]!.boundNs / 1e6,
  }));
  const unserved = unservedOf(run);
  const ratios = clauses.map((clause) =>
    clause.met ? Math.min(1, ratioOf(clause)) : ratioOf(clause),
  );
  return {
    meets: unserved === '' && clauses.every((clause) => clause.met),
    clauses,
    worstRatio: Math.max(0, ...ratios),
    unserved,
  };
}

/**
 * Orders fleets that miss: those that serve every request first, then by the worst ratio. Below 0
 * when `a` is closer.
 */
export function compareMisses(a: Closeness, b: Closeness): number {
  return Number(b.served) - Number(a.served) || a.worstRatio - b.worstRatio;
}

export interface Closeness {
  served: boolean;
  worstRatio: number;
}

function ratioOf(clause: { value: number; boundMs: number }): number {
  return Number.isFinite(clause.value) ? clause.value / clause.boundMs : 0;
}

function unservedOf(run: Run): string {
  const { rejected, unfinished } = run.metrics.requests;
  if (rejected > 0) return `${rejected} requests were refused`;
  if (unfinished > 0) return `${unfinished} requests were left unfinished`;
  return run.verdict.state === 'overloaded' ? 'the queue grows without end' : '';
}

/** `ttft_p95 < 500ms missed with 612 ms` */
export function describeMiss(judgement: Judgement): string {
  const misses = judgement.clauses
    .filter((clause) => !clause.met)
    .map((clause) => `${clause.text} missed with ${tidyMs(clause.value)} ms`);
  if (judgement.unserved !== '') misses.unshift(judgement.unserved);
  return misses.join(', ');
}

function tidyMs(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'no value in';
}
