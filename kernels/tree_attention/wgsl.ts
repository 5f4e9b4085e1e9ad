/**
 * tree_attention in WGSL. `split` is built for few rows over long KV: blocks of rows that share a
 * KV head, keys in splits, as many workgroups as the lengths on the device ask for. `naive` takes
 * any head size and stands beside it as what the formula costs when written down.
 */
import { type FormSpec, forms, groupsFor, plainForms, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel, WgslPlan } from '../lib/wgsl/record.ts';
import type { Dtype } from '../record.ts';
import type { Case } from '../suite-record.ts';
import { largestPortableWgsl } from './largest_portable.wgsl.ts';
import { largestSubgroupWgsl } from './largest_subgroup.wgsl.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { treeAttention } from './operator.ts';
import { queriesPackedWgsl } from './queries_packed.wgsl.ts';
import { queriesPlainWgsl } from './queries_plain.wgsl.ts';
import { treeAttentionWgsl } from './tree_attention.wgsl.ts';

/** Lanes of the pass that lays items out. */
const GROUP = 64;
const QUADS = 4;
const ROWS = 4 * QUADS;
const LEAST_SPLIT = 512;

function sizesOf({ axes }: Case) {
  const { queryHeads, kvHeads, headDim, requests, treeTokens, maxPages, tokensPerBlock } =
    axes as Record<string, number>;
  return {
    queryHeads: queryHeads!,
    kvHeads: kvHeads!,
    headDim: headDim!,
    requests: requests!,
    treeTokens: treeTokens!,
    keysMost: maxPages! * tokensPerBlock!,
    group: kvHeads! === 0 ? 0 : queryHeads! / kvHeads!,
  };
}

/** How a workgroup shares a tile: a text for each size of heads, up to 64, 128, 256 and 512. */
interface Tile {
  readonly lanes: number;
  /** Of a lane. */
  readonly columns: number;
  readonly keys: number;
}

function tileOf(headDim: number): Tile {
  if (headDim <= 64) return { lanes: 32, columns: 2, keys: 4 };
  if (headDim <= 128) return { lanes: 32, columns: 4, keys: 4 };
  if (headDim <= 256) return { lanes: 64, columns: 4, keys: 2 };
  return { lanes: 128, columns: 4, keys: 1 };
}

/** Queries of 16 bits lie two to a word. */
function queryTexts(type: Dtype): string[] {
  if (type === 'fp32') return [queriesPlainWgsl];
  const widen = `fn widen4_q(x: vec4<u32>) -> vec4<f32> { return widen4_${type}(x); }`;
  return [widen, queriesPackedWgsl];
}

const KEYS_MOST = 128;
const LANES_MOST = 128;

function tileText(headDim: number): string {
  const { lanes, columns, keys } = tileOf(headDim);
  return [
    `const QUADS = ${QUADS}u;`,
    `const LANES = ${lanes}u;`,
    `const COLUMNS = ${columns}u;`,
    `const KEYS = ${keys}u;`,
  ].join('\n');
}

function plan(call: Case): WgslPlan {
  const { kvHeads, headDim, requests, treeTokens, keysMost, group } = sizesOf(call);
  if (treeTokens * kvHeads === 0) return { overrides: {}, passes: [], scratch: {} };
  // At most: a request's last block may be a part of one, and so may its last split.
  const blocks = Math.min(groupsFor(treeTokens * group, ROWS) + requests, treeTokens * group);
  const splits = Math.min(32, Math.max(1, groupsFor(keysMost, LEAST_SPLIT)));
  const items = (Math.min(splits, 4) * blocks + requests * splits) * kvHeads;
  const where = ['kv_lengths', 'offsets', 'schedule_in'];
  return {
    overrides: { GROUP },
    passes: [
      { entry: 'lay_out', uses: ['kv_lengths', 'offsets', 'schedule'], groups: 1 },
      { entry: 'stage', uses: ['q', ...where, 'queries'], groups: blocks * kvHeads },
      {
        entry: 'attend',
        uses: ['pages', 'page_table', 'words', ...where, 'queries_in', 'partial'],
        groups: { scratch: 'schedule', word: 0 },
      },
      { entry: 'combine', uses: [...where, 'partial_in', 'o', 'lse'], groups: blocks * kvHeads },
    ],
    scratch: {
      schedule: 4 * (4 + 2 * (requests + 1)),
      queries: 16 * blocks * kvHeads * headDim * QUADS,
      partial: 16 * items * (2 + headDim) * QUADS,
    },
  };
}

const split: FormSpec = {
  limits: {
    invocations: LANES_MOST,
    workgroupBytes: 16 * QUADS * (KEYS_MOST + LANES_MOST / 2 + 4) + 4 * KEYS_MOST + rowBytes(GROUP),
  },
  sources: ({ axes, dtypes }, form) => [
    tileText(axes['headDim']!),
    ...queryTexts(dtypes.float),
    treeAttentionWgsl,
    form === 'portable' ? largestPortableWgsl : largestSubgroupWgsl,
  ],
  refuse: (call) => {
    const { headDim, treeTokens, kvHeads } = sizesOf(call);
    if (treeTokens * kvHeads === 0) return null;
    if (headDim === 0 || headDim % 4 > 0)
      return `takes multiples of 4 as head size, not ${headDim}`;
    return null;
  },
  plan,
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: rowBytes(GROUP) },
  sources: [naiveWgsl],
  plan: (call) => {
    const { queryHeads, treeTokens } = sizesOf(call);
    const inputs = ['q', 'pages', 'page_table', 'kv_lengths', 'offsets', 'words'];
    const groups = groupsFor(treeTokens * queryHeads, 64);
    return {
      overrides: {},
      passes: [{ entry: 'naive', uses: [...inputs, 'o', 'lse'], groups }],
      scratch: {},
    };
  },
};

export const treeAttentionKernel: WgslKernel = {
  operator: treeAttention,
  params: {
    requests: 'u32',
    treeTokens: 'u32',
    queryHeads: 'u32',
    kvHeads: 'u32',
    group: 'u32',
    headDim: 'u32',
    tokensPerBlock: 'u32',
    maxPages: 'u32',
    mask_words: 'u32',
    lanes: 'u32',
    turns: 'u32',
    score_scale: 'f32',
    valueScale: 'f32',
  },
  values: (call) => {
    const { headDim, group } = sizesOf(call);
    const { scale, keyScale } = call.attributes as { scale: number; keyScale: number };
    return {
      group,
      lanes: tileOf(headDim).lanes,
      turns: tileOf(headDim).keys * QUADS,
      mask_words: Math.ceil(call.axes['maxTreeTokens']! / 32),
      score_scale: (scale || 1 / Math.sqrt(headDim || 1)) * keyScale * Math.LOG2E,
    };
  },
  scratch: { schedule: 'u32', queries: 'vec4<u32>', partial: 'vec4<f32>' },
  variants: [...forms('split', split), ...plainForms('naive', naive)],
};
