/** `<bl-step-clock>`: one step on the clock, its batch, draft, context, GPU and model chosen. */
import { define, FigureElement, html } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/picture.ts';
import { narrowControls } from '../in_flight_lanes/narrow-controls.ts';
import { messages } from './messages.ts';
import type { Choice, StepClock, StepClockInput } from './model.ts';
import { stepClockPicture } from './view.ts';

/** The whole state is the model's input. */
export type StepClockState = null;

export class StepClockElement extends FigureElement<StepClock, StepClockState> {
  static override figureName = 'step-clock';
  static override styles = narrowControls;

  override initialState(): StepClockState {
    return null;
  }

  override picture(model: StepClock, _state: StepClockState, options: ViewOptions): Picture {
    return stepClockPicture(model, options);
  }

  override controls({ input, choices }: StepClock) {
    const words = messages[this.currentLanguage].controls;
    const ask = (changed: Partial<StepClockInput>) => this.requestModel({ ...input, ...changed });
    const slider = (
      name: string,
      values: readonly number[],
      value: number,
      say: (value: number) => string,
      give: (value: number) => Partial<StepClockInput>,
    ) => {
      const at = nearest(values, value);
      const onInput = (event: Event) =>
        ask(give(values[Number((event.target as HTMLInputElement).value)]!));
      return html`<label>${name}
        <input type="range" min="0" max=${values.length - 1} .value=${String(at)}
          aria-valuetext=${say(values[at]!)} @input=${onInput}>
        <output>${say(values[at]!)}</output></label>`;
    };
    const select = (
      name: string,
      options: readonly Choice[],
      value: string,
      give: (id: string) => Partial<StepClockInput>,
    ) => {
      const onChange = (event: Event) => ask(give((event.target as HTMLSelectElement).value));
      return html`<label>${name} <select @change=${onChange}>${options.map(
        ({ id, name }) => html`<option value=${id} ?selected=${id === value}>${name}</option>`,
      )}</select></label>`;
    };
    const { batches, beams, draftLengths, contexts, models, gpus } = choices;
    return html`<div class="controls">
      ${slider(words.batch, batches, input.batch, words.requests, (batch) => ({ batch }))}
      ${slider(words.beams, beams, input.beams, words.count, (value) => ({ beams: value }))}
      ${slider(words.draftLength, draftLengths, input.draftLength, words.tokens, (draftLength) => ({
        draftLength,
      }))}
      ${slider(words.context, contexts, input.contextTokens, words.tokens, (contextTokens) => ({
        contextTokens,
      }))}
      ${select(words.model, models, input.model, (model) => ({ model }))}
      ${select(words.gpu, gpus, input.gpu, (gpu) => ({ gpu }))}
    </div>`;
  }
}

/** The place of the value that is closest to the one asked for. */
function nearest(values: readonly number[], value: number): number {
  const far = values.map((one) => Math.abs(one - value));
  return far.indexOf(Math.min(...far));
}

define('bl-step-clock', StepClockElement);

declare global {
  interface HTMLElementTagNameMap {
    'bl-step-clock': StepClockElement;
  }
}
