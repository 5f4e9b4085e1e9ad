import { closeSync } from 'node:fs';
import {
  numberText,
  quantilePlot,
  quantilePlotFinding,
  quantilePlotPicture,
  quantityNames,
  viewOptions,
} from '@beamline/figures';
import {
  inputError,
  orderedRun,
  type QuantityComparison,
  type RecordedRun,
  type ReplayComparison,
  type Run,
  readRecorded,
  type Scenario,
} from '@beamline/simulator';
import type { Context } from '../context.ts';
import { openToRead, readChunk, writeAtomically } from '../files.ts';
import { readMeasured } from '../measured-kernels.ts';
import { svgFile } from '../report-page.ts';
import type { Result } from '../result.ts';
import { provenanceTable } from '../run-tables.ts';
import type { Table } from '../table.ts';
import { commandLine, sameScenario, shellWord } from '../words.ts';
import { simulateScenario } from './simulate.ts';

/**
 * `beamline replay TRACE`: simulate with a trace; with `--against`, beside a recorded run of the
 * same requests.
 */
export async function replayCommand(context: Context<'replay'>): Promise<Result> {
  const { positionals, assignments } = context.parsed;
  const { against, svg } = context.values;
  const trace = positionals[0] ?? against;
  if (trace === null) {
    throw inputError('replay: needs a trace, or - for stdin. See beamline help replay.');
  }
  if (svg !== null && against === null) {
    throw inputError('--svg: draws a comparison; give --against FILE, the recorded run.');
  }
  const all = [
    { path: 'workload.kind', text: 'trace', by: 'replay' },
    { path: 'workload.trace', text: JSON.stringify(trace), by: 'replay' },
    ...assignments,
  ];
  const { given, complete } = context.scenarioFrom(undefined, all);
  const scenario = complete(given);
  const words = sameScenario([], all);
  if (against === null) return simulateScenario(context, scenario, words);
  return compareWith(context, scenario, words, against);
}

/** A recorded run from its file, read in pieces. */
export function recordedFrom(context: Context, name: string): RecordedRun {
  const fd = openToRead(context.path(name), name);
  const chunks = function* (): Iterable<Uint8Array> {
    const buffer = new Uint8Array(1 << 18);
    for (let n = readChunk(fd, buffer, name); n > 0; n = readChunk(fd, buffer, name)) {
      yield buffer.subarray(0, n);
    }
  };
  try {
    return readRecorded(name, chunks());
  } finally {
    closeSync(fd);
  }
}

async function compareWith(
  context: Context<'replay'>,
  scenario: Scenario,
  words: string,
  against: string,
): Promise<Result> {
  const { perfetto, svg } = context.values;
  const recorded = recordedFrom(context, against);
  const measured = readMeasured(context, scenario);
  await context.prepare([scenario]);
  const run = await context.simulate(scenario, {
    withBaseline: false,
    measured,
    timeline: perfetto === null ? null : context.path(perfetto),
    recorded: { run: recorded, from: 0, to: recorded.e2eMs.length },
    onProgress: (completed) => context.progress(`simulated ${numberText(completed, 6)} requests`),
  });
  if (perfetto !== null) context.note(`Wrote the timeline to ${perfetto}.`);
  const figure = quantilePlot(run.replay!);
  if (svg !== null) {
    const picture = quantilePlotPicture(figure, viewOptions('quantile-plot'));
    writeAtomically(context.path(svg), svg, svgFile(picture));
    context.note(`Wrote the quantile plot to ${svg}.`);
  }
  for (const warning of run.warnings) context.note(`Warning: ${warning}`);
  const next = commandLine('calibrate', shellWord(against), words, '--out-hardware hardware.json');
  return {
    data: orderedRun(run),
    tables: [comparisonTable(run.replay!), quantileTable(run.replay!), provenanceTable(run)],
    closing: [
      `Result: ${quantilePlotFinding(figure)}.`,
      `Why: ${whyOf(run)}`,
      `Dig deeper: ${next}`,
    ],
    exitCode: 0,
  };
}

const number = (value: number) => (Number.isFinite(value) ? value : null);
const percent = (value: number) => number(100 * value);

/** One line a quantity: means, their error, median quantile error, KS distance. */
export function comparisonTable({ quantities }: ReplayComparison): Table {
  return {
    title: '',
    columns: [
      { name: 'quantity' },
      { name: 'recorded mean', unit: 'ms' },
      { name: 'simulated mean', unit: 'ms' },
      { name: 'error of the mean', unit: '%', digits: 3 },
      { name: 'median quantile error', unit: '%', digits: 3 },
      { name: 'KS distance', digits: 3 },
      { name: 'values' },
    ],
    rows: quantities.map((one) => [
      quantityNames[one.quantity],
      number(one.meanRecorded),
      number(one.meanSimulated),
      percent(one.meanError),
      percent(one.medianQuantileError),
      number(one.ksDistance),
      one.recordedCount,
    ]),
  };
}

function quantileTable({ quantities }: ReplayComparison): Table {
  const rows = quantities.flatMap(({ quantity, quantiles }) =>
    quantiles.map(({ p, recorded, simulated }) => [
      quantityNames[quantity],
      `p${Math.round(100 * p)}`,
      number(recorded),
      number(simulated),
      percent((simulated - recorded) / recorded),
    ]),
  );
  return {
    title: 'Quantiles: recorded is measured, simulated is modelled',
    columns: [
      { name: 'quantity' },
      { name: 'quantile' },
      { name: 'recorded', unit: 'ms' },
      { name: 'simulated', unit: 'ms' },
      { name: 'error', unit: '%', digits: 3 },
    ],
    rows,
  };
}

/** Where the distributions lie apart most, and what bound the simulated engine. */
function whyOf({ replay, verdict }: Run): string {
  const worst = [...replay!.quantities]
    .filter(({ ksDistance }) => Number.isFinite(ksDistance))
    .reduce<QuantityComparison | null>(
      (a, b) => (a === null || b.ksDistance > a.ksDistance ? b : a),
      null,
    );
  const apart =
    worst === null
      ? 'nothing can be compared'
      : `${quantityNames[worst.quantity]} lies apart most, by ${numberText(worst.ksDistance)} of ` +
        'the requests at one value';
  return `${apart}; simulated: ${verdict.state}, ${verdict.binding}.`;
}
