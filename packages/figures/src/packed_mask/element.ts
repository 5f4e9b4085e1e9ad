/**
 * `<bl-packed-mask>`: the packed row and its mask, linked with the tree; a switch shows the beams
 * without merging. Attributes: `preset` starts it, `loop` ties it to the other figures of the loop.
 */
import { LoopElement } from '../beam_tree/loop-element.ts';
import { define, html } from '../frame/figure-element.ts';
import type { ViewOptions } from '../frame/picture.ts';
import { packedMaskMessages } from './messages.ts';
import type { PackedMask } from './model.ts';
import { type PackedMaskState, packedMaskPicture } from './view.ts';

export class PackedMaskElement extends LoopElement<PackedMask, PackedMaskState> {
  static override figureName = 'packed-mask';

  async loadMaker() {
    return (await import('./model.ts')).packedMaskModel;
  }

  treeOf(model: PackedMask) {
    return model.tree;
  }

  initialState(): PackedMaskState {
    return { isNaive: false };
  }

  override nextState(_model: PackedMask, state: PackedMaskState): PackedMaskState {
    return state;
  }

  picture(model: PackedMask, state: PackedMaskState, options: ViewOptions) {
    return packedMaskPicture(model, state, options);
  }

  override controls(model: PackedMask, { isNaive }: PackedMaskState) {
    const { controls } = packedMaskMessages[this.currentLanguage];
    const choice = (naive: boolean, name: string) => html`<button type="button"
      aria-pressed=${naive === isNaive} @click=${() => {
        this.state = { isNaive: naive };
      }}>${name}</button>`;
    return html`<div class="controls">
      <span role="group" aria-label=${controls.packing}>${choice(true, controls.naive)}
        ${choice(false, controls.packed)}</span>
      ${this.inputControls(model.step)} ${this.stepControls(model.step)}</div>`;
  }
}

define('bl-packed-mask', PackedMaskElement);
