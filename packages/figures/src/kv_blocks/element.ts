/**
 * `<bl-kv-blocks>`: the blocks with a step to look at, chosen by stepper, by click or by arrow
 * keys; presets and the size of the pool ask for another model.
 */
import { define, FigureElement, html, Stepper } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/picture.ts';
import { narrowControls } from '../in_flight_lanes/narrow-controls.ts';
import { stepAfter, stepKey, stepOfKey } from '../in_flight_lanes/step-marks.ts';
import { messages } from './messages.ts';
import type { KvBlocks, KvBlocksInput } from './model.ts';
import { stepBlocks } from './stack.ts';
import { type KvBlocksState, kvBlocksPicture } from './view.ts';

export class KvBlocksElement extends FigureElement<KvBlocks, KvBlocksState> {
  static override figureName = 'kv-blocks';
  static override styles = narrowControls;

  #stepper = new Stepper(this, {
    count: () => this.model?.steps.length ?? 0,
    at: () => this.state?.step ?? 0,
    go: (step) => {
      this.state = { step };
    },
    intervalMs: 800,
  });

  override initialState(model: KvBlocks): KvBlocksState {
    return { step: model.focusStep };
  }

  override picture(model: KvBlocks, state: KvBlocksState, options: ViewOptions): Picture {
    return kvBlocksPicture(model, state, options);
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

  override controls({ input, choices, options, steps }: KvBlocks, { step }: KvBlocksState) {
    const words = messages[this.currentLanguage];
    const choose = (event: Event) => {
      const preset = (event.target as HTMLSelectElement).value as KvBlocksInput['preset'];
      this.requestModel({ preset, kvBlocks: null });
    };
    const resize = (event: Event) => {
      const kvBlocks = Number((event.target as HTMLInputElement).value);
      this.requestModel({ ...input, kvBlocks });
    };
    const size = words.blocks(options.kvBlocks);
    const shown = Math.min(step, steps.length - 1);
    return html`${this.#stepper.render()}
      <div class="controls">
        <label>${words.preset} <select @change=${choose}>${choices.presets.map(
          (name) =>
            html`<option value=${name} ?selected=${name === input.preset}
              >${words.presets[name]}</option>`,
        )}</select></label>
        <label>${words.poolSize}
          <input type="range" min=${choices.blocksMin} max=${choices.blocksMax}
            .value=${String(options.kvBlocks)} aria-valuetext=${size} @input=${resize}>
          <output>${size}</output></label>
      </div>
      <p class="hidden" aria-live="polite">${words.stepLabel(
        stepBlocks(steps[shown]!, shown),
      )}</p>`;
  }
}

define('bl-kv-blocks', KvBlocksElement);

declare global {
  interface HTMLElementTagNameMap {
    'bl-kv-blocks': KvBlocksElement;
  }
}
