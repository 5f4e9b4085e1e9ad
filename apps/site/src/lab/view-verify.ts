/** Which operators to verify, on what; how far it is, and what came out, operator by operator. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { LabApp } from './app.ts';
import type { Messages } from './messages.ts';
import type { LabDevice } from './protocol.ts';
import type { LabOperator, LabSession, Progress } from './session.ts';
import { doneOf, emptyTally, type OperatorTally, stateOf, totalsOf, untakenOf } from './tally.ts';
import { problemView } from './view-gpu.ts';

/** Failures shown under an operator; the records have all. */
const FAILURES_SHOWN = 12;

export function verifyView(app: LabApp): TemplateResult {
  const { words, session } = app;
  const { progress, problem, ended } = session;
  const isBusy = progress !== null;
  const count = session.runnable(session.device).length;
  return html`<section aria-labelledby="lab-verify">
    <h2 id="lab-verify">${words.verifyHead}</h2>
    <p class="lab-lead">${words.verifyLead}</p>
    <div class="lab-bar">
      ${deviceChoice(words, session, isBusy)}
      <button type="button" class="is-main" ?disabled=${isBusy || count === 0}
        @click=${() => session.verify()}>${words.verify(count)}</button>
      ${progress?.kind === 'verify' ? progressView(words, session, progress) : nothing}
    </div>
    <div role="status" class="lab-status">${
      ended === 'verify' ? endedText(words, session) : ''
    }</div>
    ${problem !== null && ended === 'verify' ? problemView(words, problem) : nothing}
    ${operatorTable(app)}
  </section>`;
}

function deviceChoice(words: Messages, session: LabSession, isBusy: boolean): TemplateResult {
  const choose = (device: LabDevice) => () => {
    session.device = device;
    session.tallies.clear();
    session.verified = [];
    session.hear({ kind: 'opened', title: '', isSoftware: false, takesTimes: false });
  };
  const radio = (device: LabDevice, isAbsent: boolean) => html`<label>
    <input type="radio" name="lab-device" .checked=${live(session.device === device)}
      ?disabled=${isBusy || isAbsent} @change=${choose(device)}>${words.devices[device]}</label>`;
  return html`<fieldset><legend>${words.device}</legend>
    ${radio('webgpu', session.facts === null)} ${radio('reference', false)}</fieldset>`;
}

export function progressView(
  words: Messages,
  session: LabSession,
  { operator, done, total, isStopping }: Progress,
): TemplateResult {
  const text = operator === '' ? words.starting : words.progress(operator, done, total);
  return html`<button type="button" ?disabled=${isStopping}
      @click=${() => session.stop()}>${words.stop}</button>
    <span class="lab-progress">
      <progress aria-label=${text} max=${Math.max(1, total)} value=${done}></progress>
      <span>${isStopping ? words.stopping : text}</span>
    </span>`;
}

function endedText(words: Messages, session: LabSession): TemplateResult {
  const { passed, failed, untaken, lost } = totalsOf(session.tallies.values());
  return html`${session.wasStopped ? html`<p>${words.stopped}</p>` : nothing}
    <p class=${failed > 0 ? 'is-wrong' : 'is-right'}>${words.verified(passed, failed, untaken)}</p>
    ${lost > 0 ? html`<p>${words.lost(lost)}</p>` : nothing}`;
}

function operatorTable(app: LabApp): TemplateResult {
  const { words, session } = app;
  const { chosen, operators } = session;
  const all = chosen.size === operators.length;
  const toggleAll = () => {
    for (const { name } of operators) {
      if (all) chosen.delete(name);
      else chosen.add(name);
    }
    app.requestUpdate();
  };
  const { columns } = words;
  const numbers = [columns.passed, columns.failed, columns.untaken];
  return html`<table class="lab-table lab-operators">
    <caption class="lab-hidden">${words.verifyHead}</caption>
    <thead><tr>
      <th scope="col"><span class="lab-choice"><input type="checkbox" aria-label=${words.all}
        .checked=${live(all)} .indeterminate=${!all && chosen.size > 0}
        ?disabled=${session.progress !== null} @change=${toggleAll}>${columns.operator}</span></th>
      ${numbers.map((name) => html`<th scope="col" class="is-number">${name}</th>`)}
      <th scope="col" class="is-state">${columns.state}</th>
    </tr></thead>
    <tbody>${operators.map((operator) => operatorRow(app, operator))}</tbody>
  </table>`;
}

