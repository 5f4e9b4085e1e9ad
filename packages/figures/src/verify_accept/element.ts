/**
 * `<bl-verify-accept>`: a tree verified level by level. Attributes: `preset` starts it, `loop` ties
 * it to the other figures of the loop.
 */
import { LoopElement } from '../beam_tree/loop-element.ts';
import { type LoopInput, wordOf } from '../beam_tree/step.ts';
import { define, html, nothing, Stepper } from '../frame/figure-element.ts';
import type { ViewOptions } from '../frame/picture.ts';
import { verifyAcceptMessages } from './messages.ts';
import type { VerifyAccept } from './model.ts';
import { type VerifyRule, verifyRules } from './rules.ts';
import { stagesOf } from './stages.ts';
import { stageAt, type VerifyAcceptState, verifyAcceptPicture } from './view.ts';

const QUICK_DRAWS = 200;
const MANY_DRAWS = 20000;
const REST_MS = 200;
/** Behind the last stage of any verification. */
const STAGE_LAST = 99;

export class VerifyAcceptElement extends LoopElement<VerifyAccept, VerifyAcceptState> {
  static override figureName = 'verify-accept';

  #rest: ReturnType<typeof setTimeout> | undefined;
  #stepper = new Stepper(this, {
    count: () => (this.model === null ? 0 : stagesOf(this.model).length),
    at: () => Math.min(this.state?.stage ?? 0, this.#last),
    go: (stage) => {
      this.state = { stage };
    },
    nameOf: (stage) => (this.model === null ? '' : this.#stageName(this.model, { stage })),
    intervalMs: 1400,
  });

  #stageName(model: VerifyAccept, state: VerifyAcceptState): string {
    const { stage: words } = verifyAcceptMessages[this.currentLanguage];
    const { kind, levels } = stageAt(model, state);
    if (kind === 'start') return words.start;
    if (kind === 'level') return words.level(levels);
    if (kind === 'bonus') return words.bonus(wordOf(model.step, model.verified.bonus));
    return words.commit(model.verified.emitted.length);
  }

  get #last(): number {
    return this.model === null ? 0 : stagesOf(this.model).length - 1;
  }

  /** A few draws at once, so that a slider stays smooth; the others when it rests. */
  async loadMaker() {
    const { measuredOften, verifyAcceptModel } = await import('./model.ts');
    return (input: LoopInput): VerifyAccept => {
      clearTimeout(this.#rest);
      const model = verifyAcceptModel(input, QUICK_DRAWS);
      if (model.law !== null) {
        this.#rest = setTimeout(() => {
          if (this.model === model) this.model = measuredOften(model);
        }, REST_MS);
      }
      return model;
    };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#rest);
  }

  treeOf(model: VerifyAccept) {
    return model.tree;
  }

  initialState(): VerifyAcceptState {
    return { stage: STAGE_LAST };
  }

  override nextState(_model: VerifyAccept, state: VerifyAcceptState): VerifyAcceptState {
    return state;
  }

  picture(model: VerifyAccept, state: VerifyAcceptState, options: ViewOptions) {
    return verifyAcceptPicture(model, state, options);
  }

  override controls(model: VerifyAccept) {
    const messages = verifyAcceptMessages[this.currentLanguage];
    const { input } = model.step;
    const choice = (rule: VerifyRule) =>
      html`<option value=${rule} ?selected=${rule === input.rule}>${messages.rules[rule]}</option>`;
    return html`${this.#stepper.render()}
      <div class="controls">
        <label>${messages.controls.rule}
          <select @change=${(event: Event) =>
            this.change({ rule: (event.target as HTMLSelectElement).value as VerifyRule })}
            >${verifyRules.map(choice)}</select></label>
        ${input.rule === 'greedy' ? nothing : this.#drawControls(model)}
        ${this.inputControls(model.step)} ${this.stepControls(model.step)}
      </div>`;
  }

  #drawControls(model: VerifyAccept) {
    const { controls } = verifyAcceptMessages[this.currentLanguage];
    const { seed } = model.step.input;
    return html`<label>${controls.seed}
        <input type="number" min="0" max="4294967295" step="1" .value=${String(seed)}
          @change=${(event: Event) =>
            this.change({ seed: Number((event.target as HTMLInputElement).value) })}></label>
      <button type="button" @click=${() => this.change({ seed: seed + 1 })}
        >${controls.redraw}</button>
      <button type="button" ?disabled=${model.law?.draws === MANY_DRAWS}
        @click=${() => this.#verifyOften(model, MANY_DRAWS)}>${controls.more}</button>`;
  }

  async #verifyOften(model: VerifyAccept, draws: number): Promise<void> {
    const { measuredOften } = await import('./model.ts');
    if (this.model === model) this.model = measuredOften(model, draws);
  }
}

define('bl-verify-accept', VerifyAcceptElement);
