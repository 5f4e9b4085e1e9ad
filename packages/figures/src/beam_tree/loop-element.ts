/**
 * What the elements of the loop share: the input, its controls, and the tie between figures of one
 * page. They compute their models themselves, with the operators' references, which are loaded at
 * the first input; until then the model that they were given stands. Elements with the same `loop`
 * attribute follow one another's input and highlight, so that a page can show them as one object;
 * `bl-loop` tells of every change.
 */
import { css, type PropertyValues } from 'lit';
import { elementStyle } from '../frame/element-style.ts';
import {
  FigureElement,
  type HighlightDetail,
  html,
  type InputDetail,
  nothing,
} from '../frame/figure-element.ts';
import { loopMessages } from './loop-messages.ts';
import type { BeamTree } from './model.ts';
import { type PresetName, presetNames, presets } from './presets.ts';
import { type LoopInput, type LoopStep, loopInput, STEPS_MAX } from './step.ts';
import { tokenKey } from './tree-drawing.ts';

export const loopStyle = css`
  ${elementStyle}
  textarea { font: inherit; font-size: .86rem; font-family: ui-monospace, monospace;
    color: var(--ink); background: var(--background); border: 1px solid var(--muted);
    border-radius: 4px; width: 100%; box-sizing: border-box; resize: vertical; }
  textarea:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
  .own { flex-basis: 100%; display: block; }
  .own p { margin: .2rem 0; color: var(--muted); font-size: .86rem; }
  select { max-width: 100%; }
`;

const OWN = 'own';
const TIED = ['bl-loop', 'bl-highlight'] as const;

export abstract class LoopElement<
  Model extends { readonly step: LoopStep },
  State,
