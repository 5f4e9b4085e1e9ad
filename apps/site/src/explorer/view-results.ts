import { loadText, numberText } from '@beamline/figures';
import type { Origin } from '@beamline/simulator';
import { html, nothing, type TemplateResult } from 'lit';
import type { ExplorerApp } from './app.ts';
import type { Money, Reading } from './at-load.ts';
import { parts } from './at-start.ts';
import { isCut, PAGE_REQUESTS } from './plan.ts';
import { activeEntry, type Series, views } from './state.ts';
import { curveView } from './view-curve.ts';
import { costView, latencyView, shapeView } from './view-figures.ts';
import { sizeView } from './view-size.ts';
import { bindingText, reasonText } from './why.ts';

/** The numbers at your load, why they are so, the pictures, and where it all comes from. */
export function resultsView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const { state } = explorer;
  const choose = (view: (typeof views)[number]) => () => explorer.commit({ ...state, view });
  return html`<section class="bx-results" aria-label=${words.views[state.view]}>
    ${headlineView(app)}
    ${
      state.isEmbedded
        ? nothing
        : html`<div class="bx-views" role="group" aria-label=${words.views[state.view]}>${views.map(
            (view) => html`<button type="button" aria-pressed=${view === state.view}
              @click=${choose(view)}>${words.views[view]}</button>`,
          )}</div>`
    }
    <div class="bx-view">${app.drawn >= parts.picture ? viewOf(app) : nothing}</div>
    ${progressView(app)}
    ${provenanceView(app)}
  </section>`;
}

function viewOf(app: ExplorerApp): TemplateResult {
  switch (app.explorer.state.view) {
    case 'load':
      return curveView(app);
    case 'shape':
      return shapeView(app);
    case 'latency':
      return latencyView(app);
    case 'cost':
      return costView(app);
    case 'size':
      return sizeView(app);
  }
}

function headlineView(app: ExplorerApp): TemplateResult {
  const { explorer, words, language } = app;
  const { scenario } = activeEntry(explorer.state);
  const reading = explorer.reading(scenario);
  const failed = explorer.yours;
  const load = loadText(Number(explorer.load.toPrecision(3)), app.yourUnit, language);
  const problem = failed !== null && !failed.ok ? words.noNumbers(failed.message) : '';
  return html`<div class="bx-headline" aria-busy=${reading?.run == null && problem === ''}>
    <h2>${words.atYourLoad(load)}${
      reading === null
        ? nothing
        : html` <span class="bx-state is-${reading.state}">${stateMark(reading)} ${
            words.states[reading.state]
          }</span>`
    }</h2>
    ${problem === '' ? nothing : html`<p class="bx-wrong" role="alert">${problem}</p>`}
    ${explorer.state.entries.length > 1 ? comparisonView(app) : nothing}
    ${explorer.state.entries.length > 1 ? nothing : cardsView(app, reading)}
    ${whyView(app, reading)}
  </div>`;
}

const stateMark = ({ state }: Reading) =>
  ({ stable: '●', backlogged: '◐', overloaded: '▲' })[state];

function cardsView(app: ExplorerApp, reading: Reading | null): TemplateResult {
  const { words } = app;
  const { cards, units } = words;
  const overloaded = reading?.state === 'overloaded' ? words.overloadedWithout : '';
  const plain =
    reading?.plainItlMs == null
      ? ''
      : words.without(`${numberText(reading.plainItlMs)} ${units.ms}`);
  const band = app.bandAtLoad();
  const money = reading?.dollarsPerMillionTokens;
  const throughput = reading && numberText(reading.tokensPerSecondPerGpu);
  return html`<dl class="bx-cards">
    ${
      reading !== null && reading.speedup === null
        ? nothing
        : card(
            app,
            words.measures[app.explorer.measure],
            reading && `${numberText(reading.speedup!)}×`,
            '',
            {
              note:
                band === null
                  ? ''
                  : words.bandOf(`${numberText(band.low)}×`, `${numberText(band.high)}×`),
              tone: reading === null ? '' : reading.speedup! >= 1 ? 'is-gain' : 'is-loss',
            },
          )
    }
    ${timeCard(app, cards.itl, reading?.itlMs, plain)}
    ${timeCard(app, cards.ttft, reading?.ttftMsP95, overloaded)}
    ${card(app, cards.throughput, throughput, units.tokensPerSecondPerGpu)}
    ${card(app, cards.cost, money === undefined ? null : dollars(money.typical), '', {
      note: money === undefined ? '' : rangeOf(app, money),
    })}
    ${card(app, cards.energy, reading && numberText(reading.joulesPerToken), units.joules)}
  </dl>`;
}

