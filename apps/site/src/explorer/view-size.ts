import { numberText } from '@beamline/figures';
import type { SizeEntry, SizeResult } from '@beamline/simulator';
import { html, nothing, type TemplateResult } from 'lit';
import type { ExplorerApp } from './app.ts';
import { SIZE_REQUESTS } from './plan.ts';
import { activeEntry, objectives, replaceScenario, type SizeQuestion } from './state.ts';
import { bindingText } from './why.ts';

/** The question and the answer of sizing: the fewest GPUs that meet the service levels. */
export function sizeView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const { slo } = activeEntry(explorer.state).scenario;
  if (slo === null) {
    const example = 'ttft_p95 < 500ms and itl_p99 < 50ms';
    const take = () => explorer.edit([['slo', example]], example);
    return html`<p>${words.size.needsSlo}</p>
      <p><button type="button" class="bx-suggest" @click=${take}><code>${
        example
      }</code></button></p>`;
  }
  return html`<p class="bx-slo"><code>${slo}</code></p>${questionView(app)}${answerView(app)}`;
}

function questionView(app: ExplorerApp): TemplateResult {
  const { explorer } = app;
  const words = app.words.size;
  const { size } = explorer.state;
  const set = (change: Partial<SizeQuestion>) =>
    explorer.commit({ ...explorer.state, size: { ...size, ...change } });
  const toggle = (degree: number) => () => {
    const has = size.tensorParallel.includes(degree);
    const next = [1, 2, 4, 8].filter((d) =>
      d === degree ? !has : size.tensorParallel.includes(d),
    );
    if (next.length > 0) set({ tensorParallel: next });
  };
  const chosen = size.gpus?.join(',') ?? '';
  return html`<div class="bx-controls">
    <label>${words.objective}
      <select .value=${size.objective} @change=${(event: Event) =>
        set({ objective: (event.target as HTMLSelectElement).value as SizeQuestion['objective'] })}>
        ${objectives.map(
          (one) =>
            html`<option value=${one} ?selected=${one === size.objective}>${
              words.objectives[one]
            }</option>`,
        )}</select></label>
    <label>${words.gpus}
      <select .value=${chosen} @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        set({ gpus: value === '' ? null : value.split(',') });
      }}>
        <option value="" ?selected=${chosen === ''}>${words.ownGpu}</option>
        ${gpuChoices(app, chosen).map(
          ({ value, label }) =>
            html`<option value=${value} ?selected=${value === chosen}>${label}</option>`,
        )}</select></label>
    <div role="group" aria-label=${words.tensorParallel}><span aria-hidden="true">${
      words.tensorParallel
    }</span>${[1, 2, 4, 8].map(
      (degree) => html`<button type="button" aria-label="${words.tensorParallel} ${degree}"
        aria-pressed=${size.tensorParallel.includes(degree)} @click=${toggle(degree)}>${
          degree
        }</button>`,
    )}</div>
    <label>${words.maxGpus}
      <input type="number" min="1" max="4096" step="1" class="bx-short" autocomplete="off"
        .value=${String(size.maxGpus)} @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          // The browser says in its own words what is wrong.
          if (input.reportValidity()) set({ maxGpus: Number(input.value) });
        }}></label>
    ${
      app.isSizing
        ? html`<button type="button" class="bx-primary" @click=${() => app.stopSizing()}>${
            words.stop
          }</button>`
        : html`<button type="button" class="bx-primary" ?disabled=${app.obstacle !== ''}
            @click=${() => app.findSize()}>${words.find}</button>`
    }
  </div>`;
}

/** Each GPU alone, and all of them. */
function gpuChoices(app: ExplorerApp, chosen: string): { value: string; label: string }[] {
  const all = app.catalogue.gpus.map(({ id, name }) => ({ value: id, label: name }));
  const every = all.map(({ value }) => value).join(',');
  const choices = [...all, { value: every, label: all.map(({ label }) => label).join(', ') }];
  const isKnown = chosen === '' || choices.some(({ value }) => value === chosen);
  return isKnown ? choices : [...choices, { value: chosen, label: chosen }];
}

