import { html, nothing, type TemplateResult } from 'lit';
import type { ExplorerApp } from './app.ts';
import { axisSpec, bandCounts, type Measure, measures, overlays } from './state.ts';

/** The load curve with what is drawn in it: measure, schedules, bands, loads. */
export function curveView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const failures = explorer.failures();
  const off = explorer.offAxis;
  return html`<bx-load-curve lang=${app.language} .model=${app.loadModel} .load=${app.explorer.load}
      error=${app.obstacle} ?embed=${explorer.state.isEmbedded}>${
        app.firstPicture ?? nothing
      }</bx-load-curve>
    ${
      failures === null
        ? nothing
        : html`<p class="bx-wrong">${words.notComputed(failures.count, failures.reason)}</p>`
    }
    ${off.length === 0 ? nothing : html`<p class="bx-note">${words.otherUnit(off.join(', '))}</p>`}
    ${explorer.state.isEmbedded ? nothing : controlsView(app)}`;
}

function controlsView(app: ExplorerApp): TemplateResult {
  const { explorer, words } = app;
  const { state } = explorer;
  const draft = explorer.draftOf('over');
  return html`<div class="bx-controls">
    <label>${words.measure}
      <select .value=${explorer.measure} @change=${(event: Event) =>
        explorer.commit({
          ...state,
          measure: (event.target as HTMLSelectElement).value as Measure,
        })}>
        ${measures.map(
          (measure) =>
            html`<option value=${measure} ?selected=${measure === explorer.measure}>${
              words.measures[measure]
            }</option>`,
        )}</select></label>
    <div role="group" aria-label=${words.also}><span aria-hidden="true">${
      words.also
    }</span>${overlays.map((overlay) => {
      const isOn = state.also.includes(overlay);
      const also = overlays.filter((one) => (one === overlay ? !isOn : state.also.includes(one)));
      return html`<button type="button" aria-pressed=${isOn}
          @click=${() => explorer.commit({ ...state, also })}>${words.overlays[overlay]}</button>`;
    })}</div>
    <label>${words.bands}
      <select .value=${String(state.bands)} @change=${(event: Event) =>
        explorer.commit({ ...state, bands: Number((event.target as HTMLSelectElement).value) })}>
        ${bandCounts.map(
          (count) =>
            html`<option value=${count} ?selected=${count === state.bands}>${
              count === 0 ? words.noBands : words.draws(count)
            }</option>`,
        )}</select></label>
    <label>${words.axis}
      <input type="text" class="bx-axis" autocomplete="off" spellcheck="false"
        .value=${draft?.text ?? axisSpec(state)} title=${words.axisHelp}
        aria-invalid=${draft !== null} aria-describedby="bx-axis-help"
        @change=${(event: Event) => app.setAxis((event.target as HTMLInputElement).value)}></label>
    <p class=${draft === null ? 'bx-note' : 'bx-wrong'} id="bx-axis-help">${
      draft?.message ?? words.axisHelp
    }</p>
  </div>`;
}
