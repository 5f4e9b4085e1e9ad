/** `<bl-prediction-scatter>`: predictions over measurements, with a band of ten per cent. */
import { define, FigureElement } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import type { PredictionScatter } from './model.ts';
import { predictionScatterPicture } from './view.ts';

export class PredictionScatterElement extends FigureElement<PredictionScatter, null> {
  static override figureName = 'prediction-scatter';

  override initialState(): null {
    return null;
  }

  override picture(model: PredictionScatter, _state: null, options: ViewOptions): Picture {
    return predictionScatterPicture(model, options);
  }
}

define('bl-prediction-scatter', PredictionScatterElement);
