/** What the browser tells of the GPU, or what is missing and what to do about it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { GpuFacts } from './adapter.ts';
import type { LabApp } from './app.ts';
import type { Messages } from './messages.ts';
import { type AdapterChoice, adapterChoices } from './protocol.ts';
import type { Problem } from './session.ts';

export function problemView(words: Messages, { obstacle, message }: Problem): TemplateResult {
  return html`<div class="lab-problem" data-obstacle=${obstacle}>
    <p>${words.obstacles[obstacle]}</p>
    ${message === '' ? nothing : html`<p class="lab-note">${words.said(message)}</p>`}
  </div>`;
}

export function gpuView({ words, session }: LabApp): TemplateResult {
  const { gpu, facts, progress } = session;
  const choose = (event: Event) => {
    session.adapter = (event.target as HTMLSelectElement).value as AdapterChoice;
    void session.look();
  };
  return html`<section aria-labelledby="lab-gpu">
    <h2 id="lab-gpu">${words.gpuHead}</h2>
    <div class="lab-bar"><label>${words.which}
      <select ?disabled=${progress !== null} @change=${choose}>${adapterChoices.map(
        (choice) =>
          html`<option value=${choice} ?selected=${choice === session.adapter}>${
            words.choices[choice]
          }</option>`,
      )}</select></label></div>
    <div aria-live="polite">${
      gpu === null
        ? html`<p class="lab-note">${words.asking}</p>`
        : facts === null
          ? problemView(words, gpu as Problem)
          : factsView(words, facts)
    }</div>
    ${facts === null ? nothing : detailsView(words, facts)}
  </section>`;
}

function factsView(words: Messages, facts: GpuFacts): TemplateResult {
  const { title, vendor, architecture, subgroups, features, isSoftware } = facts;
  const made = [vendor, architecture].filter((word) => word !== '').join(', ');
  const lines = [
    [words.facts.name, title],
    ...(made === '' || made.replace(', ', ' ') === title ? [] : [[words.facts.vendor, made]]),
    [words.facts.kind, words.kinds[isSoftware ? 'software' : 'gpu']],
    [words.facts.subgroups, subgroups === null ? words.lackLanes : words.lanes(...subgroups)],
    [words.facts.half, words.half(features.includes('shader-f16'))],
    [words.facts.clock, words.clock(features.includes('timestamp-query'))],
  ];
  return html`<dl class="lab-facts">${lines.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

function detailsView(words: Messages, { limits, features }: GpuFacts): TemplateResult {
  return html`<details><summary>${words.limitsAndFeatures}</summary>
    <table class="lab-table lab-limits"><caption>${words.limits}</caption>
      <thead><tr><th scope="col">${words.limit}</th>
        <th scope="col" class="is-number">${words.value}</th></tr></thead>
      <tbody>${limits.map(
        ([name, value]) => html`<tr><th scope="row"><code>${name}</code></th>
          <td class="is-number">${value.toLocaleString('en')}</td></tr>`,
      )}</tbody></table>
    <p><strong>${words.features}</strong>: ${features.map(
      (name, i) => html`${i === 0 ? '' : ', '}<code>${name}</code>`,
    )}</p>
  </details>`;
}
