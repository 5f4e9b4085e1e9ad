/**
 * KV blocks over the steps: who holds how many, which of them only for draft tokens, which are
 * given back when drafts are rejected, which are shared, kept for reuse, evicted. Read from the
 * scheduler's own state, with the step planned and after its commit.
 *
 * Laws: blocks held, cached and free sum to the pool in every step; blocks are given back from the
 * draft tail alone; the pool is never exceeded.
 *
 * Example: blocks of 4 tokens, a request with 14 tokens of KV verifies 1 + 5 rows. Without drafts
 * it needs 4 blocks; with them 5, so its draft tail is 1. Of the drafts 1 is accepted: 16 tokens
 * fill 4 blocks, and the fifth is given back.
 */
import type {
  RequestState,
  SchedulerFactory,
  SchedulerOptions,
  SchedulerState,
} from '@beamline/scheduler';
import { oneOf, wholeOrNull } from '../in_flight_lanes/check-input.ts';
import { type DriveInput, type DrivenStep, drive } from '../in_flight_lanes/drive.ts';
import { type KvPresetName, kvCommon, kvPresetNames, kvPresets } from './presets.ts';

export interface KvBlocksInput {
  preset: KvPresetName;
  /** Blocks of the pool; null = as many as the preset has. */
  kvBlocks: number | null;
}

/** What one request holds in a step. Requests are numbered from 0. */
export interface KvHolding {
  request: number;
  phase: 'context' | 'generation';
  /** Blocks that no other request holds. */
  own: number;
  /** Of its own: those that it holds for draft tokens alone. */
  tail: number;
  /** Of the tail: those that the commit gives back, since their drafts were rejected. */
  rewound: number;
  /** Blocks that other requests hold too. */
  shared: number;
  /** Blocks found in the cache when it was admitted, in that step. */
  reused: number;
  isFinished: boolean;
}

export interface KvStep {
  /** In the order of the requests. */
  holdings: KvHolding[];
  /** Blocks that several requests hold, each counted once. */
  shared: number;
  /** Blocks that nobody holds, kept for reuse. */
  cached: number;
  free: number;
  used: number;
  /** Cached blocks whose content was lost to this step. */
  evicted: number;
  /** Requests paused by this step, and the blocks that they lost. */
  paused: { request: number; blocks: number }[];
  /** Requests that wait. */
  waiting: number[];
  /** Blocks that finished requests give back at the commit. */
  freed: number;
}

export interface KvBlocks {
  input: KvBlocksInput;
  choices: { presets: readonly KvPresetName[]; blocksMin: number; blocksMax: number };
  requests: number;
  options: SchedulerOptions;
  beams: number;
  draftLength: number;
  steps: KvStep[];
  /** The step in which most happens. */
  focusStep: number;
}

const STEPS_MAX = 96;
const BLOCKS_MAX = 40;

/** What is driven for an input; a test runs it through another scheduler. */
export function kvDriveInput({ preset, kvBlocks }: KvBlocksInput): DriveInput {
  const { requests, options } = kvPresets[preset];
  const complete = { ...kvCommon, ...options };
  return {
    requests,
    options: { ...complete, kvBlocks: kvBlocks ?? complete.kvBlocks },
    beams: 2,
    draftLength: 3,
    acceptance: 'chat',
    seed: 1,
    maxSteps: STEPS_MAX,
  };
}

/** Blocks without which the longest request could never run. */
function leastBlocks(preset: KvPresetName): number {
  const { requests } = kvPresets[preset];
  const longest = Math.max(...requests.map((one) => one.promptTokens + one.outputTokens));
  return Math.ceil(longest / kvCommon.tokensPerBlock);
}

/** Throws an input error for what is not offered. */
export function kvBlocks(
  given: Partial<KvBlocksInput>,
  createScheduler: SchedulerFactory,
): KvBlocks {
  const preset = oneOf('preset', given.preset ?? 'pauses', kvPresetNames);
  const pool = given.kvBlocks ?? null;
  const input: KvBlocksInput = {
    preset,
    kvBlocks: wholeOrNull('kvBlocks', pool, leastBlocks(preset), BLOCKS_MAX),
  };
  const driven = kvDriveInput(input);
  const steps: KvStep[] = [];
  let before: SchedulerState | null = null;
  for (const step of drive(driven, createScheduler)) {
    steps.push(kvStep(step, before));
    before = step.committed;
  }
  const most = Math.max(...steps.map(eventsOf));
  return {
    input,
    choices: {
      presets: kvPresetNames,
      blocksMin: leastBlocks(input.preset),
      blocksMax: BLOCKS_MAX,
    },
    requests: driven.requests.length,
    options: driven.options,
    beams: driven.beams,
    draftLength: driven.draftLength,
    steps,
    focusStep: steps.findIndex((step) => eventsOf(step) === most),
  };
}

function eventsOf({ holdings, paused, evicted }: KvStep): number {
  const rewound = holdings.reduce((sum, one) => sum + one.rewound + one.reused, 0);
  return rewound + 4 * paused.length + 2 * evicted;
}

function kvStep(step: DrivenStep, before: SchedulerState | null): KvStep {
  const { planned, committed, paused, waiting } = step;
  const { usedBlocks, cachedBlocks, freeBlocks } = planned;
  const holders = [...planned.active].sort((a, b) => a.id - b.id);
  const counts = new Map<number, number>();
  for (const block of holders.flatMap((one) => one.blocks)) {
    counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  const isOwn = (block: number) => counts.get(block) === 1;
  const holdings = holders.map((holder) => holdingOf(holder, isOwn, step));
  const after = new Set(committed.active.map(({ id }) => id));
  return {
    holdings,
    shared: [...counts.values()].filter((count) => count > 1).length,
    cached: cachedBlocks,
    // The scheduler counts cached blocks apart from those without content.
    free: freeBlocks,
    used: usedBlocks,
    evicted: before === null ? 0 : evictedBetween(before, planned),
    paused: paused.map((request) => ({
      request,
      blocks: before?.active.find(({ id }) => id === request)?.blocks.length ?? 0,
    })),
    waiting,
    freed: holdings.reduce((sum, one) => sum + (after.has(one.request) ? 0 : one.own), 0),
  };
}

function holdingOf(
  holder: RequestState,
  isOwn: (block: number) => boolean,
  step: DrivenStep,
): KvHolding {
  const { planned, committed } = step;
  const { tokensPerBlock } = planned.options;
  const { id, blocks } = holder;
  const context = step.context.find(({ request }) => request === id);
  const generation = step.generation.find(({ request }) => request === id);
  const own = blocks.filter(isOwn).length;
  const needed =
    generation === undefined
      ? blocks.length
      : Math.ceil((generation.kvTokens + 1) / tokensPerBlock);
  const kept = committed.active.find((one) => one.id === id)?.blocks.length;
  return {
    request: id,
    phase: holder.phase === 'generation' ? 'generation' : 'context',
    own,
    tail: blocks.length - needed,
    rewound: kept === undefined ? 0 : blocks.length - kept,
    shared: blocks.length - own,
    reused: Math.floor((context?.reusedTokens ?? 0) / tokensPerBlock),
    isFinished: kept === undefined,
  };
}

/** Cached blocks whose place holds something else now. */
function evictedBetween(before: SchedulerState, now: SchedulerState): number {
  return before.blocks.filter(({ inTree, refs, key }, i) => {
    if (!inTree || refs > 0) return false;
    const then = now.blocks[i];
    return then === undefined || !then.inTree || then.key !== key;
  }).length;
}
