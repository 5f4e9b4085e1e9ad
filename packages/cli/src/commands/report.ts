import { defaultMeasure, finding, loadSpeedup, type SpeedupMeasure } from '@beamline/figures';
import { inputError, type Run } from '@beamline/simulator';
import type { Context } from '../context.ts';
import { writeAtomically } from '../files.ts';
import { parquetOf } from '../parquet.ts';
import { reportPage, reportSvg } from '../report-page.ts';
import type { Result } from '../result.ts';
import { readResults } from '../result-files.ts';
import { runColumns, runRows } from '../run-rows.ts';
import { renderCsv } from '../table.ts';
import { commandLine, scenarioWords, shellWord } from '../words.ts';
import { bindingOf } from './sweep.ts';

/** `beamline report RUN…`: finished runs as a page, a picture or a data file. */
export async function reportCommand(context: Context<'report'>): Promise<Result> {
  const { positionals } = context.parsed;
  const { html, svg, csv, parquet, perfetto, measure } = context.values;
  if (positionals.length === 0) {
    throw inputError('report: needs a run or a sweep, written with --format json.');
  }
  if ([html, svg, csv, parquet, perfetto].every((name) => name === null)) {
    const ways = '--html, --svg, --csv, --parquet or --perfetto';
    throw inputError(`report: say what to write: ${ways} with a file. See beamline help report.`);
  }
  const runs = positionals.flatMap((name) => readResults(context.path(name), name).runs);
  if (runs.length === 0) throw inputError('report: the files hold no finished run.');
  const figure = loadSpeedup(runs, (measure as SpeedupMeasure | null) ?? defaultMeasure(runs));
  const words = positionals.map(shellWord).join(' ');
  const written: [string, string][] = [];
  const write = (name: string | null, what: string, content: () => string | Uint8Array) => {
    if (name === null) return;
    writeAtomically(context.path(name), name, content());
    written.push([name, what]);
  };
  const command = commandLine('report', words, html === null ? '' : `--html ${shellWord(html)}`);
  write(html, 'page', () => reportPage({ runs, figure, command }));
  write(svg, 'picture', () => reportSvg(figure));
  write(csv, 'table', () =>
    renderCsv({ title: '', columns: runColumns(runs), rows: runRows(runs) }),
  );
  write(parquet, 'table', () => parquetOf(runs));
  if (perfetto !== null) {
    await writeTimeline(context, runs[0]!, perfetto);
    written.push([perfetto, 'timeline']);
  }
  return {
    data: {
      version: 1,
      runs: runs.length,
      written: written.map(([file, what]) => ({ file, what })),
    },
    tables: [{ title: '', columns: [{ name: 'file' }, { name: 'holds' }], rows: written }],
    closing: [
      `Result: ${finding(figure)}.`,
      `Why: ${bindingOf(runs)}`,
      `Dig deeper: ${commandLine('simulate', scenarioWords(runs[0]!.scenario))}`,
    ],
    exitCode: 0,
  };
}

/** A run holds no steps: they are simulated again, with the same result. */
async function writeTimeline(context: Context<'report'>, run: Run, name: string): Promise<void> {
  await context.prepare([run.scenario]);
  const timeline = context.path(name);
  await context.simulate(run.scenario, { withBaseline: false, timeline });
}
