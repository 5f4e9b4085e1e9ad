/**
 * `<bl-acceptance-depth>`: acceptance by text and depth, with the draft's shape and the acceptance
 * of one text to change. What is changed is asked of the page, which brings the new model.
 */
import { define, FigureElement, html } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import { Asking } from './asking.ts';
import { controlStyles } from './control-style.ts';
import { messages } from './messages.ts';
import type {
  AcceptanceDepth,
  AcceptanceDepthInput,
  AcceptanceEdit,
  AcceptanceSeries,
} from './model.ts';
import { type AcceptanceDepthState, acceptanceDepthPicture } from './view.ts';

/** Depths that have a slider; deeper ones keep the last one's acceptance. */
const SLIDERS = 6;
/** The slider of odds counts eighths of a doubling. */
const ODDS_STEPS = 8;

export class AcceptanceDepthElement extends FigureElement<AcceptanceDepth, AcceptanceDepthState> {
  static override figureName = 'acceptance-depth';
  static override styles = controlStyles;

  #asking = new Asking<AcceptanceDepthInput>((input) => {
    this.requestModel(input);
    this.requestUpdate();
  });

  override initialState({ series }: AcceptanceDepth): AcceptanceDepthState {
    return { selected: series[0]?.name ?? null };
  }

  override nextState(model: AcceptanceDepth, state: AcceptanceDepthState): AcceptanceDepthState {
    this.#asking.arrived(model.input);
    const isThere = model.series.some(({ name }) => name === state.selected);
    return isThere ? state : this.initialState(model);
  }

  override picture(
    model: AcceptanceDepth,
    state: AcceptanceDepthState,
    options: ViewOptions,
  ): Picture {
    return acceptanceDepthPicture(model, state, options);
  }

  override onMark(key: string): void {
    const name = key.split(':')[1];
    if (this.model?.series.some((one) => one.name === name)) this.state = { selected: name! };
  }

  override controls(model: AcceptanceDepth, state: AcceptanceDepthState) {
    const words = messages[this.currentLanguage];
    const input = this.#asking.of(model.input);
    const chosen = model.series.find(({ name }) => name === state.selected);
    const change = (part: Partial<AcceptanceDepthInput>) => this.#asking.ask({ ...input, ...part });
    const { controls } = words;
    return html`<div class="controls" role="group" aria-label=${controls.title}>
      <label>${controls.method}
        <select @change=${(event: Event) =>
          change({ method: textOf(event) as AcceptanceDepthInput['method'], edits: {} })}
          >${model.methods.map(
            ({ name, label }) =>
              html`<option value=${name} ?selected=${name === input.method}>${label}</option>`,
          )}</select></label>
      <label>${controls.profile}
        <select @change=${(event: Event) => {
          this.state = { selected: textOf(event) };
        }}>${model.series.map(
          ({ name }) =>
            html`<option value=${name} ?selected=${name === state.selected}
              >${words.task(name)}</option>`,
        )}</select></label>
    </div>
    <div class="sliders" role="group" aria-label=${controls.title}>
      ${slider(controls.beams, 1, 16, input.beams, controls.sequences(input.beams), (beams) =>
        change({ beams }),
      )}
      ${slider(
        controls.draftLength,
        1,
        12,
        input.draftLength,
        controls.count(input.draftLength),
        (draftLength) => change({ draftLength, edits: {} }),
      )}
      ${chosen === undefined ? '' : this.#edits(chosen, input)}
    </div>`;
  }

  #edits(series: AcceptanceSeries, input: AcceptanceDepthInput) {
    const { controls } = messages[this.currentLanguage];
    const edits = input.edits ?? {};
    const edit = edits[series.name] ?? null;
    const set = (next: AcceptanceEdit) =>
      this.#asking.ask({ ...input, edits: { ...edits, [series.name]: next } });
    const reset = () => {
      const { [series.name]: _, ...others } = edits;
      this.#asking.ask({ ...input, edits: others });
    };
    const odds = edit !== null && 'odds' in edit ? edit.odds : 1;
    const stated = edit !== null && 'conditional' in edit ? edit.conditional : series.conditional;
    const shown = stated.slice(0, SLIDERS);
    const step = Math.round(Math.log2(odds) * ODDS_STEPS);
    return html`${slider(
      controls.ease,
      -3 * ODDS_STEPS,
      3 * ODDS_STEPS,
      step,
      controls.easeText(odds),
      (to) => set({ odds: 2 ** (to / ODDS_STEPS) }),
    )}
      <span class="wide-row">${controls.depths}</span>
      ${shown.map((share, d) =>
        slider(
          controls.depth(d + 1),
          0,
          100,
          Math.round(100 * share),
          controls.percent(share),
          (to) => set({ conditional: stated.map((old, at) => (at === d ? to / 100 : old)) }),
        ),
      )}
      <button type="button" ?disabled=${edit === null} @click=${reset}>${controls.reset}</button>`;
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

function slider(
  label: string,
  min: number,
  max: number,
  value: number,
  text: string,
  set: (value: number) => void,
) {
  return html`<label><span>${label}</span>
    <input type="range" min=${min} max=${max} step="1" aria-valuetext=${text}
      .value=${String(value)} @input=${(event: Event) => set(Number(textOf(event)))}>
    <output>${text}</output></label>`;
}

define('bl-acceptance-depth', AcceptanceDepthElement);
