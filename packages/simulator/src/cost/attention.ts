/**
 * Time of one layer's attention on one GPU, in closed form from a step's totals, so that the hot
 * path allocates nothing. Generation follows the record of kernels/tree_attention (a plain decode
 * is a tree of one row); context is causal flash attention over chunks.
 *
 * Example: 32 requests of 4,096 past tokens on an H100 with 32/8 heads of 128 in bf16 read 537 MB:
 * 167 µs at 0.958 of the bandwidth, about 196 µs with overhead and ramp; 190 µs is published.
 */
import { type Dtypes, emptyWork, treeAttention, type Work } from '@beamline/kernels';
import type { Hardware } from '../hardware/index.ts';
import type { Model } from '../model/index.ts';
import type { Origin } from '../run.ts';
import type { KvType } from '../scenario/scenario.ts';
import { norm4 } from './gemm.ts';
import type { Bound } from './ledger.ts';
import { type MeasuredRatios, originOf } from './measured.ts';

/** Heads as one GPU sees them. */
export interface AttentionGeometry {
  readonly heads: number;
  readonly kvHeads: number;
  /** Mean of the key's and the value's size: what a row multiplies per KV token, per head. */
  readonly headDim: number;
  /** The same for context, where latent attention works on expanded heads. */
  readonly contextHeadDim: number;
  readonly contextKvHeads: number;
  /** KV elements that are stored per token. */
  readonly storedElements: number;
}

/** Shards a model's heads; KV heads are repeated where there are more GPUs than heads. */
export function attentionGeometry(model: Model, tensorParallel: number): AttentionGeometry {
  const heads = model.heads / tensorParallel;
  const { latent } = model;
  if (latent !== null) {
    // Absorbed projections: every head reads the one latent vector (arXiv 2405.04434, section 2.1).
    const key = latent.kvRank + latent.ropeDim;
    return {
      heads,
      kvHeads: 1,
      headDim: (key + latent.kvRank) / 2,
      contextHeadDim: (latent.nopeDim + latent.ropeDim + latent.valueDim) / 2,
      contextKvHeads: heads,
      storedElements: key,
    };
  }
  const kvHeads = Math.max(1, Math.floor(model.kvHeads / tensorParallel));
  return {
    heads,
    kvHeads,
    headDim: model.headDim,
    contextHeadDim: model.headDim,
    contextKvHeads: kvHeads,
    storedElements: 2 * kvHeads * model.headDim,
  };
}

const QUERY_TILE = treeAttention.attributes.find(({ name }) => name === 'queryTile')!.value;

export class AttentionCost {
  /** What the last call moved and computed, per layer. */
  readonly work: Work = emptyWork();
  bound: Bound = 'launch';
  // Rates, so that a call reads plain fields: nanoseconds per byte, FLOP and exponential.
  readonly #nsPerByte: number;
  readonly #nsPerFlop: number;
  readonly #nsPerExp: number;
  readonly #rampNs: number;
  readonly #overheadNs: number;
  readonly #blockNs: number;
  readonly #rowsPerToken: number;
  readonly #unstoredBytes: number;
  readonly #hardware: Hardware;
  readonly #geometry: AttentionGeometry;
  readonly #kvBytes: number;
  readonly #dtypes: Dtypes;
  readonly #ratios: MeasuredRatios | null;
  readonly #axes: Record<
    | 'requests'
    | 'treeTokens'
    | 'kvTokens'
    | 'queryHeads'
    | 'kvHeads'
    | 'headDim'
    | 'tokensPerBlock',
    number
  >;

