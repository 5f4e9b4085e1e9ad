/**
 * Time of one layer's attention on one GPU, in closed form from a step's totals, so that the hot
 * path allocates nothing. Generation follows the record of kernels/tree_attention (a plain decode
 * is a tree of one row); context is causal flash attention over chunks.
 *
 * Example: 32 requests of 4,096 past tokens on an H100 with 32/8 heads of 128 in bf16 read 537 MB:
 * 166 µs at 0.966 of the bandwidth, about 198 µs with overhead and ramp; 190 µs is published.
 */
import { type Dtypes, emptyWork, treeAttention, type Work } from '@beamline/kernels';
import type { ContextCurve, GenerationCurve, Hardware } from '../hardware/index.ts';
import type { Model } from '../model/index.ts';
import type { Origin } from '../run.ts';
import type { KvType } from '../scenario/scenario.ts';
import { originAt } from './extrapolation.ts';
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
  readonly #curve: GenerationCurve;
  readonly #contextCurve: ContextCurve;
  readonly #blockNs: number;
  /** Up to so many requests a short stream bears its whole ramp. */
  readonly #rampRequests: number;
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
    const sharing = geometry.heads > geometry.kvHeads ? 'grouped' : 'plain';
    const curve = hardware.generationAttention.curves[kv][sharing];
    this.#curve = curve;
    this.#contextCurve = hardware.contextAttention.curves[kv];
    this.#nsPerByte = 1e9 / (hardware.memoryBytesPerSecond * curve.memoryShare);
    const { computeShare } = hardware.generationAttention;
    this.#nsPerFlop = 1e9 / (hardware.bf16FlopPerSecond * computeShare);
    this.#nsPerExp = 1e9 / hardware.expPerSecond;
    this.#blockNs = geometry.kvHeads * curve.requestHeadNs;
    this.#rampRequests = (curve.rampBlocks * hardware.multiprocessors) / geometry.kvHeads;
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
    const { requests, kvTokens } = this.#axes;
    const { heads, kvHeads } = this.#geometry;
    const sharing = heads > kvHeads ? 'grouped' : 'plain';
    const operator = `generationAttention.${this.#dtypes.kv}.${sharing}`;
    const axes = { requests, tokens: kvTokens / requests, heads, kvHeads };
    const fitted = originAt(this.#hardware, operator, this.#curve.origin, axes);
    return originOf(this.#ratios, 'tree_attention', fitted);
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
    const ns = this.#generationNs(requests, rows, pastTokens / requests);
    const ratios = this.#ratios;
    if (ratios === null) return ns;
    return ns * ratios.ratio('tree_attention', axes);
  }

  #generationNs(requests: number, rows: number, past: number): number {
    const { work } = this;
    const { overheadNs, rampNs, walkNs, walkTokens, splitNs } = this.#curve;
    const streamed = work.bytes * this.#nsPerByte;
    // Falls slower than the stream grows, so that more requests never take less time.
    const few = Math.min(1, this.#rampRequests / requests);
    const memory = streamed + (few * few * rampNs * streamed) / (streamed + rampNs || 1);
    // Split in s parts, a past takes a·past/s to walk and b·s to add up: 2·√(a·b·past) at best.
    const walk = (walkNs * past) / (past + walkTokens || 1) + splitNs * Math.sqrt(past);
    const compute = work.flop * this.#nsPerFlop;
    const exps = work.exps * this.#nsPerExp;
    const tiles = Math.ceil((rows / requests) * this.#rowsPerToken);
    const blocks = requests * tiles * this.#blockNs;
    const busy = Math.max(compute, exps, blocks);
    const m2 = memory * memory;
    const w2 = walk * walk;
    const b2 = busy * busy;
    const body = Math.sqrt(Math.sqrt(m2 * m2 + w2 * w2 + b2 * b2));
    if (overheadNs > body || walk > Math.max(memory, busy)) this.bound = 'launch';
    else if (memory >= busy) this.bound = 'memory';
    else if (busy === compute) this.bound = 'compute';
    else this.bound = busy === exps ? 'exp' : 'launch';
    return overheadNs + body;
  }

  /** Origin of the time of `chunks` chunks of `tokens` tokens in all. */
  contextOrigin(chunks: number, tokens: number): Origin {
    const { heads, contextKvHeads } = this.#geometry;
    const axes = { requests: chunks, tokens: tokens / chunks, heads, kvHeads: contextKvHeads };
    const operator = `contextAttention.${this.#dtypes.kv}`;
    return originAt(this.#hardware, operator, this.#contextCurve.origin, axes);
  }

  /**
   * ns of one layer for context chunks: `pairs` (token, visible token) pairs, causal. Each chunk's
   * last tile of query rows is full of padding on average as much as the mean chunk's.
   */
  context(chunks: number, tokens: number, pairs: number, kvTokens: number): number {
    const { work } = this;
    if (tokens === 0) {
      work.bytes = 0;
      work.flop = 0;
      return 0;
    }
    const hardware = this.#hardware;
    const curve = this.#contextCurve;
    const { tileRows } = hardware.contextAttention;
    const { heads, contextHeadDim, contextKvHeads } = this.#geometry;
    const rows = 2 * tokens * heads * contextHeadDim * 2;
    work.bytes = rows + 2 * kvTokens * contextKvHeads * contextHeadDim * this.#kvBytes;
    const padded = chunks * Math.ceil(tokens / chunks / tileRows) * tileRows;
    const perPair = 4 * heads * contextHeadDim;
    work.flop = perPair * (pairs + tokens * curve.paddedRows);
    const bandwidth = hardware.memoryBytesPerSecond * curve.memoryShare * 1e-9;
    const memory = work.bytes / bandwidth;
    const rate = hardware.bf16FlopPerSecond * curve.computeShare * 1e-9;
    const compute = (perPair * (pairs * (padded / tokens) + padded * curve.paddedRows)) / rate;
    this.bound = compute > memory ? 'compute' : 'memory';
    if (curve.overheadNs > compute + memory) this.bound = 'launch';
    return curve.overheadNs + memory + compute;
  }
}
