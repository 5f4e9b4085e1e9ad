import { numberText } from '@beamline/figures';
import { inputError, type Run, type Scenario, toSets } from '@beamline/simulator';
import type { Context } from '../context.ts';
import type { Result } from '../result.ts';
import { readResults } from '../result-files.ts';
import { metricRows } from '../run-tables.ts';
import { commandLine, shellWord } from '../words.ts';

/**
 * `beamline compare A.json B.json`: points of the same load and seed are paired. With several seeds
 * a verdict is given only where all pairs agree; otherwise it is unclear.
 */

export type ComparisonVerdict = 'faster' | 'slower' | 'same' | 'unclear';

const COMPARED = [
  'inter-token latency mean',
  'time to first token p95',
  'end to end p50',
  'output tokens per second',
  'energy per output token',
  'cost per million output tokens',
];

interface Pair {
  label: string;
  before: Run;
  after: Run;
}

export interface PairedMetric {
  metric: string;
  unit: string;
  pairs: number;
  before: number;
  after: number;
  /** after against before, in percent; above 0 is better, whichever way is good. */
  betterByPercent: number;
  leastPercent: number;
  greatestPercent: number;
  verdict: ComparisonVerdict;
}

export async function compareCommand(context: Context<'compare'>): Promise<Result> {
  const [nameA, nameB] = context.parsed.positionals;
  if (nameA === undefined || nameB === undefined) {
    throw inputError('compare: needs two result files, A.json and B.json.');
  }
  const a = readResults(context.path(nameA), nameA);
  const b = readResults(context.path(nameB), nameB);
  const pairs = paired(a.runs, b.runs);
  if (pairs.length === 0) {
    const counts = `${nameA} holds ${a.runs.length} runs, ${nameB} ${b.runs.length}`;
    throw inputError(`compare: no two runs have the same load and seed (${counts}).`);
  }
  const metrics = COMPARED.map((name) => comparedMetric(name, pairs, context.values.threshold));
  const unpaired = a.runs.length + b.runs.length - 2 * pairs.length;
  if (unpaired > 0) context.note(`${unpaired} runs have no partner and are left out.`);
  const main = metrics[0]!;
  const count = pairs.length === 1 ? 'one pair' : `${pairs.length} pairs`;
  const words = `${shellWord(nameA)} ${shellWord(nameB)}`;
  const size = numberText(Math.abs(main.betterByPercent));
  return {
    data: { version: 1, a: nameA, b: nameB, differences: differences(pairs[0]!), metrics },
    tables: [
      {
        title: '',
        columns: [
          { name: 'metric' },
          { name: 'unit' },
          { name: 'pairs' },
          { name: 'A' },
          { name: 'B' },
          { name: 'B better by', unit: '%', digits: 3 },
          { name: 'least', unit: '%', digits: 3 },
          { name: 'most', unit: '%', digits: 3 },
          { name: 'B is' },
          { name: 'origin' },
        ],
        rows: metrics.map((m) => [
          m.metric,
          m.unit,
          m.pairs,
          m.before,
          m.after,
          m.betterByPercent,
          m.leastPercent,
          m.greatestPercent,
          m.verdict,
          'modelled',
        ]),
      },
    ],
    closing: [
      `Result: B (${nameB}) is ${main.verdict}: ${main.metric} ${
        main.betterByPercent < 0 ? 'worse' : 'better'
      } by ${size} % over ${count}.`,
      `Why: ${differences(pairs[0]!).join(', ') || 'the scenarios are the same'}; ${
        pairs[0]!.after.verdict.binding
      }.`,
      `Dig deeper: ${commandLine('report', words, '--html report.html')}`,
    ],
    exitCode: 0,
  };
}

/** Fields that describe the load; points that agree in them are one pair. */
function loadKey({ seed, workload }: Scenario): string {
  return JSON.stringify([seed, workload]);
}

function paired(a: readonly Run[], b: readonly Run[]): Pair[] {
  if (a.length === 1 && b.length === 1) {
    return [{ label: '', before: a[0]!, after: b[0]! }];
  }
  const waiting = new Map<string, Run[]>();
  for (const run of b) {
    const key = loadKey(run.scenario);
    waiting.set(key, [...(waiting.get(key) ?? []), run]);
  }
  return a.flatMap((before) => {
    const label = loadKey(before.scenario);
    const after = waiting.get(label)?.shift();
    return after === undefined ? [] : [{ label, before, after }];
  });
}

function differences({ before, after }: Pair): string[] {
  const old = new Set(toSets(before.scenario));
  const now = toSets(after.scenario);
  const gone = [...old].filter((set) => !now.includes(set)).map((set) => `A has ${set}`);
  return [...gone, ...now.filter((set) => !old.has(set)).map((set) => `B has ${set}`)];
}

function comparedMetric(name: string, pairs: readonly Pair[], threshold: number): PairedMetric {
  const row = metricRows.find((one) => one.name === name)!;
  const values = pairs
    .map(({ before, after }) => ({
      before: row.value(before.metrics),
      after: row.value(after.metrics),
    }))
    .filter(({ before, after }) => Number.isFinite(before) && Number.isFinite(after) && before > 0);
  const percents = values.map(({ before, after }) => {
    const ratio = row.better === 'more' ? after / before : before / after;
    return (ratio - 1) * 100;
  });
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  return {
    metric: name,
    unit: row.unit,
    pairs: values.length,
    before: mean(values.map((pair) => pair.before)),
    after: mean(values.map((pair) => pair.after)),
    betterByPercent: mean(percents),
    leastPercent: Math.min(...percents),
    greatestPercent: Math.max(...percents),
    verdict: verdictOf(percents, threshold),
  };
}

/** `verdictOf([3, 4], 1)` is faster; `verdictOf([3, -4], 1)` is unclear: the pairs disagree. */
export function verdictOf(percents: readonly number[], threshold: number): ComparisonVerdict {
  if (percents.length === 0 || percents.some(Number.isNaN)) return 'unclear';
  if (percents.every((p) => Math.abs(p) <= threshold)) return 'same';
  if (percents.every((p) => p > threshold)) return 'faster';
  if (percents.every((p) => p < -threshold)) return 'slower';
  // Some pairs lie within the threshold: the mean must be clear of the pairs' own spread.
  const mean = percents.reduce((sum, p) => sum + p, 0) / percents.length;
  const variance = percents.reduce((sum, p) => sum + (p - mean) ** 2, 0) / (percents.length - 1);
  const error = Math.sqrt(variance / percents.length);
  if (percents.length < 3 || Math.abs(mean) <= Math.max(threshold, 3 * error)) return 'unclear';
  return mean > 0 ? 'faster' : 'slower';
}
