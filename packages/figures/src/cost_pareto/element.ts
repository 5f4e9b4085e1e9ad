/** `<bl-cost-pareto>`: runs by two measures that the reader chooses. */
import { controlStyles } from '../acceptance_depth/control-style.ts';
import { define, FigureElement, html } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import { messages } from './messages.ts';
import type { CostPareto, ParetoMeasure } from './model.ts';
import { type CostParetoState, costParetoPicture, initialAxes } from './view.ts';

export class CostParetoElement extends FigureElement<CostPareto, CostParetoState> {
  static override figureName = 'cost-pareto';
  static override styles = controlStyles;

  override initialState(model: CostPareto): CostParetoState {
    return initialAxes(model);
  }

  override nextState(model: CostPareto, state: CostParetoState): CostParetoState {
    const { measures } = model;
    const isThere = measures.includes(state.x) && measures.includes(state.y);
    return isThere ? state : this.initialState(model);
  }

  override picture(model: CostPareto, state: CostParetoState, options: ViewOptions): Picture {
    return costParetoPicture(model, state, options);
  }

  override controls({ measures }: CostPareto, state: CostParetoState) {
    const words = messages[this.currentLanguage];
    const { controls } = words;
    const choose = (axis: 'x' | 'y') => (event: Event) => {
      const measure = (event.target as HTMLSelectElement).value as ParetoMeasure;
      this.state = { ...state, [axis]: measure };
    };
    const list = (axis: 'x' | 'y', label: string) => html`<label>${label}
      <select @change=${choose(axis)}>${measures.map(
        (measure) =>
          html`<option value=${measure} ?selected=${measure === state[axis]}
            >${words.measure(measure)}</option>`,
      )}</select></label>`;
    const swap = () => {
      this.state = { x: state.y, y: state.x };
    };
    return html`<div class="controls" role="group" aria-label=${controls.title}>
      ${list('x', controls.x)} ${list('y', controls.y)}
      <button type="button" @click=${swap}>${controls.swap}</button>
    </div>`;
  }
}

define('bl-cost-pareto', CostParetoElement);
