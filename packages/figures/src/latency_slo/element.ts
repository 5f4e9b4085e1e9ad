/**
 * `<bl-latency-slo>`: latencies against a service level that the reader can write. The page
 * computes the model of the scenario with that level.
 */
import { Asking } from '../acceptance_depth/asking.ts';
import { controlStyles } from '../acceptance_depth/control-style.ts';
import { define, FigureElement, html } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import { messages } from './messages.ts';
import type { LatencySlo, LatencySloInput } from './model.ts';
import { latencySloPicture } from './view.ts';

/** Nothing to choose: the picture follows from the model alone. */
export type LatencySloState = Record<string, never>;

export class LatencySloElement extends FigureElement<LatencySlo, LatencySloState> {
  static override figureName = 'latency-slo';
  static override styles = controlStyles;

  #asking = new Asking<LatencySloInput>((input) => this.requestModel(input));

  override initialState(_model: LatencySlo): LatencySloState {
    return {};
  }

  override nextState(model: LatencySlo, state: LatencySloState): LatencySloState {
    this.#asking.arrived(model.input);
    return state;
  }

  override picture(model: LatencySlo, _state: LatencySloState, options: ViewOptions): Picture {
    return latencySloPicture(model, options);
  }

  override controls(model: LatencySlo) {
    const { controls } = messages[this.currentLanguage];
    const { scenario } = this.#asking.of(model.input);
    const apply = (event: Event) => {
      event.preventDefault();
      const field = (event.currentTarget as HTMLFormElement).querySelector('input')!;
      const text = field.value.trim();
      this.#asking.ask({ scenario: { ...scenario, slo: text === '' ? null : text } });
    };
    return html`<form class="controls" aria-label=${controls.title} @submit=${apply}>
      <label for="slo">${controls.slo}</label>
      <input id="slo" type="text" size="34" autocomplete="off" spellcheck="false"
        aria-describedby="slo-hint"
        .value=${scenario.slo ?? ''}>
      <button type="submit">${controls.apply}</button>
      <span id="slo-hint" class="readout">${controls.hint}</span>
    </form>`;
  }
}

define('bl-latency-slo', LatencySloElement);
