/** Figures: pure models over runs, pure views as SVG and HTML text. */

export { finding, intervalText, loadText } from './load_speedup/messages.ts';
export {
  type Crossover,
  defaultMeasure,
  type LoadPoint,
  type LoadSeries,
  type LoadSpeedup,
  loadOf,
  loadSpeedup,
  type SpeedupMeasure,
  speedupMeasures,
} from './load_speedup/model.ts';
export { draftLabel } from './load_speedup/series-key.ts';
export {
  loadSpeedupFigure,
  loadSpeedupSvg,
  loadSpeedupTable,
  type ViewOptions,
} from './load_speedup/view.ts';
export { escapeText } from './markup.ts';
export { numberText } from './numbers.ts';
export { figureStyle, themes } from './palette.ts';
export { scatterFinding } from './prediction_scatter/messages.ts';
export {
  type PredictionScatter,
  predictionScatter,
  type ScatterSeries,
} from './prediction_scatter/model.ts';
export {
  predictionScatterSvg,
  predictionScatterTable,
} from './prediction_scatter/view.ts';
export { finding as quantilePlotFinding } from './quantile_plot/messages.ts';
export {
  type QuantilePlot,
  type QuantilePoint,
  type QuantileSeries,
  quantilePlot,
  quantityNames,
} from './quantile_plot/model.ts';
export {
  type QuantilePlotOptions,
  quantilePlotFigure,
  quantilePlotSvg,
  quantilePlotTable,
} from './quantile_plot/view.ts';
