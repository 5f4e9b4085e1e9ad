import {
  escapeText,
  figureHtml,
  finding,
  type LoadSpeedup,
  loadSpeedupPicture,
  numberText,
  type Picture,
  type ViewOptions,
  viewOptions,
} from '@beamline/figures';
import { type Run, type Scenario, toYaml } from '@beamline/simulator';
import { summaryCells, summaryColumns } from './run-tables.ts';

/**
 * One self-contained page: figure, its data, the runs, where the numbers come from, the scenario
 * and the command. No script and nothing to load; light, dark and printed.
 */

export interface Report {
  runs: readonly Run[];
  figure: LoadSpeedup;
  /** The command line that makes this page. */
  command: string;
  /** Sentences under the figure: the crossover, the reason. */
  notes?: readonly string[];
}

export function reportSvg(figure: LoadSpeedup): string {
  return svgFile(pictureOf(figure));
}

/** A picture as a file of its own. */
export function svgFile({ svg }: Picture): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg}`;
}

function pictureOf(figure: LoadSpeedup, options: Partial<ViewOptions> = {}): Picture {
  return loadSpeedupPicture(figure, { load: null }, viewOptions('load-speedup', options));
}

/** Of every page that is written: light, dark and printed. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1a1b1e;--muted:#5b5f66;
--back:#fff;--rule:#d9dce1;--code:#f4f5f7}
@media (prefers-color-scheme:dark){:root{--ink:#e9eaee;--muted:#a6abb5;
--back:#17181c;--rule:#33363d;--code:#202228}}
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--back);
margin:0 auto;max-width:64rem;padding:2rem 1rem}
h1{font-size:1.5rem;line-height:1.3}
h2{font-size:1.15rem;margin-top:2.5rem}
.muted{color:var(--muted)}
figure{margin:1.5rem 0}
.wide,.bl-wide{overflow-x:auto}
figcaption{color:var(--muted);font-size:.86rem}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding-bottom:.4rem}
th,td{padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--rule);
text-align:left;vertical-align:top}
th{font-weight:600}
.n{text-align:right;white-space:nowrap}
pre{background:var(--code);padding:.8rem 1rem;overflow-x:auto;font-size:.84rem;border-radius:4px}
summary{cursor:pointer;padding:.4rem 0;min-height:24px}
@media print{
:root{--ink:#000;--muted:#444;--back:#fff;--rule:#bbb;--code:#f4f4f4}
body{max-width:none;padding:0}
pre{white-space:pre-wrap}
figure,tr{break-inside:avoid}
}
`;

export function reportPage({ runs, figure, command, notes = [] }: Report): string {
  const title = finding(figure);
  const csp = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  const paragraphs = notes.map((note) => `<p>${escapeText(note)}</p>`);
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${csp}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(title)}</title>`,
    `<style>${pageStyle}</style></head><body><main>`,
    `<h1>${escapeText(title)}</h1>`,
    `<p class="muted">${escapeText(summaryOf(runs))}</p>`,
    figureHtml(pictureOf(figure, { hasTitle: false }), { hasTitle: false }),
    ...paragraphs,
    `<h2>Runs</h2><div class="wide">${runsTable(runs, figure)}</div>`,
    `<h2>Where the numbers come from</h2><div class="wide">${origins(runs)}</div>`,
    `<h2>Scenario</h2>${scenarioOf(runs)}`,
    `<h2>Command</h2><pre>${escapeText(command)}</pre>`,
    '</main></body></html>',
    '',
  ].join('\n');
}

function summaryOf(runs: readonly Run[]): string {
  const [first] = runs;
  if (first === undefined) return 'No runs.';
  const { model, hardware } = first.scenario;
  const name = (value: string | Record<string, unknown>) =>
    typeof value === 'string' ? value : 'given inline';
  const gpus = hardware.tensorParallel * hardware.pipelineParallel * hardware.replicas;
  const on = `${name(model)} on ${gpus} × ${name(hardware.gpu)}`;
  return `${runs.length} simulated runs, first scenario: ${on}. Times and energy are modelled.`;
}

function cell(value: string | number | null): string {
  if (value === null) return '<td class="n">–</td>';
  if (typeof value === 'number') return `<td class="n">${numberText(value, 4)}</td>`;
  return `<td>${escapeText(value)}</td>`;
}

function runsTable(runs: readonly Run[], figure: LoadSpeedup): string {
  const names = ['drafting', `load (${figure.unit})`, 'seed', ...summaryColumns.map(headOf)];
  const head = names.map((name) => `<th scope="col">${escapeText(name)}</th>`).join('');
  const rows = runs.map((run) => {
    const { speculation, workload, seed } = run.scenario;
    const { method, beams, draftLength, schedule } = speculation;
    const shape = schedule === 'fixed' ? `${beams}×${draftLength}` : schedule;
    const drafting =
      method === 'none' ? 'none' : `${method} ${typeof shape === 'string' ? shape : 'by batch'}`;
    const load =
      workload.kind === 'closed-loop'
        ? workload.concurrency
        : workload.kind === 'trace'
          ? 1 / workload.timeScale
          : workload.ratePerSecond;
    const cells = [load, seed, ...summaryCells(run)].map(cell).join('');
    return `<tr><th scope="row">${escapeText(drafting)}</th>${cells}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function headOf({ name, unit }: { name: string; unit?: string }): string {
  return unit === undefined ? name : `${name} (${unit})`;
}

function origins(runs: readonly Run[]): string {
  const rows = new Map<string, string>();
  for (const run of runs) {
    for (const [what, { kind, source }] of Object.entries(run.provenance)) {
      const cells = [kind, source].map((text) => `<td>${escapeText(text)}</td>`).join('');
      rows.set(
        `${what} ${kind} ${source}`,
        `<tr><th scope="row">${escapeText(what)}</th>${cells}</tr>`,
      );
    }
  }
  const sorted = [...rows.keys()].sort().map((key) => rows.get(key)!);
  const head = ['what', 'origin', 'source'].map((name) => `<th scope="col">${name}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${sorted.join('\n')}</tbody></table>`;
}

function scenarioOf(runs: readonly Run[]): string {
  const scenarios: Scenario[] = runs.slice(0, 1).map((run) => run.scenario);
  const blocks = scenarios.map(
    (scenario) => `<pre>${escapeText(toYaml(scenario, { comments: true }))}</pre>`,
  );
  const open = '<p class="muted">Of the first run; the others differ in what the tables show.</p>';
  const fields = `<details open><summary>Every field</summary>${blocks.join('')}</details>`;
  return `${runs.length > 1 ? open : ''}${fields}`;
}
