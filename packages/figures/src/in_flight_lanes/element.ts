/**
 * `<bl-in-flight-lanes>`: the lanes with a step to take apart, chosen by stepper, by click or by
 * arrow keys; presets and the number of requests ask for another model.
 */
import { define, FigureElement, html, Stepper } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/picture.ts';
import { stepWords } from './lanes.ts';
import { messages } from './messages.ts';
import type { InFlightLanes, InFlightLanesInput } from './model.ts';
import { narrowControls } from './narrow-controls.ts';
import { stepAfter, stepKey, stepOfKey } from './step-marks.ts';
import { type InFlightLanesState, inFlightLanesPicture } from './view.ts';

export class InFlightLanesElement extends FigureElement<InFlightLanes, InFlightLanesState> {
  static override figureName = 'in-flight-lanes';
  static override styles = narrowControls;

  #stepper = new Stepper(this, {
    count: () => this.model?.steps.length ?? 0,
    at: () => this.state?.step ?? 0,
    go: (step) => {
      this.state = { step };
    },
  });

  override initialState(model: InFlightLanes): InFlightLanesState {
    return { step: model.focusStep };
  }

  override picture(model: InFlightLanes, state: InFlightLanesState, options: ViewOptions): Picture {
    return inFlightLanesPicture(model, state, options);
  }

  override onMark(key: string): void {
    const step = stepOfKey(key);
    if (step !== null) this.#stepper.go(step);
  }

  /** Arrows take the selection along, also beyond the steps drawn. */
  override onKey(event: KeyboardEvent, key: string): boolean {
    const at = stepOfKey(key);
    const step = at === null ? null : stepAfter(event.key, at, this.model?.steps.length ?? 0);
    if (step === null) return false;
    this.#stepper.go(step);
    void this.updateComplete.then(() => this.focusMark(stepKey(step)));
    return true;
  }

  override controls(model: InFlightLanes, { step }: InFlightLanesState) {
    const words = messages[this.currentLanguage];
    const { input, choices, lanes } = model;
    const ask = (changed: Partial<InFlightLanesInput>) =>
      this.requestModel({ ...input, ...changed });
    const choose = (event: Event) => {
      const preset = (event.target as HTMLSelectElement).value as InFlightLanesInput['preset'];
      ask({ preset, requests: null });
    };
    const count = (event: Event) =>
      ask({ requests: Number((event.target as HTMLInputElement).value) });
    return html`${this.#stepper.render()}
      <div class="controls">
        <label>${words.preset} <select @change=${choose}>${choices.presets.map(
          (name) =>
            html`<option value=${name} ?selected=${name === input.preset}
              >${words.presets[name]}</option>`,
        )}</select></label>
        <label>${words.requests}
          <input type="range" min="1" max=${choices.requestsMax} .value=${String(lanes.length)}
            aria-valuetext=${words.requestCount(lanes.length)} @input=${count}>
          <output>${words.requestCount(lanes.length)}</output></label>
      </div>
      <p class="hidden" aria-live="polite">${words.stepLabel(
        stepWords(model.steps[Math.min(step, model.steps.length - 1)]!, step),
      )}</p>`;
  }
}

define('bl-in-flight-lanes', InFlightLanesElement);

declare global {
  interface HTMLElementTagNameMap {
    'bl-in-flight-lanes': InFlightLanesElement;
  }
}