function dollars(value: number): string {
  return `$${numberText(value)}`;
}

function rangeOf({ words }: ExplorerApp, { low, high }: Money): string {
  return words.bandOf(dollars(low), dollars(high));
}

function card(
  app: ExplorerApp,
  label: string,
  value: string | null,
  unit: string,
  { note = '', tone = '' }: { note?: string; tone?: string } = {},
): TemplateResult {
  return html`<div class="bx-card ${tone}"><dt>${label}</dt>
    <dd><span class="bx-value">${value ?? '–'}</span>${
      unit === '' ? nothing : html` <span class="bx-unit">${unit}</span>`
    }
      ${note === '' ? nothing : html`<span class="bx-note">${note}</span>`}
      ${originMark(app, 'modelled')}</dd></div>`;
}

/** Ten seconds and more are not told in milliseconds. */
function timeCard(
  app: ExplorerApp,
  label: string,
  ms: number | undefined,
  note: string,
): TemplateResult {
  const { units } = app.words;
  if (ms === undefined || ms < LONG_MS) {
    return card(app, label, ms === undefined ? null : numberText(ms), units.ms, { note });
  }
  return card(app, label, numberText(ms / 1000), units.s, { note });
}

const LONG_MS = 10_000;

function timeText({ words }: ExplorerApp, ms: number): string {
  return ms < LONG_MS ? numberText(ms) : `${numberText(ms / 1000)} ${words.units.s}`;
}

/** Shape and word: a disc is measured, a diamond modelled, a ring assumed. */
function originMark({ words }: ExplorerApp, kind: Origin['kind']): TemplateResult {
  const mark = { measured: '●', modelled: '◆', assumed: '○' }[kind];
  return html`<span class="bx-origin is-${kind}"><span aria-hidden="true">${mark}</span> ${
    words.origins[kind]
  }</span>`;
}

/** All scenarios at your load, a row each. */
function comparisonView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const { cards, units } = words;
  const heads = [
    `${words.measures[explorer.measure]}, ×`,
    `${cards.itl}, ${units.ms}`,
    `${cards.ttft}, ${units.ms}`,
    `${cards.throughput}, ${units.tokensPerSecondPerGpu}`,
    cards.cost,
    `${cards.energy}, ${units.joules}`,
  ];
  return html`<div class="bx-wide" role="region" tabindex="0" aria-label=${words.scenarios}>
    <table class="bx-compare"><thead><tr><th scope="col">${words.scenarios}</th>${heads.map(
      (head) => html`<th scope="col" class="n">${head}</th>`,
    )}</tr></thead>
    <tbody>${explorer.series.map((series) => rowView(app, series))}</tbody></table></div>`;
}

function rowView(app: ExplorerApp, { key, label, scenario }: Series): TemplateResult {
  const { explorer, words } = app;
  const reading = explorer.reading(scenario);
  const isActive = key === String(activeEntry(explorer.state).id);
  const texts = reading === null ? ['–', '–', '–', '–', '–', '–'] : textsOf(app, reading);
  const state =
    reading === null
      ? nothing
      : html`<span aria-hidden="true">${stateMark(reading)}</span><span class="bx-hidden">${
          words.states[reading.state]
        }</span> `;
  const cells = texts.map((text) => html`<td class="n">${text}</td>`);
  return html`<tr class=${isActive ? 'is-active' : ''}>
    <th scope="row">${state}${label}</th>${cells}</tr>`;
}

