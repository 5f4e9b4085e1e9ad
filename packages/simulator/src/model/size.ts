/**
 * Sizes that follow from a model's shape: parameters, active parameters, bytes by precision, KV
 * bytes per token, and how many experts a batch of rows is expected to touch.
 */
import { pow } from '../base/exact-math.ts';
import type { KvType, WeightType } from '../scenario/scenario.ts';
import type { Model } from './model.ts';

const WEIGHT_BYTES: Readonly<Record<WeightType, number>> = { bf16: 2, fp8: 1, int8: 1, int4: 0.5 };
const KV_BYTES: Readonly<Record<KvType, number>> = { bf16: 2, fp8: 1 };

/** Parameters of one layer's attention, norms of latent attention included. */
export function attentionParameters(model: Model): number {
  const { hidden, heads, kvHeads, headDim, latent } = model;
  if (latent === null) {
    const inputs = (heads + 2 * kvHeads) * headDim;
    return hidden * inputs + heads * headDim * hidden + (model.attentionBias ? inputs : 0);
  }
  const queryDim = heads * (latent.nopeDim + latent.ropeDim);
  const query =
    latent.queryRank > 0
      ? hidden * latent.queryRank + latent.queryRank + latent.queryRank * queryDim
      : hidden * queryDim;
  const kv =
    hidden * (latent.kvRank + latent.ropeDim) +
    latent.kvRank +
    latent.kvRank * heads * (latent.nopeDim + latent.valueDim);
  return query + kv + heads * latent.valueDim * hidden;
}

/** Layers with a dense feed-forward, and layers with experts. */
export function layerKinds(model: Model): { dense: number; sparse: number } {
  if (model.experts === null) return { dense: model.layers, sparse: 0 };
  const dense = Math.min(model.layers, model.experts.denseLayers);
  return { dense, sparse: model.layers - dense };
}

export interface ParameterCount {
  /** All parameters; Llama 3.1 8B has 8.03e9. */
  total: number;
  /** Parameters that one token passes through, the output projection included. */
  active: number;
  /** Those of the transformer layers: what weight quantisation applies to. */
  layers: number;
  /** Input embedding, output projection (0 when tied) and the final norm: kept in 16 bits. */
  ends: number;
}

export function parametersOf(model: Model): ParameterCount {
  const { hidden, vocab, experts } = model;
  const kinds = layerKinds(model);
  const shared = attentionParameters(model) + 2 * hidden;
  const dense = 3 * hidden * model.intermediate;
  const expert = experts === null ? 0 : 3 * hidden * experts.intermediate;
  const router = experts === null ? 0 : hidden * experts.routed;
  const sharedExperts = experts === null ? 0 : experts.shared * expert;
  const sparse = experts === null ? 0 : router + sharedExperts + experts.routed * expert;
  const sparseActive = experts === null ? 0 : router + sharedExperts + experts.active * expert;
  const layers = model.layers * shared + kinds.dense * dense + kinds.sparse * sparse;
  const layersActive = model.layers * shared + kinds.dense * dense + kinds.sparse * sparseActive;
  const ends = vocab * hidden * (model.tied ? 1 : 2) + hidden;
  return { total: layers + ends, active: layersActive + ends, layers, ends };
}

/**
 * Bytes of all weights. Embedding and output projection stay in 16 bits; scales are not counted.
 */
export function weightBytesOf(model: Model, weights: WeightType): number {
  const { layers, ends } = parametersOf(model);
  return layers * WEIGHT_BYTES[weights] + ends * 2;
}

/**
 * KV bytes of one token over all layers and devices: latent attention keeps the compressed vector.
 */
export function kvBytesPerToken(model: Model, kv: KvType): number {
  const { latent } = model;
  const perLayer =
    latent === null ? 2 * model.kvHeads * model.headDim : latent.kvRank + latent.ropeDim;
  return model.layers * perLayer * KV_BYTES[kv];
}

/**
 * Expected number of distinct experts that `rows` rows touch when each picks `active` of `routed`
 * at random: E·(1 − (1 − k/E)^rows). Real routers are less even; the model says so where it is
 * shown.
 */
export function distinctExperts(routed: number, active: number, rows: number): number {
  if (rows <= 0) return 0;
  return routed * (1 - pow(1 - active / routed, rows));
}
