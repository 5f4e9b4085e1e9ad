/**
 * `<bl-load-speedup>`: the curve with the reader's own load, as a slider, by keyboard, or dragged
 * in the picture. The page brings the runs' model and, where it has some, presets.
 */
import { define, FigureElement, html, nothing } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import { loadSpeedupMessages, loadText } from './messages.ts';
import type { LoadSpeedup } from './model.ts';
import {
  type LoadSpeedupState,
  loadAtX,
  loadDomain,
  loadSpeedupPicture,
  readingsAt,
} from './view.ts';

export interface LoadPreset {
  name: string;
  label: string;
}

/** Positions of the slider: its axis is logarithmic, like the picture's. */
const SLIDER_STEPS = 200;

export class LoadSpeedupElement extends FigureElement<LoadSpeedup, LoadSpeedupState> {
  static override figureName = 'load-speedup';
  static override properties = {
    ...FigureElement.properties,
    presets: { attribute: false },
    preset: { type: String },
  };

  /** Settings that the page can compute: chosen, the page is asked for `{ preset }`. */
  declare presets: readonly LoadPreset[];
  declare preset: string | null;
  #isDragging = false;

  constructor() {
    super();
    this.presets = [];
    this.preset = null;
    this.addEventListener('pointerdown', (event) => this.#drag(event));
    this.addEventListener('pointermove', (event) => this.#drag(event));
    this.addEventListener('pointerup', () => this.#endDrag());
    this.addEventListener('pointercancel', () => this.#endDrag());
  }

  /** In the middle of the loads shown, which on the axis is their geometric mean. */
  override initialState(model: LoadSpeedup): LoadSpeedupState {
    return { load: loadAt(model, SLIDER_STEPS / 2) };
  }

  override nextState(model: LoadSpeedup, { load }: LoadSpeedupState): LoadSpeedupState {
    const [least, greatest] = loadDomain(model.series);
    return { load: load === null ? null : Math.min(greatest, Math.max(least, load)) };
  }

  override picture(model: LoadSpeedup, state: LoadSpeedupState, options: ViewOptions): Picture {
    return loadSpeedupPicture(model, state, options);
  }

  override controls(model: LoadSpeedup, { load }: LoadSpeedupState) {
    const language = this.currentLanguage;
    const words = loadSpeedupMessages[language];
    if (model.series.length === 0 || load === null) return this.#presets();
    const text = loadText(load, model.unit, language);
    const move = (event: Event) => {
      const step = Number((event.target as HTMLInputElement).value);
      this.state = { load: loadAt(model, step) };
    };
    return html`<div class="controls">
      ${this.#presets()}
      <label>${words.yourLoadLabel}
        <input type="range" min="0" max=${SLIDER_STEPS} step="1" aria-valuetext=${text}
          .value=${String(stepOf(model, load))} @input=${move}></label>
      <output>${words.reading(text, readingsAt(model.series, load))}</output>
    </div>`;
  }

  #presets() {
    if (this.presets.length === 0) return nothing;
    const choose = (event: Event) => {
      this.preset = (event.target as HTMLSelectElement).value;
      this.requestModel({ preset: this.preset });
    };
    return html`<label>${loadSpeedupMessages[this.currentLanguage].presets}
      <select @change=${choose}>${this.presets.map(
        ({ name, label }) =>
          html`<option value=${name} ?selected=${name === this.preset}>${label}</option>`,
      )}</select></label>`;
  }

  /** With the main button held on the plot, the line follows the pointer. */
  #drag(event: PointerEvent): void {
    const svg = event.composedPath().find((node) => node instanceof SVGSVGElement);
    const { model } = this;
    if (svg === undefined || model === null || this.embed || model.series.length === 0) return;
    if (event.type === 'pointerdown') {
      // A finger scrolls the page; the slider is for it.
      this.#isDragging = event.button === 0 && event.pointerType !== 'touch';
    }
    if (!this.#isDragging) return;
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) * this.width) / box.width;
    const options = { language: this.currentLanguage, width: this.width, scope: 'picture' };
    this.state = { load: loadAtX(model, at, options) };
  }

  #endDrag(): void {
    this.#isDragging = false;
  }
}

function loadAt(model: LoadSpeedup, step: number): number {
  const [least, greatest] = loadDomain(model.series);
  if (step >= SLIDER_STEPS) return greatest;
  return least * (greatest / least) ** (step / SLIDER_STEPS);
}

function stepOf(model: LoadSpeedup, load: number): number {
  const [least, greatest] = loadDomain(model.series);
  return Math.round((SLIDER_STEPS * Math.log(load / least)) / Math.log(greatest / least));
}

define('bl-load-speedup', LoadSpeedupElement);
