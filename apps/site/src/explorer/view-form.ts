import {
  fieldAt,
  parseText,
  type Scenario,
  type ScenarioPath,
  textAt,
  valueAt,
} from '@beamline/simulator';
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { ExplorerApp } from './app.ts';
import { parts } from './at-start.ts';
import { choiceLabel, type FormField, type FormGroup, formGroups } from './form-fields.ts';
import { groupQuestions, groupWords } from './form-words.ts';
import { activeEntry } from './state.ts';

/**
 * The form of the active scenario. Every control is a native one with its label, its unit and its
 * help; a wrong value is told beside it, in the parser's own words.
 */
export function formView(app: ExplorerApp): TemplateResult {
  const { language, words, explorer } = app;
  const { scenario } = activeEntry(explorer.state);
  const groups = formGroups(scenario, language);
  const isSeveral = explorer.state.entries.length > 1;
  return html`<form class="bx-form" @submit=${(event: Event) => event.preventDefault()}
    aria-label=${words.settings}>
    ${isSeveral ? applyView(app) : nothing}
    ${groups.map((group, i) => {
      const isShown = app.drawn >= parts.firstGroup + i;
      const isWhole = app.drawn >= parts.firstGroup + groups.length + i;
      return guard([app.formVersion, isShown, isWhole], () =>
        isShown ? groupView(app, scenario, group, isWhole) : nothing,
      );
    })}
  </form>`;
}

function groupView(
  app: ExplorerApp,
  scenario: Scenario,
  { group, essential, more }: FormGroup,
  isWhole: boolean,
): TemplateResult | typeof nothing {
  const { language, words } = app;
  if (essential.length + more.length === 0) return nothing;
  const head = html`<h2>${groupWords[group][language]}</h2>
    <p class="bx-question">${groupQuestions[group][language]}</p>`;
  return html`<fieldset><legend>${head}</legend>
    ${essential.map((field) => fieldView(app, scenario, field))}
    ${
      more.length === 0
        ? nothing
        : html`<details ?open=${hasDraft(app, more)}><summary>${words.moreOf(
            groupWords[group][language],
            more.length,
          )}</summary>${
            isWhole ? more.map((field) => fieldView(app, scenario, field)) : nothing
          }</details>`
    }
  </fieldset>`;
}

function hasDraft(app: ExplorerApp, fields: readonly FormField[]): boolean {
  return fields.some(({ path }) => app.explorer.draftOf(path) !== null);
}

function applyView(app: ExplorerApp): TemplateResult {
  const { words, explorer } = app;
  const choose = (all: boolean) => () => {
    explorer.editsAll = all;
    app.requestUpdate();
  };
  return html`<div class="bx-choice" role="group" aria-label=${words.applyTo}>
    <span aria-hidden="true">${words.applyTo}</span>
    <button type="button" aria-pressed=${!explorer.editsAll} @click=${choose(false)}>${
      words.thisOne
    }</button>
    <button type="button" aria-pressed=${explorer.editsAll} @click=${choose(true)}>${
      words.allOfThem
    }</button>
  </div>`;
}

function fieldView(app: ExplorerApp, scenario: Scenario, field: FormField): TemplateResult {
  const { path, label, unit, help } = field;
  const id = `bx-${path.replaceAll('.', '-')}`;
  const draft = app.explorer.draftOf(path);
  const message = app.told(draft?.message ?? app.problemOf(path), path);
  const isWrong = message !== '';
  return html`<div class="bx-field" data-path=${path}>
    <label for=${id}>${label}${
      unit === '' ? nothing : html` <span class="bx-unit">${unit}</span>`
    }</label>
    ${controlOf(app, scenario, field, id)}
    <p class="bx-help" id="${id}-help">${help}</p>
    ${isWrong ? html`<p class="bx-wrong" id="${id}-wrong" role="alert">${message}</p>` : nothing}
  </div>`;
}

function described(app: ExplorerApp, path: ScenarioPath, id: string): string {
  const isWrong = app.explorer.draftOf(path) !== null || app.problemOf(path) !== '';
  return isWrong ? `${id}-wrong ${id}-help` : `${id}-help`;
}

