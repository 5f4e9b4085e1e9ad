/** Times beside the adapter's ceilings, and the picture of them. */
import { html, nothing, type TemplateResult } from 'lit';
import type { LabApp } from './app.ts';
import type { Messages } from './messages.ts';
import { type TimedRow, type TimedSize, timedSizes } from './protocol.ts';
import type { LabSession } from './session.ts';
import { ceilingsText } from './summary.ts';
import { digits, duration, quantity } from './tally.ts';
import { problemView } from './view-gpu.ts';
import { progressView } from './view-verify.ts';

export function timeView(app: LabApp): TemplateResult {
  const { words, session } = app;
  const { progress, problem, ended, facts, size, timed } = session;
  const hasClock = facts?.features.includes('timestamp-query') === true;
  const isBusy = progress !== null;
  const count = session.runnable('webgpu').length;
  const choose = (event: Event) => {
    session.size = (event.target as HTMLSelectElement).value as TimedSize;
  };
  const missing = facts !== null && !hasClock;
  return html`<section aria-labelledby="lab-time">
    <h2 id="lab-time">${words.timeHead}</h2>
    <p class="lab-lead">${words.timeLead}</p>
    ${missing ? problemView(words, { obstacle: 'no-clock', message: '' }) : nothing}
    <div class="lab-bar">
      <label>${words.size}
        <select ?disabled=${isBusy || !hasClock} @change=${choose}>${timedSizes.map(
          (one) =>
            html`<option value=${one} ?selected=${one === size}>${words.sizes[one]}</option>`,
        )}</select></label>
      <button type="button" class="is-main" ?disabled=${isBusy || !hasClock || count === 0}
        @click=${() => session.time()}>${words.time(count)}</button>
      ${progress?.kind === 'time' ? progressView(words, session, progress) : nothing}
    </div>
    <div role="status" class="lab-status">${ended === 'time' ? endedText(words, session) : ''}</div>
    ${problem !== null && ended === 'time' ? problemView(words, problem) : nothing}
    ${session.ceilings === null ? nothing : html`<p>${ceilingsText(words, session)}</p>`}
    ${timed.length === 0 ? nothing : timesTable(words, timed)} ${figureView(app)}
  </section>`;
}

function endedText(words: Messages, session: LabSession): TemplateResult {
  const count = session.timed.filter(({ record }) => record.timing !== null).length;
  return html`<p>${session.wasStopped ? words.stopped : words.timed(count)}</p>`;
}

function timesTable(words: Messages, rows: readonly TimedRow[]): TemplateResult {
  const { timeColumns: columns } = words;
  const isSoftware = rows.some(({ record }) => record.isFunctional);
  const isCached = rows.some(({ floor }) => floor !== null && floor.share > 1);
  const numbers = [columns.time, columns.moved, columns.computed, columns.share];
  return html`<div class="lab-wide lab-scrolls" data-name=${words.table}>
      <table class="lab-table">
        <caption class="lab-hidden">${words.table}</caption>
        <thead><tr><th scope="col">${columns.operator}</th>
          ${numbers.map((name) => html`<th scope="col" class="is-number">${name}</th>`)}
          <th scope="col">${columns.bound}</th></tr></thead>
        <tbody>${rows.map((row) => timedRow(words, row, rows))}</tbody>
      </table></div>
    ${isSoftware ? html`<p class="lab-note">${words.softwareTimes}</p>` : nothing}
    ${isCached ? html`<p class="lab-note">${words.cached}</p>` : nothing}`;
}

function timedRow(words: Messages, row: TimedRow, rows: readonly TimedRow[]): TemplateResult {
  const { record, floor } = row;
  const { timing, work } = record;
  const note = (text: string) => html`<br><span class="lab-note">${text}</span>`;
  const times = timesNaive(row, rows);
  const name = html`<th scope="row"><code>${record.operator}</code>${
    record.variant === 'auto' ? nothing : html` ${record.variant}`
  }${times === null ? nothing : note(words.fasterThanNaive(digits(times)))}</th>`;
  if (timing === null || floor === null) {
    const { status, message } = record;
    const reason = message === '' ? words.statuses[status] : message;
    return html`<tr>${name}<td colspan="5" class="lab-reason">${words.untimed(reason)}</td></tr>`;
  }
  const seconds = timing.medianNs / 1e9;
  const rate = (amount: number, unit: string) => {
    if (amount === 0) return '–';
    return html`${quantity(amount, unit)}${note(quantity(amount / seconds, `${unit}/s`))}`;
  };
  return html`<tr data-operator=${record.operator} title=${record.case}>
    ${name}
    <td class="is-number">${duration(timing.medianNs)}${note(
      `± ${digits(100 * timing.noise)} %`,
    )}</td>
    <td class="is-number">${rate(work.bytes, 'B')}</td>
    <td class="is-number">${rate(work.flop, 'FLOP')}</td>
    <td class="is-number">${digits(100 * floor.share)} %<span class="lab-share"
      aria-hidden="true"><span style="inline-size:${Math.min(100, 100 * floor.share)}%"></span
      ></span></td>
    <td>${words.bounds[floor.bound]}</td>
  </tr>`;
}

/** How often the naive version of the same call takes the time; null without one. */
export function timesNaive({ record }: TimedRow, rows: readonly TimedRow[]): number | null {
  if (record.variant.startsWith('naive') || record.timing === null) return null;
  const naive = rows.find(
    ({ record: other }) => other.case === record.case && other.variant.startsWith('naive'),
  );
  const ns = naive?.record.timing?.medianNs;
  return ns === undefined ? null : ns / record.timing.medianNs;
}

function figureView(app: LabApp): TemplateResult | typeof nothing {
  const { roofline } = app.session;
  if (roofline === null) return nothing;
  app.loadFigure();
  return html`<bl-kernel-roofline class="bl-host" embed .model=${roofline}></bl-kernel-roofline>`;
}