  constructor(
    hardware: Hardware,
    geometry: AttentionGeometry,
    kv: KvType,
    tokensPerBlock: number,
    ratios: MeasuredRatios | null,
  ) {
    const curve = hardware.generationAttention;
    this.#nsPerByte = 1e9 / (hardware.memoryBytesPerSecond * curve.memoryShare);
    this.#nsPerFlop = 1e9 / (hardware.bf16FlopPerSecond * curve.computeShare);
    this.#nsPerExp = 1e9 / hardware.expPerSecond;
    // Ramp and per-block time come from bytes in flight: narrow caches halve both.
    const narrow = kv === 'fp8' ? 0.5 : 1;
    this.#rampNs = curve.rampNs * narrow;
    this.#overheadNs = curve.overheadNs;
    this.#blockNs = geometry.kvHeads * curve.requestHeadNs * narrow;
    this.#rowsPerToken = geometry.heads / geometry.kvHeads / QUERY_TILE;
    // Latent attention stores one vector for keys and values together.
    const counted = 2 * geometry.kvHeads * geometry.headDim;
    this.#unstoredBytes = (counted - geometry.storedElements) * (kv === 'fp8' ? 1 : 2);
    this.#hardware = hardware;
    this.#geometry = geometry;
    this.#kvBytes = kv === 'fp8' ? 1 : 2;
    this.#dtypes = { float: 'bf16', kv };
    this.#ratios = ratios?.has('tree_attention') ? ratios : null;
    this.#axes = {
      requests: 0,
      treeTokens: 0,
      kvTokens: 0,
      queryHeads: geometry.heads,
      kvHeads: geometry.kvHeads,
      headDim: geometry.headDim,
      tokensPerBlock,
    };
  }

  /** Origin of the last generation time. */
  generationOrigin(): Origin {
    const { origin } = this.#hardware.generationAttention;
    return originOf(this.#ratios, 'tree_attention', origin);
  }

  /**
   * ns of one layer for `rows` rows of `requests` requests over `pastTokens` KV tokens before the
   * step.
   */
  generation(requests: number, rows: number, pastTokens: number): number {
    const { work } = this;
    const axes = this.#axes;
    axes.requests = requests;
    axes.treeTokens = rows;
    axes.kvTokens = pastTokens + rows;
    treeAttention.cost(axes, this.#dtypes, work);
    if (work.bytes === 0) return 0;
    work.bytes -= this.#unstoredBytes * axes.kvTokens;
    const ns = this.#generationNs(axes.requests, rows);
    const ratios = this.#ratios;
    if (ratios === null) return ns;
    return ns * ratios.ratio('tree_attention', axes);
  }

  #generationNs(requests: number, rows: number): number {
    const { work } = this;
    const streamed = work.bytes * this.#nsPerByte;
    const memory = streamed + (this.#rampNs * streamed) / (streamed + this.#rampNs || 1);
    const compute = work.flop * this.#nsPerFlop;
    const exps = work.exps * this.#nsPerExp;
    const tiles = Math.ceil((rows / requests) * this.#rowsPerToken);
    const blocks = requests * tiles * this.#blockNs;
    const busy = Math.max(compute, exps, blocks);
    const body = norm4(memory, busy);
    if (this.#overheadNs > body) this.bound = 'launch';
    else if (memory >= busy) this.bound = 'memory';
    else if (busy === compute) this.bound = 'compute';
    else this.bound = busy === exps ? 'exp' : 'launch';
    return this.#overheadNs + body;
  }

  /** ns of one layer for context chunks: `pairs` (token, visible token) pairs, causal. */
  context(tokens: number, pairs: number, kvTokens: number): number {
    const { work } = this;
    if (tokens === 0) {
      work.bytes = 0;
      work.flop = 0;
      return 0;
    }
    const hardware = this.#hardware;
    const curve = hardware.contextAttention;
    const { heads, contextHeadDim, contextKvHeads } = this.#geometry;
    const rows = 2 * tokens * heads * contextHeadDim * 2;
    work.bytes = rows + 2 * kvTokens * contextKvHeads * contextHeadDim * this.#kvBytes;
    work.flop = 4 * heads * contextHeadDim * (pairs + tokens * curve.paddedRows);
    const bandwidth = hardware.memoryBytesPerSecond * hardware.streamShare * 1e-9;
    const memory = work.bytes / bandwidth;
    const compute = work.flop / (hardware.bf16FlopPerSecond * curve.computeShare * 1e-9);
    this.bound = compute > memory ? 'compute' : 'memory';
    if (curve.overheadNs > compute + memory) this.bound = 'launch';
    return curve.overheadNs + memory + compute;
  }
}
