/** `<bl-quantile-plot>`: recorded latencies against simulated ones, quantile by quantile. */
import { define, FigureElement } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import type { QuantilePlot } from './model.ts';
import { quantilePlotPicture } from './view.ts';

export class QuantilePlotElement extends FigureElement<QuantilePlot, null> {
  static override figureName = 'quantile-plot';

  override initialState(): null {
    return null;
  }

  override picture(model: QuantilePlot, _state: null, options: ViewOptions): Picture {
    return quantilePlotPicture(model, options);
  }
}

define('bl-quantile-plot', QuantilePlotElement);
