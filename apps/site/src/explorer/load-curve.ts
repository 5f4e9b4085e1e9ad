import { LoadSpeedupElement } from '@beamline/figures/load_speedup';
import { loadDomain } from '@beamline/figures/load_speedup/view';
import type { PropertyValues } from 'lit';

/**
 * The load curve as the explorer has it. The page holds the load and gives it as `load`; where the
 * reader drags the line, by pointer, slider or key, the page is told. Law: only a reader's move is
 * told, so that a line shown at the curve's end, because the load lies beyond it, moves nothing.
 */
export interface LoadMove {
  load: number;
}

export class LoadCurveElement extends LoadSpeedupElement {
  static override figureName = 'load-curve';
  static override properties = { ...LoadSpeedupElement.properties, load: { type: Number } };

  declare load: number;
  #given: object | null = null;

  constructor() {
    super();
    this.load = 1;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.model !== null && (changed.has('load') || changed.has('model'))) {
      const [least, greatest] = loadDomain(this.model.series);
      this.state = { load: Math.min(greatest, Math.max(least, this.load)) };
      this.#given = this.state;
    }
    super.willUpdate(changed);
  }

  protected override updated(changed?: PropertyValues): void {
    super.updated();
    if (changed?.has('state') !== true || this.state === this.#given) return;
    const load = this.state?.load ?? null;
    if (load === null) return;
    const detail: LoadMove = { load };
    this.dispatchEvent(new CustomEvent('bx-load', { detail, bubbles: true, composed: true }));
  }
}

if (customElements.get('bx-load-curve') === undefined) {
  customElements.define('bx-load-curve', LoadCurveElement);
}
