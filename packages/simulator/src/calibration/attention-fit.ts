/**
 * Attention of one kernel on one GPU from measured times. The measured operator rotates and appends
 * too, which the cost model has as lines of its own: their time is added to what the curve gives.
 */
import { kvAppend } from '@beamline/kernels';
import { AttentionCost, type AttentionGeometry } from '../cost/attention.ts';
import { Ledger } from '../cost/ledger.ts';
import { Pricer } from '../cost/pricer.ts';
import type { Hardware, HeadSharing } from '../hardware/index.ts';
import type { KvType } from '../scenario/scenario.ts';
import type { Figures, Subject } from './curve-fit.ts';
import type { MeasuredTable } from './measured-table.ts';

export interface AttentionRow {
  readonly requests: number;
  /** Past tokens of each request in generation, prompt tokens of each in context. */
  readonly tokens: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Time of rotation and append, which other lines of the model bear. */
  readonly appendNs: number;
  readonly ns: number;
}

const HEAD_DIM = 128;
/** One query tile holds as many heads; the tables go beyond, models do not. */
const MOST_HEADS_PER_KV = 16;
/** Generation over a shorter past than this is a launch and nothing else. */
const LEAST_PAST = 63;

/** Which rows of the tables: as the columns spell them; absent columns are bf16. */
export interface AttentionTypes {
  readonly attention: string;
  readonly cache: string;
}

export function attentionRows(
  table: MeasuredTable,
  hardware: Hardware,
  phase: 'context' | 'generation',
  kv: KvType,
  types: AttentionTypes,
): AttentionRow[] {
  const pricer = new Pricer(hardware, null);
  const isContext = phase === 'context';
  return table.map((row) => {
    if (table.text(row, 'head_dim', '128') !== String(HEAD_DIM)) return null;
    if (table.text(row, 'window_size', '0') !== '0') return null;
    if (table.text(row, 'kv_cache_dtype', 'bfloat16') !== types.cache) return null;
    if (table.text(row, 'attn_dtype', types.attention) !== types.attention) return null;
    const requests = table.number(row, 'batch_size');
    const tokens = table.number(row, isContext ? 'isl' : 'step');
    const heads = table.number(row, 'num_heads');
    const kvHeads = table.number(row, 'num_key_value_heads');
    if (heads / kvHeads > MOST_HEADS_PER_KV) return null;
    if (!isContext && tokens < LEAST_PAST) return null;
    const rows = isContext ? requests * tokens : requests;
    const appendNs = appendTime(pricer, rows, heads, kvHeads, kv);
    return {
      requests,
      tokens,
      heads,
      kvHeads,
      appendNs,
      ns: table.number(row, 'latency') * 1e6,
    };
  });
}

function appendTime(pricer: Pricer, rows: number, heads: number, kvHeads: number, kv: KvType) {
  const ledger = new Ledger(false);
  const axes = { treeTokens: rows, kvHeads, headDim: HEAD_DIM };
  pricer.operator(ledger, kvAppend, axes, { float: 'bf16', kv });
  pricer.stream(ledger, 'rotary', 4 * rows * heads * HEAD_DIM, 1, 0);
  return ledger.ns;
}

export const attentionKey = ({ requests, tokens, heads, kvHeads }: AttentionRow) =>
  `${requests} ${tokens} ${heads} ${kvHeads}`;

function geometryOf({ heads, kvHeads }: AttentionRow): AttentionGeometry {
  return {
    heads,
    kvHeads,
    headDim: HEAD_DIM,
    contextHeadDim: HEAD_DIM,
    contextKvHeads: kvHeads,
    storedElements: 2 * kvHeads * HEAD_DIM,
  };
}

/** Attention by the number of heads, all with the same figures. */
class AttentionByHeads {
  readonly #hardware: Hardware;
  readonly #kv: KvType;
  readonly #byHeads = new Map<number, AttentionCost>();

  constructor(hardware: Hardware, kv: KvType) {
    this.#hardware = hardware;
    this.#kv = kv;
  }

  of(row: AttentionRow): AttentionCost {
    const key = row.heads * 1024 + row.kvHeads;
    const known = this.#byHeads.get(key);
    if (known !== undefined) return known;
    const made = new AttentionCost(this.#hardware, geometryOf(row), this.#kv, 64, null);
    this.#byHeads.set(key, made);
    return made;
  }
}

const rowParts = {
  measuredNs: ({ ns }: AttentionRow) => ns,
  groupOf: ({ heads, kvHeads }: AttentionRow) => `${heads} ${kvHeads}`,
  axesOf: ({ requests, tokens, heads, kvHeads }: AttentionRow) => ({
    requests,
    tokens,
    heads,
    kvHeads,
  }),
};

export function generationSubject(
  hardware: Hardware,
  kv: KvType,
  sharing: HeadSharing,
): Subject<AttentionRow> {
  const withFigures = (figures: Figures): Hardware => {
    const { generationAttention: now } = hardware;
    const curve = { ...now.curves[kv][sharing], ...figures };
    const ofType = { ...now.curves[kv], [sharing]: curve };
    const curves = { ...now.curves, [kv]: ofType };
    return { ...hardware, generationAttention: { ...now, curves } };
  };
  return {
    ...rowParts,
    free: {
      overheadNs: { start: 8000, least: 500, most: 40_000 },
      memoryShare: { start: 0.8, least: 0.3, most: 1 },
      rampNs: { start: 10_000, least: 1, most: 200_000 },
      rampBlocks: { start: 1, least: 0.05, most: 16 },
      requestHeadNs: { start: 20, least: 0.1, most: 400 },
      walkNs: { start: 3000, least: 1, most: 100_000 },
      walkTokens: { start: 100, least: 10, most: 100_000 },
      splitNs: { start: 20, least: 0.1, most: 400 },
    },
    predictor: (figures) => {
      const attention = new AttentionByHeads(withFigures(figures), kv);
      return (row) => {
        const { requests, tokens } = row;
        const ns = attention.of(row).generation(requests, requests, requests * tokens);
        return ns + row.appendNs;
      };
    },
  };
}

export function contextSubject(hardware: Hardware, kv: KvType): Subject<AttentionRow> {
  const withFigures = (figures: Figures): Hardware => {
    const { contextAttention: now } = hardware;
    const curves = { ...now.curves, [kv]: { ...now.curves[kv], ...figures } };
    return { ...hardware, contextAttention: { ...now, curves } };
  };
  return {
    ...rowParts,
    free: {
      overheadNs: { start: 10_000, least: 500, most: 40_000 },
      memoryShare: { start: 0.6, least: 0.1, most: 1 },
      computeShare: { start: 0.6, least: 0.2, most: 1.8 },
      paddedRows: { start: 60, least: 0.5, most: 1000 },
    },
    predictor: (figures) => {
      const attention = new AttentionByHeads(withFigures(figures), kv);
      return (row) => {
        const all = row.requests * row.tokens;
        const pairs = (all * (row.tokens + 1)) / 2;
        return attention.of(row).context(row.requests, all, pairs, all) + row.appendNs;
      };
    },
  };
}
