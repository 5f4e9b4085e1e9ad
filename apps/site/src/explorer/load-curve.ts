import { LoadSpeedupElement } from '@beamline/figures/load_speedup';
import type { PropertyValues } from 'lit';

/**
 * The load curve as the explorer has it: it tells the page where the reader's own load was dragged
 * to, by pointer, slider or key, and where it was let go. The page holds the load.
 */
export interface LoadMove {
  load: number;
}

export class LoadCurveElement extends LoadSpeedupElement {
  static override figureName = 'load-curve';

  override updated(changed?: PropertyValues): void {
    super.updated();
    if (changed === undefined || !changed.has('state') || changed.has('model')) return;
    const load = this.state?.load ?? null;
    if (load === null) return;
    const detail: LoadMove = { load };
    this.dispatchEvent(new CustomEvent('bx-load', { detail, bubbles: true, composed: true }));
  }
}

if (customElements.get('bx-load-curve') === undefined) {
  customElements.define('bx-load-curve', LoadCurveElement);
}