> extends FigureElement<Model, State> {
  static override styles = loopStyle;
  static override properties = {
    ...FigureElement.properties,
    input: { attribute: false },
    preset: { type: String },
    loop: { type: String },
    isTyping: { state: true },
  };

  /** What the figure computes; set it or `model` or the attribute `preset`. */
  declare input: LoopInput | null;
  declare preset: PresetName | null;
  /** Figures of this name go together. */
  declare loop: string | null;
  declare isTyping: boolean;
  #own = '';
  #make: ((input: LoopInput) => Model) | null = null;
  #loading: Promise<void> | null = null;

  constructor() {
    super();
    this.input = null;
    this.preset = null;
    this.loop = null;
    this.isTyping = false;
    this.addEventListener('bl-highlight', (event) => {
      // Words of a page refer to tokens, whichever mark of a token is meant.
      const { detail } = event as CustomEvent<HighlightDetail>;
      if (this.model !== null) detail.key = tokenKey(detail.key, this.treeOf(this.model));
    });
  }

  /** Loads what makes a model of an input. */
  abstract loadMaker(): Promise<(input: LoopInput) => Model>;
  abstract treeOf(model: Model): BeamTree;

  override connectedCallback(): void {
    super.connectedCallback();
    for (const name of TIED) document.addEventListener(name, this.#onTied);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const name of TIED) document.removeEventListener(name, this.#onTied);
  }

  #onTied = (event: Event): void => {
    const from = event.composedPath()[0];
    if (this.loop === null || from === this || !(from instanceof LoopElement)) return;
    if (from.loop !== this.loop) return;
    if (event.type === 'bl-highlight') {
      this.highlight = (event as CustomEvent<HighlightDetail>).detail.key;
    } else {
      this.input = (event as CustomEvent<InputDetail<LoopInput>>).detail.input;
    }
  };

  protected override willUpdate(changed: PropertyValues): void {
    if (this.input === null && this.model === null && this.preset !== null) {
      this.input = loopInput(Object.hasOwn(presets, this.preset) ? this.preset : 'code');
    }
    if (changed.has('input') && this.input !== null) this.#compute(this.input);
    super.willUpdate(changed);
  }

  #compute(input: LoopInput): void {
    if (this.#make === null) this.#loading ??= this.#load();
    else this.model = this.#make(input);
  }

  async #load(): Promise<void> {
    this.isComputing = true;
    try {
      this.#make = await this.loadMaker();
      this.error = '';
      if (this.input !== null) this.model = this.#make(this.input);
    } catch (problem) {
      this.error = (problem as Error).message;
    }
    this.isComputing = false;
    this.#loading = null;
  }

  /** An update is complete when what it had to load has come. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const isDone = await super.getUpdateComplete();
    if (this.#loading === null) return isDone;
    await this.#loading;
    return super.getUpdateComplete();
  }

  /** Computes another input and tells the figures it is tied to, and the page. */
  change(part: Partial<LoopInput>): void {
    const known = this.#loading === null ? this.model?.step.input : this.input;
    const present = known ?? loopInput();
    this.input = { ...present, ...part };
    const detail: InputDetail<LoopInput> = { figure: this.figureName, input: this.input };
    this.dispatchEvent(new CustomEvent('bl-loop', { detail, bubbles: true, composed: true }));
  }

  /** Preset or own beams, width, depth. */
  inputControls(step: LoopStep) {
    const { controls, presets: names } = loopMessages[this.currentLanguage];
    const isOwn = step.input.typed !== null || this.isTyping;
    return html`
      <label>${controls.preset}
        <select @change=${this.#onPreset} .value=${isOwn ? OWN : step.input.preset}>
          ${presetNames.map(
            (name) => html`<option value=${name} ?selected=${!isOwn && name === step.input.preset}
              >${names[name]}</option>`,
          )}
          <option value=${OWN} ?selected=${isOwn}>${controls.own}</option>
        </select></label>
      ${this.#slider(controls.width, step.beams, step.beamsMax, controls.widthValue, (beams) =>
        this.change({ beams }),
      )}
      ${this.#slider(
        controls.depth,
        Math.max(0, step.positions - 1),
        step.draftLengthMax,
        controls.depthValue,
        (draftLength) => this.change({ draftLength }),
      )}
      ${isOwn ? this.#ownBeams(step) : nothing}`;
  }

  #slider(
    label: string,
    value: number,
    most: number,
    words: (value: number) => string,
    act: (value: number) => void,
  ) {
    if (most < 1) return nothing;
    return html`<label>${label}
      <input type="range" min="1" max=${most} .value=${String(value)}
        aria-valuetext=${words(value)} ?disabled=${most === 1}
        @input=${(event: Event) => act(Number((event.target as HTMLInputElement).value))}>
      <output>${value}</output></label>`;
  }

  #ownBeams(step: LoopStep) {
    const { controls } = loopMessages[this.currentLanguage];
    const text = step.input.typed ?? this.#own;
    return html`<div class="own"><label for="own">${controls.typed}</label>
      <textarea id="own" rows="4" maxlength="4000" aria-describedby="own-hint"
        spellcheck="false" .value=${text}></textarea>
      <p id="own-hint">${controls.typedHint}</p>
      <button type="button" @click=${this.#onTyped}>${controls.apply}</button></div>`;
  }

  #onPreset = (event: Event): void => {
    const name = (event.target as HTMLSelectElement).value;
    if (name === OWN) {
      this.#own = this.model === null ? '' : beamsAsText(this.model.step);
      this.isTyping = true;
      return;
    }
    this.isTyping = false;
    const { beams, draftLength } = presets[name as PresetName];
    this.change({ preset: name as PresetName, typed: null, beams, draftLength, step: 0 });
  };

  #onTyped = (): void => {
    const field = this.renderRoot.querySelector('textarea');
    if (field === null) return;
    this.change({ typed: field.value, beams: 8, draftLength: 6, step: 0 });
  };

  /** On to the step that starts at the bonus token, and back. */
  stepControls(step: LoopStep) {
    const { loop: words } = loopMessages[this.currentLanguage];
    const at = step.input.step;
    return html`<span class="controls">
      <button type="button" ?disabled=${at === 0} @click=${() => this.change({ step: at - 1 })}
        >${words.back}</button>
      <span>${words.at(at + 1)}</span>
      <button type="button" ?disabled=${at >= STEPS_MAX || step.beams === 0}
        @click=${() => this.change({ step: at + 1 })}>${words.next}</button></span>`;
  }
}

function beamsAsText({ tokens, beams, positions, text }: LoopStep): string {
  return Array.from({ length: beams }, (_, beam) =>
    tokens
      .slice(beam * positions, (beam + 1) * positions)
      .map((token) => text.words[token])
      .join(' '),
  ).join('\n');
}