function controlOf(app: ExplorerApp, scenario: Scenario, field: FormField, id: string) {
  const { path, kind } = field;
  switch (kind.kind) {
    case 'enum':
      return selectView(app, scenario, path, id, [...kind.choices]);
    case 'boolean':
      return selectView(app, scenario, path, id, ['true', 'false']);
    case 'reference':
      return referenceView(app, scenario, path, id);
    case 'distribution':
      return distributionView(app, scenario, path, id);
    case 'schedule':
      return namedView(app, scenario, path, id, ['fixed', 'adaptive', 'confidence']);
    case 'acceptance': {
      const own = app.catalogue.profiles[scenario.speculation.method] ?? [];
      return namedView(app, scenario, path, id, [...app.catalogue.tasks, ...own]);
    }
    default:
      return path === 'workload.trace'
        ? traceView(app, scenario, id)
        : textView(app, scenario, path, id);
  }
}

/** What is being typed, else the value; null is an empty field. */
function shownText(app: ExplorerApp, scenario: Scenario, path: ScenarioPath): string {
  const draft = app.explorer.draftOf(path);
  if (draft !== null) return draft.text;
  return valueAt(scenario, path) === null ? '' : textAt(scenario, path);
}

function editText(app: ExplorerApp, path: ScenarioPath, text: string): void {
  const field = fieldAt(path);
  const isNull = text.trim() === '' && 'nullable' in field.value && field.value.nullable === true;
  const value = isNull ? null : parseText(field, text.trim());
  app.explorer.edit([[path, value]], text);
}

function textView(
  app: ExplorerApp,
  scenario: Scenario,
  path: ScenarioPath,
  id: string,
): TemplateResult {
  const { kind } = fieldAt(path).value;
  const isNumber = kind === 'integer' || kind === 'number';
  const change = (event: Event) => editText(app, path, (event.target as HTMLInputElement).value);
  return html`<input id=${id} type="text" autocomplete="off" spellcheck="false"
    class=${isNumber ? 'bx-number' : ''}
    inputmode=${kind === 'integer' ? 'numeric' : kind === 'number' ? 'decimal' : 'text'}
    .value=${shownText(app, scenario, path)} aria-describedby=${described(app, path, id)}
    placeholder=${path === 'slo' ? 'ttft_p95 < 500ms and itl_p99 < 50ms' : isNumber ? '–' : ''}
    aria-invalid=${app.explorer.draftOf(path) !== null} @change=${change}>`;
}

function optionsView(
  choices: readonly string[],
  value: string,
  labelOf: (choice: string) => string,
): TemplateResult[] {
  return choices.map(
    (choice) =>
      html`<option value=${choice} ?selected=${choice === value}>${labelOf(choice)}</option>`,
  );
}

function selectView(
  app: ExplorerApp,
  scenario: Scenario,
  path: ScenarioPath,
  id: string,
  choices: readonly string[],
): TemplateResult {
  const value = textAt(scenario, path);
  const change = (event: Event) => editText(app, path, (event.target as HTMLSelectElement).value);
  const { words, language } = app;
  const isBoolean = fieldAt(path).value.kind === 'boolean';
  const labelOf = (choice: string) =>
    isBoolean ? (choice === 'true' ? words.yes : words.no) : choiceLabel(path, choice, language);
  return html`<select id=${id} .value=${value} aria-describedby=${described(app, path, id)}
    @change=${change}>${optionsView(choices, value, labelOf)}</select>`;
}

const OWN = 'own';

/** A name of some, or what the user writes: the text of the command. */
function namedView(
  app: ExplorerApp,
  scenario: Scenario,
  path: ScenarioPath,
  id: string,
  names: readonly string[],
  labelOf: (name: string) => string = (name) => choiceLabel(path, name, app.language),
): TemplateResult {
  const text = shownText(app, scenario, path);
  const isOwn = !names.includes(text) || app.ownFields.has(app.explorer.draftKey(path));
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    const key = app.explorer.draftKey(path);
    if (value === OWN) app.ownFields.add(key);
    else {
      app.ownFields.delete(key);
      editText(app, path, value);
    }
    app.requestUpdate();
  };
  const write = (event: Event) => editText(app, path, (event.target as HTMLInputElement).value);
  const help = described(app, path, id);
  return html`<select id=${id} .value=${isOwn ? OWN : text} aria-describedby=${help}
      @change=${choose}>
      ${optionsView(names, isOwn ? OWN : text, labelOf)}
      <option value=${OWN} ?selected=${isOwn}>${app.words.own}</option>
    </select>
    ${
      isOwn
        ? html`<input type="text" autocomplete="off" spellcheck="false" .value=${text}
            aria-label=${app.words.own} aria-describedby=${help}
            aria-invalid=${app.explorer.draftOf(path) !== null} @change=${write}>`
        : nothing
    }`;
}