function answerView(app: ExplorerApp): TemplateResult {
  const { sizing } = app;
  const words = app.words.size;
  const { progress, problem, result } = sizing;
  const searching =
    progress === null ? '' : words.searching(progress.done, progress.total, progress.runs);
  return html`<div aria-live="polite">
    ${
      progress === null
        ? nothing
        : html`<p class="bx-progress">${searching}
            <progress max=${progress.total} value=${progress.done}></progress></p>`
    }
    ${problem === '' ? nothing : html`<p class="bx-wrong">${app.words.failed(problem)}</p>`}
    ${result === null ? nothing : resultView(app, result)}
  </div>`;
}

function fleetText(app: ExplorerApp, entry: SizeEntry, say: 'best' | 'closest'): string {
  const words = app.words.size;
  const { gpus, replicas } = entry.fleet!;
  const drafting = words.schedules[entry.schedule];
  return words[say](String(gpus), gpuName(app, entry), replicas, entry.tensorParallel, drafting);
}

function gpuName({ catalogue }: ExplorerApp, { gpu }: SizeEntry): string {
  if (typeof gpu !== 'string') return String(gpu['name'] ?? gpu['base'] ?? 'GPU');
  return catalogue.gpus.find(({ id }) => id === gpu)?.name ?? gpu;
}

function resultView(app: ExplorerApp, result: SizeResult): TemplateResult {
  const words = app.words.size;
  const { best, closest } = result;
  const entry = best ?? closest?.entry ?? null;
  const head =
    entry === null ? words.infeasible : fleetText(app, entry, best === null ? 'closest' : 'best');
  const binding = entry?.binding ?? result.ranking[0]?.binding ?? '';
  // The search says in English why not fewer; in Japanese what binds in the fleet itself.
  const fleet = app.language === 'ja' ? entry?.fleet?.verdict.binding : undefined;
  const english = binding.replace(/; none: /, '; no limit binds: ');
  const why = fleet === undefined ? app.told(english) : bindingText(fleet, 'ja').replace(/。$/, '');
  const use = () => {
    const { explorer } = app;
    const own = activeEntry(explorer.state).scenario.workload;
    explorer.commit(replaceScenario(explorer.state, { ...entry!.fleet!.scenario, workload: own }));
  };
  return html`<div class="bx-answer ${best === null ? 'is-bad' : 'is-good'}">
      <p class="bx-answer-head">${head}</p><p>${words.why(why)}</p>
      ${entry === null ? nothing : clausesView(app, entry)}
      ${entry === null ? nothing : html`<button type="button" @click=${use}>${words.use}</button>`}
    </div>
    ${rankingView(app, result)}
    <p class="bx-note">${words.requests(numberText(SIZE_REQUESTS, 6))}</p>`;
}

function clausesView(app: ExplorerApp, entry: SizeEntry): TemplateResult {
  const words = app.words.size;
  return html`<ul class="bx-clauses">${entry.fleet!.clauses.map(
    ({ text, value, met }) =>
      html`<li class=${met ? 'is-met' : 'is-missed'}>
        <span aria-hidden="true">${met ? '✓' : '✗'}</span> <code>${text}</code>
        ${numberText(value)} ms (${met ? words.status.meets : words.status.misses})</li>`,
  )}</ul>`;
}

function rankingView(app: ExplorerApp, result: SizeResult): TemplateResult {
  const words = app.words.size;
  return html`<details><summary>${words.ranking}</summary>
    <div class="bx-wide" role="region" tabindex="0" aria-label=${words.ranking}><table>
      <thead><tr>${words.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${result.ranking.map(
        (entry) => html`<tr><th scope="row">${gpuName(app, entry)}</th>
          <td class="n">${entry.tensorParallel}</td>
          <td>${words.schedules[entry.schedule]}</td><td>${words.status[entry.status]}</td>
          <td class="n">${entry.fleet?.replicas ?? '–'}</td>
          <td class="n">${entry.fleet?.gpus ?? '–'}</td>
          <td>${
            entry.fleet === null
              ? app.told(entry.binding)
              : bindingText(entry.fleet.verdict.binding, app.language)
          }</td></tr>`,
      )}</tbody></table></div></details>`;
}