function operatorRow(app: LabApp, { name, summary, hasKernel }: LabOperator): TemplateResult {
  const { words, session } = app;
  const { progress, verifiedOn, chosen } = session;
  const tally = session.tallies.get(name) ?? emptyTally(name);
  const device = tally.total > 0 ? verifiedOn : session.device;
  const isRunning = progress?.kind === 'verify' && progress.operator === name;
  const state = stateOf(tally, { device, hasKernel, isRunning });
  const toggle = () => {
    if (!chosen.delete(name)) chosen.add(name);
    app.requestUpdate();
  };
  const number = (value: number) => (tally.total === 0 ? '' : value.toLocaleString('en'));
  return html`<tr data-operator=${name} data-state=${state}>
      <th scope="row"><span class="lab-choice"><input type="checkbox" aria-label=${name}
        .checked=${live(chosen.has(name))} ?disabled=${progress !== null} @change=${toggle}>
        <span><a href="../reference/operators/${name}/"><code>${breakable(name)}</code></a>
          <span class="lab-note">${summary}</span></span></span></th>
      <td class="is-number">${number(tally.passed)}</td>
      <td class="is-number ${tally.failed.length > 0 ? 'is-wrong' : ''}">${number(
        tally.failed.length,
      )}</td>
      <td class="is-number">${number(untakenOf(tally))}</td>
      <td class="is-state">${stateText(words, tally, state)}</td>
    </tr>${moreView(words, tally)}`;
}

/** A long name may break behind an underscore. */
function breakable(name: string): TemplateResult {
  const parts = name.split('_');
  return html`${parts.map((part, i) => (i === 0 ? part : html`_<wbr>${part}`))}`;
}

function stateText(
  { states }: Messages,
  tally: OperatorTally,
  state: ReturnType<typeof stateOf>,
): TemplateResult | string {
  if (state === 'running') return states.running(doneOf(tally), tally.total);
  if (state === 'partial') return states.partial(doneOf(tally), tally.total);
  if (state === 'right' || state === 'wrong') {
    return html`<span class="is-${state}">${states[state]}</span>`;
  }
  return states[state];
}

const said = (message: string) => (message === '' ? '' : `: ${message}`);

/** Failures and reasons, under the operator's row. */
function moreView(words: Messages, tally: OperatorTally): TemplateResult | typeof nothing {
  const { failed, untaken } = tally;
  if (failed.length === 0 && untaken.size === 0) return nothing;
  const hidden = failed.length - FAILURES_SHOWN;
  return html`<tr class="lab-more"><td colspan="5">
    ${
      failed.length === 0
        ? nothing
        : html`<details><summary>${tally.operator}: ${words.wrongCases(failed.length)}</summary>
          <ul>${failed.slice(0, FAILURES_SHOWN).map(
            ({ case: id, variant, status, message }) => html`<li><code>${id}</code>, ${variant}:
              <strong>${words.statuses[status]}</strong>${said(message)}</li>`,
          )}${hidden > 0 ? html`<li>${words.more(hidden)}</li>` : nothing}</ul></details>`
    }
    ${
      untaken.size === 0
        ? nothing
        : html`<details>
          <summary>${tally.operator}: ${words.untakenCases(untakenOf(tally))}</summary>
          <ul>${[...untaken].map(
            ([reason, count]) => html`<li>${words.reason(reason, count)}</li>`,
          )}</ul></details>`
    }
  </td></tr>`;
}