function textsOf(app: ExplorerApp, reading: Reading): string[] {
  const money = reading.dollarsPerMillionTokens;
  return [
    reading.speedup === null ? '–' : numberText(reading.speedup),
    timeText(app, reading.itlMs),
    timeText(app, reading.ttftMsP95),
    numberText(reading.tokensPerSecondPerGpu),
    `${dollars(money.typical)} (${rangeOf(app, money)})`,
    numberText(reading.joulesPerToken),
  ];
}

/** Which limit binds, and what drafting costs and gives there. */
function whyView(app: ExplorerApp, reading: Reading | null): TemplateResult {
  const { words, language, explorer } = app;
  const point = explorer.yours;
  if (reading?.run == null || !point?.ok) return html`<p class="bx-why">&nbsp;</p>`;
  const { verdict, warnings } = reading.run;
  const limit = bindingText(verdict.binding, language);
  return html`<p class="bx-why"><strong>${words.why}:</strong> ${limit}
    ${point.reason === null ? nothing : reasonText(point.reason, language)}</p>
    ${warnings.map((warning) => html`<p class="bx-warning">${app.told(warning, 'warning')}</p>`)}`;
}

function progressView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const { progress } = explorer;
  const { scenario } = activeEntry(explorer.state);
  const requests = Math.min(scenario.workload.requests ?? PAGE_REQUESTS, PAGE_REQUESTS);
  const text = !app.isReady
    ? app.obstacle === ''
      ? words.starting
      : ''
    : progress === null
      ? words.finished(numberText(Math.max(1, requests), 6))
      : words.progress(progress.stage, progress.done, progress.total);
  const cut = isCut(scenario) ? words.cut(numberText(PAGE_REQUESTS, 6)) : '';
  return html`<div class="bx-progress"><p role="status">${text}</p>
    ${
      progress === null
        ? nothing
        : html`<progress max=${progress.total} value=${progress.done}
      aria-label=${text}></progress>`
    }
    ${cut === '' ? nothing : html`<p class="bx-note">${cut}</p>`}</div>`;
}

/** Every origin of the runs shown, once. */
function provenanceView(app: ExplorerApp): TemplateResult {
  const { words, explorer, language } = app;
  const rows = new Map<string, { what: string; origin: Origin }>();
  for (const { scenario } of explorer.series) {
    const run = explorer.pointOf(scenario);
    if (run === null || !run.ok) continue;
    for (const [what, origin] of Object.entries(run.run.provenance)) {
      rows.set(`${what} ${origin.kind} ${origin.source}`, { what, origin });
    }
  }
  return html`<details class="bx-provenance"><summary>${words.provenance}</summary>
    <p>${words.provenanceHelp}</p>
    <div class="bx-wide" role="region" tabindex="0" aria-label=${words.provenance}><table>
      <thead><tr>${[words.what, words.origin, words.source].map(
        (name) => html`<th scope="col">${name}</th>`,
      )}</tr></thead>
      <tbody>${[...rows.values()].map(
        ({ what, origin }) => html`<tr><th scope="row">${whatWords[what]?.[language] ?? what}</th>
          <td>${originMark(app, origin.kind)}</td><td>${origin.source}</td></tr>`,
      )}</tbody></table></div></details>`;
}

const whatWords: Readonly<Record<string, Readonly<Record<'en' | 'ja', string>>>> = {
  time: { en: 'Time of a step', ja: 'ステップの時間' },
  matrixProducts: { en: 'Matrix products', ja: '行列積' },
  memoryBandwidth: { en: 'Memory bandwidth', ja: 'メモリ帯域' },
  energy: { en: 'Energy', ja: '電力量' },
  price: { en: 'Price', ja: '価格' },
  acceptance: { en: 'Acceptance', ja: '受理率' },
  overheads: { en: 'Time on the host', ja: 'ホストの時間' },
  kernels: { en: 'Kernels', ja: 'カーネル' },
};
