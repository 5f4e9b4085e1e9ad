import { loadOf, numberText } from '@beamline/figures';
import { orderedRun, type Run, reasonOf, type Scenario } from '@beamline/simulator';
import { bandFindings, bandTables } from '../band-tables.ts';
import type { Context } from '../context.ts';
import { readMeasured } from '../measured-kernels.ts';
import type { ExitCode, Result } from '../result.ts';
import { provenanceTable, runTable, sloTable, times } from '../run-tables.ts';
import type { Table } from '../table.ts';
import { commandLine, sameScenario } from '../words.ts';

/** `beamline simulate`: one scenario beside the same load without drafting. */
export async function simulateCommand(context: Context<'simulate'>): Promise<Result> {
  const { positionals, assignments } = context.parsed;
  const words = sameScenario(positionals, assignments);
  return simulateScenario(context, context.scenario(), words);
}

/** The run of one scenario as a result. `words` give it again on a command line. */
export async function simulateScenario(
  context: Context<'simulate'> | Context<'replay'>,
  scenario: Scenario,
  words: string,
): Promise<Result> {
  const { baseline, perfetto } = context.values;
  const bands = 'bands' in context.values ? context.values.bands : null;
  const measured = readMeasured(context, scenario);
  await context.prepare([scenario]);
  const options = {
    withBaseline: baseline,
    measured,
    timeline: perfetto === null ? null : context.path(perfetto),
    onProgress: (completed: number, total: number | null) => {
      const of = total === null ? '' : ` of ${numberText(total, 6)}`;
      context.progress(`simulated ${numberText(completed, 6)}${of} requests`);
    },
  };
  const run = await context.simulateWithBands(scenario, bands, options, (finished) =>
    context.progress(`${finished} of ${bands} draws`),
  );
  if (perfetto !== null) context.note(`Wrote the timeline to ${perfetto}.`);
  for (const warning of run.warnings) context.note(`Warning: ${warning}`);
  const slo = sloTable(run);
  const tables: Table[] = [
    runTable(run),
    ...(slo === null ? [] : [slo]),
    ...bandTables(run),
    provenanceTable(run),
  ];
  return {
    data: orderedRun(run),
    tables,
    closing: [
      ...findings(run),
      ...bandFindings(run),
      `Dig deeper: ${sweepOf(scenario, words, bands)}`,
    ],
    ...outcome(run),
  };
}

/** What won and by how much, and why. */
function findings(run: Run): string[] {
  const why = `Why: ${run.verdict.state}; ${run.verdict.binding}${detailOf(run)}.`;
  const { method } = run.scenario.speculation;
  const itl = `${numberText(run.metrics.itlMs.mean)} ms between tokens`;
  if (run.speedup === null || run.baseline === null) {
    const rate = `${numberText(run.metrics.outputTokensPerSecond)} output tokens/s`;
    return [`Result: ${rate}, ${itl} on average.`, why];
  }
  if (method === 'none') return ['Result: no drafting, and nothing to compare it with.', why];
  const { itlMean, outputTokensPerSecond } = run.speedup;
  const before = `${numberText(run.baseline.itlMs.mean)} ms without drafting`;
  const rates = `${times(outputTokensPerSecond)} the output tokens per second`;
  return [`Result: ${winner(method, itlMean)}: ${itl} against ${before}, ${rates}.`, why];
}

/** What verifying and drafting cost and give, where something was drafted. */
function detailOf(run: Run): string {
  const reason = reasonOf(run);
  return reason === null ? '' : `; ${reason.sentence}`;
}

/** Differences below one percent are none. */
function winner(method: string, speedup: number): string {
  if (!Number.isFinite(speedup)) return `${method} and no drafting cannot be compared`;
  if (Math.abs(speedup - 1) < 0.01) return `${method} and no drafting are equally fast`;
  return speedup > 1
    ? `${method} wins by ${times(speedup)}`
    : `no drafting wins by ${times(1 / speedup)}`;
}

/** The sweep over the load that draws this scenario's curve. */
function sweepOf(scenario: Scenario, given: string, bands: number | null): string {
  const words = bands === null ? given : `${given} --bands ${bands}`.trim();
  const { load } = loadOf(scenario);
  const { kind } = scenario.workload;
  if (kind === 'closed-loop') {
    return commandLine('sweep', words, '--over workload.concurrency=1:64:pow2');
  }
  if (kind === 'trace') return commandLine('sweep', words, '--over workload.timeScale=0.25:8:log6');
  const from = Number((load / 8).toPrecision(3));
  const to = Number((load * 8).toPrecision(3));
  return commandLine('sweep', words, `--over workload.ratePerSecond=${from}:${to}:log8`);
}

/** Overload explains a missed SLO, so it is told first. */
export function outcome(run: Run): { exitCode: ExitCode; reason?: string } {
  if (run.verdict.state === 'overloaded') {
    return { exitCode: 5, reason: `overloaded: ${run.verdict.binding}` };
  }
  if (run.slo !== null && !run.slo.met) {
    const missed = run.slo.clauses.filter((clause) => !clause.met);
    const list = missed.map((c) => `${c.text} (is ${numberText(c.value)} ms)`).join(', ');
    return { exitCode: 4, reason: `SLO not met: ${list}` };
  }
  return { exitCode: 0 };
}
