/**
 * The operators of transformer layers outside attention itself, and of the ends of a model: what
 * depends on the number of rows alone, and can therefore be kept in a table by rows.
 */
import { type Dtypes, kvAppend } from '@beamline/kernels';
import { distinctExperts, type Model } from '../model/index.ts';
import type { WeightType } from '../scenario/scenario.ts';
import type { AttentionGeometry } from './attention.ts';
import type { Ledger } from './ledger.ts';
import type { Pricer } from './pricer.ts';

export interface LayerSetting {
  readonly model: Model;
  readonly geometry: AttentionGeometry;
  readonly weights: WeightType;
  readonly dtypes: Dtypes;
  readonly tensorParallel: number;
  /** Put before operator names: '' for the target, 'draft_' for a drafter. */
  readonly prefix: string;
  /** Attention input in units of H: 2 for EAGLE-3, else 1. */
  readonly attentionInputs: number;
}

function attentionProjections(
  ledger: Ledger,
  pricer: Pricer,
  setting: LayerSetting,
  rows: number,
  count: number,
): void {
  const { model, geometry, weights, dtypes, prefix } = setting;
  const { hidden, latent } = model;
  if (latent === null) {
    const inputs = (geometry.heads + 2 * geometry.kvHeads) * model.headDim;
    const inner = hidden * setting.attentionInputs;
    pricer.gemm(ledger, `${prefix}gemm_qkv`, weights, rows, inputs, inner, count);
    pricer.stream(ledger, `${prefix}rotary`, 4 * rows * geometry.heads * model.headDim, count, 0);
  } else {
    const { queryRank, kvRank, ropeDim, nopeDim, valueDim } = latent;
    const queries = geometry.heads * (nopeDim + ropeDim);
    const down = kvRank + ropeDim + queryRank;
    pricer.gemm(ledger, `${prefix}gemm_latent_down`, weights, rows, down, hidden, count);
    const queryInner = queryRank > 0 ? queryRank : hidden;
    pricer.gemm(ledger, `${prefix}gemm_query_up`, weights, rows, queries, queryInner, count);
    const expanded = geometry.heads * (nopeDim + valueDim);
    pricer.gemm(ledger, `${prefix}gemm_kv_up`, weights, rows, expanded, kvRank, count);
    pricer.stream(ledger, `${prefix}rotary`, 4 * rows * geometry.heads * ropeDim, count, 0);
  }
  const axes = {
    treeTokens: rows,
    kvHeads: geometry.kvHeads,
    headDim: geometry.storedElements / 2 / geometry.kvHeads,
  };
  pricer.operator(ledger, kvAppend, axes, dtypes, count);
  const outputs = geometry.heads * (latent === null ? model.headDim : latent.valueDim);
  pricer.gemm(ledger, `${prefix}gemm_output`, weights, rows, hidden, outputs, count);
}

function denseFeedForward(
  ledger: Ledger,
  pricer: Pricer,
  setting: LayerSetting,
  rows: number,
  width: number,
  count: number,
): void {
  const { model, weights, prefix } = setting;
  pricer.gemm(ledger, `${prefix}gemm_gate_up`, weights, rows, 2 * width, model.hidden, count);
  pricer.stream(ledger, `${prefix}activation`, 6 * rows * width, count);
  pricer.gemm(ledger, `${prefix}gemm_down`, weights, rows, model.hidden, width, count);
}

function expertFeedForward(
  ledger: Ledger,
  pricer: Pricer,
  setting: LayerSetting,
  rows: number,
  count: number,
): void {
  const { model, weights, prefix, tensorParallel } = setting;
  const experts = model.experts!;
  const width = experts.intermediate / tensorParallel;
  const { hidden } = model;
  const picked = rows * experts.active;
  const touched = distinctExperts(experts.routed, experts.active, rows);
  pricer.gemm(ledger, `${prefix}gemm_router`, 'bf16', rows, experts.routed, hidden, count);
  pricer.stream(ledger, `${prefix}route`, 8 * rows * experts.routed + 2 * picked * hidden, count);
  const name = `${prefix}gemm_experts`;
  pricer.gemm(ledger, `${name}_gate_up`, weights, picked, 2 * width, hidden, count, touched);
  pricer.stream(ledger, `${prefix}activation`, 6 * picked * width, count);
  pricer.gemm(ledger, `${name}_down`, weights, picked, hidden, width, count, touched);
  pricer.stream(ledger, `${prefix}combine`, 2 * (picked + rows) * hidden, count);
  if (experts.shared > 0) {
    denseFeedForward(ledger, pricer, setting, rows, experts.shared * width, count);
  }
}

/**
 * Enters `dense` layers with a dense and `sparse` layers with an expert feed-forward, for `rows`
 * rows.
 */
export function layers(
  ledger: Ledger,
  pricer: Pricer,
  setting: LayerSetting,
  rows: number,
  dense: number,
  sparse: number,
): void {
  if (rows === 0) return;
  const { model, prefix, tensorParallel } = setting;
  const count = dense + sparse;
  // Norm fused with the residual: reads both, writes both.
  pricer.stream(ledger, `${prefix}norm`, 8 * rows * model.hidden, 2 * count);
  attentionProjections(ledger, pricer, setting, rows, count);
  if (dense > 0) {
    denseFeedForward(ledger, pricer, setting, rows, model.intermediate / tensorParallel, dense);
  }
  if (sparse > 0) expertFeedForward(ledger, pricer, setting, rows, sparse);
  const message = 2 * rows * model.hidden;
  pricer.allReduce(ledger, `${prefix}all_reduce`, message, tensorParallel, 2 * count);
}

/** Output projection of `rows` rows, sharded by vocabulary, logits gathered on every GPU. */
export function outputProjection(
  ledger: Ledger,
  pricer: Pricer,
  name: string,
  rows: number,
  vocab: number,
  inner: number,
  tensorParallel: number,
): void {
  const columns = Math.ceil(vocab / tensorParallel);
  pricer.gemm(ledger, name, 'bf16', rows, columns, inner);
  pricer.allGather(ledger, `${name}_gather`, 2 * rows * vocab, tensorParallel);
}
