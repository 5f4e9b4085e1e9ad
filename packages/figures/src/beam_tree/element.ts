/**
 * `<bl-beam-tree>`: beams that merge into a prefix tree, one beam a step. Attributes: `preset`
 * starts it, `loop` ties it to the other figures of the loop, `embed` hides the controls.
 */
import { define, html, Stepper } from '../frame/figure-element.ts';
import type { ViewOptions } from '../frame/picture.ts';
import { LoopElement } from './loop-element.ts';
import { beamTreeMessages } from './messages.ts';
import type { BeamTree } from './model.ts';
import { BEAMS_MAX } from './presets.ts';
import type { LoopInput } from './step.ts';
import { type BeamTreeState, beamTreePicture } from './view.ts';

export class BeamTreeElement extends LoopElement<BeamTree, BeamTreeState> {
  static override figureName = 'beam-tree';

  #shown: LoopInput | null = null;
  #stepper = new Stepper(this, {
    count: () => (this.model?.step.beams ?? -1) + 1,
    at: () => Math.min(this.state?.merged ?? 0, this.model?.step.beams ?? 0),
    go: (merged) => {
      this.state = { merged: merged === this.model?.step.beams ? BEAMS_MAX : merged };
    },
    nameOf: (merged) =>
      beamTreeMessages[this.currentLanguage].merged(merged, this.model?.step.beams ?? 0),
    intervalMs: 900,
  });

  async loadMaker() {
    return (await import('./model.ts')).beamTreeModel;
  }

  treeOf(model: BeamTree): BeamTree {
    return model;
  }

  initialState(): BeamTreeState {
    return { merged: BEAMS_MAX };
  }

  /** The stage stays while the same beams widen or deepen. */
  override nextState({ step }: BeamTree, state: BeamTreeState): BeamTreeState {
    const { preset, typed } = step.input;
    const isSame = preset === this.#shown?.preset && typed === this.#shown.typed;
    this.#shown = step.input;
    return isSame ? state : this.initialState();
  }

  picture(model: BeamTree, state: BeamTreeState, options: ViewOptions) {
    return beamTreePicture(model, state, options);
  }

  override controls(model: BeamTree) {
    return html`${this.#stepper.render()}
      <div class="controls">${this.inputControls(model.step)}</div>`;
  }
}

define('bl-beam-tree', BeamTreeElement);
