/** Pools as lessons: requests, policy and pool of each preset. */
import type { SchedulerOptions } from '@beamline/scheduler';
import type { DrivenRequest } from '../in_flight_lanes/drive.ts';

export const kvPresetNames = ['rewinds', 'waits', 'pauses', 'reuses'] as const;

export type KvPresetName = (typeof kvPresetNames)[number];

export interface KvPreset {
  requests: readonly DrivenRequest[];
  options: Partial<SchedulerOptions>;
}

/** [prompt tokens, output tokens, arrives at step] of four requests that compete for the pool. */
const competing = (
  [
    [14, 26, 0],
    [9, 20, 0],
    [18, 23, 0],
    [11, 29, 0],
  ] as const
).map(([promptTokens, outputTokens, arrivesAt]) => ({ promptTokens, outputTokens, arrivesAt }));

/** The same instructions before every prompt. */
const alike = (
  [
    [22, 18, 0],
    [18, 14, 3],
    [27, 16, 5],
    [20, 20, 9],
    [24, 12, 14],
  ] as const
).map(([promptTokens, outputTokens, arrivesAt]) => ({
  promptTokens,
  outputTokens,
  arrivesAt,
  sharedTokens: 12,
}));

export const kvPresets: Record<KvPresetName, KvPreset> = {
  rewinds: { requests: competing.slice(0, 2), options: { kvBlocks: 20 } },
  waits: { requests: competing, options: { kvBlocks: 18 } },
  pauses: {
    requests: competing,
    options: { kvBlocks: 18, capacityPolicy: 'max-utilization' },
  },
  reuses: {
    requests: alike,
    options: { kvBlocks: 20, blockReuse: true, capacityPolicy: 'max-utilization' },
  },
};

export const kvCommon: SchedulerOptions = {
  maxBatchSize: 8,
  maxNumTokens: 96,
  maxQueuedRequests: 8,
  tokensPerBlock: 4,
  kvBlocks: 18,
  capacityPolicy: 'guaranteed-no-evict',
  contextChunking: 'off',
  blockReuse: false,
  maxDraftTokens: 6,
};
