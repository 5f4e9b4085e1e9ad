import { numberText } from '@beamline/figures';
import { html, nothing, type TemplateResult } from 'lit';
import type { ExplorerApp } from './app.ts';
import { activeEntry, editFields } from './state.ts';

/** The pictures beside the load curve: shapes, latencies, cost and energy. */

export function shapeView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  if (activeEntry(explorer.state).scenario.speculation.method === 'none') {
    return html`<p class="bx-note">${words.shape.none}</p>`;
  }
  const choose = (event: CustomEvent<{ input: { beams: number; draftLength: number } }>) => {
    const { beams, draftLength } = event.detail.input;
    const { state, problems } = editFields(explorer.state, [
      ['speculation.beams', beams],
      ['speculation.draftLength', draftLength],
      ['speculation.schedule', 'fixed'],
    ]);
    if (problems.length === 0) explorer.commit(state);
  };
  return html`<p class="bx-note">${words.shape.help}</p>
    <bl-shape-heatmap ?embed=${explorer.state.isEmbedded} lang=${app.language}
      .model=${app.shapeModel} error=${app.obstacle} @bl-input=${choose}></bl-shape-heatmap>`;
}

export function latencyView(app: ExplorerApp): TemplateResult {
  const { model, problem } = app.latency;
  // The figure's own field of the service level is the form's.
  const ask = (event: CustomEvent<{ input: { scenario: { slo: string | null } } }>) => {
    const { slo } = event.detail.input.scenario;
    app.explorer.edit([['slo', slo]], slo ?? '');
  };
  return html`<bl-latency-slo ?embed=${app.explorer.state.isEmbedded} lang=${app.language}
    .model=${model} @bl-input=${ask} error=${app.obstacle || problem}></bl-latency-slo>`;
}

export function costView(app: ExplorerApp): TemplateResult {
  const { model, problem } = app.cost;
  const { isEmbedded } = app.explorer.state;
  return html`${isEmbedded ? nothing : priceView(app)}<bl-cost-pareto
    ?embed=${isEmbedded} lang=${app.language} .model=${model}
    error=${app.obstacle || problem}></bl-cost-pareto>`;
}

function priceView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const { state } = explorer;
  const { gpu } = activeEntry(state).scenario.hardware;
  const listed = app.catalogue.gpus.find(({ id }) => id === gpu)?.price;
  const draft = explorer.draftOf('price');
  const [low, high] = draft?.text.split(':') ?? [state.price?.low ?? '', state.price?.high ?? ''];
  const change = (event: Event) => {
    const inputs = (event.currentTarget as HTMLElement).querySelectorAll('input');
    app.setPrice(inputs[0]!.value, inputs[1]!.value);
  };
  return html`<fieldset class="bx-price" @change=${change}><legend>${words.price}</legend>
    <label>${words.priceLow} <input type="text" inputmode="decimal" .value=${String(low)}
      aria-invalid=${draft !== null} aria-describedby="bx-price-help"></label>
    <label>${words.priceHigh} <input type="text" inputmode="decimal" .value=${String(high)}
      aria-invalid=${draft !== null} aria-describedby="bx-price-help"></label>
    <p class=${draft === null ? 'bx-note' : 'bx-wrong'} id="bx-price-help">${
      draft !== null
        ? draft.message
        : listed === undefined
          ? nothing
          : words.priceOwn(numberText(listed.low), numberText(listed.high))
    }</p></fieldset>`;
}
