/**
 * Figures: pure models over runs and operators, pure views as SVG and HTML text; nothing here
 * touches a document. `@beamline/figures/<figure>` registers a figure's element.
 */

export { loopStep } from './beam_tree/loop.ts';
export { type BeamTree, beamTreeModel, beamTreeOf } from './beam_tree/model.ts';
export { type PresetName, presetNames } from './beam_tree/presets.ts';
export { type LoopInput, type LoopStep, loopInput } from './beam_tree/step.ts';
export { type BeamTreeState, beamTreePicture } from './beam_tree/view.ts';
export * from './frame/index.ts';
export { finding, intervalText, loadText, speedupMeasures } from './load_speedup/messages.ts';
export {
  type Crossover,
  defaultMeasure,
  type EnvelopePoint,
  type LoadPoint,
  type LoadSeries,
  type LoadSpeedup,
  type LoadUnit,
  loadOf,
  loadSpeedup,
  type SpeedupMeasure,
} from './load_speedup/model.ts';
export { draftLabel } from './load_speedup/series-key.ts';
export { type LoadSpeedupState, loadSpeedupPicture } from './load_speedup/view.ts';
export { escapeText } from './markup.ts';
export { numberText } from './numbers.ts';
export { type PackedMask, packedMaskModel, packedMaskOf } from './packed_mask/model.ts';
export { type PackedMaskState, packedMaskPicture } from './packed_mask/view.ts';
export { figureStyle, themeStyle, themes } from './palette.ts';
export { scatterFinding } from './prediction_scatter/messages.ts';
export {
  type PredictionScatter,
  predictionScatter,
  type ScatterSeries,
} from './prediction_scatter/model.ts';
export { predictionScatterPicture } from './prediction_scatter/view.ts';
export { finding as quantilePlotFinding, quantityNames } from './quantile_plot/messages.ts';
export {
  type QuantilePlot,
  type QuantilePoint,
  type QuantileSeries,
  quantilePlot,
} from './quantile_plot/model.ts';
export { quantilePlotPicture } from './quantile_plot/view.ts';
export {
  type EvidenceCells,
  evidenceCells,
  judgedRows,
  missedBy,
  type Verdict,
} from './validation/evidence.ts';
export { type EvidenceMessages, evidenceMessages } from './validation/messages.ts';
export { type VerifyAccept, verifyAcceptModel, verifyAcceptOf } from './verify_accept/model.ts';
export { type VerifyRule, verifyRules } from './verify_accept/rules.ts';
export { type VerifyAcceptState, verifyAcceptPicture } from './verify_accept/view.ts';