function referenceView(
  app: ExplorerApp,
  scenario: Scenario,
  path: ScenarioPath,
  id: string,
): TemplateResult {
  const known = path === 'model' ? app.catalogue.models : app.catalogue.gpus;
  const names = known.map((one) => one.id);
  const value = valueAt(scenario, path);
  // Before the catalogue is there, or without it, the present name stands alone.
  const all = typeof value === 'string' && !names.includes(value) ? [...names, value] : names;
  const labelOf = (name: string) => known.find((one) => one.id === name)?.name ?? name;
  return namedView(app, scenario, path, id, all, labelOf);
}

const SHAPES = ['lognormal', 'constant', 'uniform', 'empirical', 'from-trace'] as const;
const shapeTexts: Readonly<Record<string, Record<'in' | 'out', string>>> = {
  lognormal: { in: 'lognormal:1000:4000', out: 'lognormal:250:1000' },
  constant: { in: 'constant:1000', out: 'constant:250' },
  uniform: { in: 'uniform:500:1500', out: 'uniform:100:400' },
  empirical: { in: 'empirical:0=1,0.5=800,1=8000', out: 'empirical:0=1,0.5=200,1=2000' },
  'from-trace': { in: 'from-trace', out: 'from-trace' },
};

function distributionView(
  app: ExplorerApp,
  scenario: Scenario,
  path: ScenarioPath,
  id: string,
): TemplateResult {
  const text = shownText(app, scenario, path);
  const kind = text.split(':')[0]!;
  const isTrace = scenario.workload.kind === 'trace' || scenario.workload.trace !== null;
  const shapes = SHAPES.filter((shape) => shape !== 'from-trace' || isTrace || kind === shape);
  const names = app.catalogue.workloads.map((one) => one.id);
  const side = path === 'workload.inputTokens' ? 'in' : 'out';
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    editText(app, path, shapeTexts[value]?.[side] ?? value);
  };
  const write = (event: Event) => editText(app, path, (event.target as HTMLInputElement).value);
  const labelOf = (name: string) =>
    app.catalogue.workloads.find((one) => one.id === name)?.id ??
    distributionLabels[name]?.[app.language] ??
    name;
  const help = described(app, path, id);
  const isNamed = names.includes(text) || text === 'from-trace';
  const choices = [...new Set([...names, ...shapes, ...(isNamed ? [] : [kind])])];
  return html`<select id=${id} .value=${isNamed ? text : kind} aria-describedby=${help}
      @change=${choose}>${optionsView(choices, isNamed ? text : kind, labelOf)}</select>
    ${
      isNamed
        ? nothing
        : html`<input type="text" autocomplete="off" spellcheck="false" .value=${text}
            aria-label=${labelOf(kind)} aria-describedby=${help}
            aria-invalid=${app.explorer.draftOf(path) !== null} @change=${write}>`
    }`;
}

const distributionLabels: Readonly<Record<string, Readonly<Record<'en' | 'ja', string>>>> = {
  lognormal: { en: 'Lognormal (mean : p99)', ja: '対数正規（平均 : p99）' },
  constant: { en: 'Constant', ja: '一定' },
  uniform: { en: 'Uniform (least : most)', ja: '一様（最小 : 最大）' },
  empirical: { en: 'Quantiles', ja: '分位点' },
  'from-trace': { en: "The trace's own", ja: 'トレースのまま' },
};

/** A trace is a file of the reader's: the button opens one, like dropping it does. */
function traceView(app: ExplorerApp, scenario: Scenario, id: string): TemplateResult {
  const name = scenario.workload.trace ?? '';
  const isGone = name !== '' && !app.files.has(name);
  return html`<div class="bx-trace"><output id=${id}>${name}</output>
    <button type="button" @click=${() => app.chooseFile()}>${app.words.open}</button></div>
    ${isGone ? html`<p class="bx-wrong">${app.words.trace.gone(name)}</p>` : nothing}`;
}
