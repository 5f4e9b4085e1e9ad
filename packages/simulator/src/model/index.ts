export { type Experts, type LatentAttention, type Model, modelNames, modelOf } from './model.ts';
export {
  attentionParameters,
  distinctExperts,
  kvBytesPerToken,
  layerKinds,
  type ParameterCount,
  parametersOf,
  weightBytesOf,
} from './size.ts';
