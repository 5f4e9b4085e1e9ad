/**
 * Batches as lessons: each preset is a rule for its requests, the scheduler's options and the step
 * that it is about. Prompts and outputs are short, so that a row can be counted.
 */
import type { SchedulerOptions } from '@beamline/scheduler';
import type { DrivenRequest, DrivenStep } from './drive.ts';

export const presetNames = [
  'mixed',
  'all-context',
  'all-generation',
  'empty-context',
  'empty-generation',
  'chunked',
  'paused',
] as const;

export type PresetName = (typeof presetNames)[number];

export interface Preset {
  /** Requests without a number given. */
  count: number;
  request: (index: number) => DrivenRequest;
  options: Partial<SchedulerOptions>;
  /** Whether a step shows what the preset is about; the first one that does is selected. */
  shows: (step: DrivenStep) => boolean;
}

export const REQUESTS_MAX = 12;

const common: SchedulerOptions = {
  maxBatchSize: REQUESTS_MAX,
  maxNumTokens: 64,
  maxQueuedRequests: REQUESTS_MAX,
  tokensPerBlock: 4,
  kvBlocks: 256,
  capacityPolicy: 'guaranteed-no-evict',
  contextChunking: 'off',
  blockReuse: false,
  maxDraftTokens: 6,
};

const prompts = [14, 9, 18, 11, 7, 16, 12, 8, 15, 10, 13, 6];
const outputs = [18, 12, 15, 21, 10, 14, 17, 9, 20, 13, 11, 16];
const longPrompts = [52, 9, 40, 12, 8, 36, 10, 7, 44, 11, 9, 30];

function together(index: number): DrivenRequest {
  return { promptTokens: prompts[index]!, outputTokens: outputs[index]!, arrivesAt: 0 };
}

/** Each a step and a half after the one before. */
function staggered(index: number): DrivenRequest {
  return { ...together(index), arrivesAt: Math.floor(index * 1.5) };
}

const isAllContext = (step: DrivenStep) => step.context.length > 0 && step.generation.length === 0;
const isAllGeneration = (step: DrivenStep) =>
  step.context.length === 0 && step.generation.length > 0;

export const presets: Record<PresetName, Preset> = {
  mixed: {
    count: 6,
    request: staggered,
    options: {},
    shows: ({ context, generation }) => context.length > 0 && generation.length > 1,
  },
  'all-context': { count: 5, request: together, options: {}, shows: isAllContext },
  'all-generation': { count: 5, request: together, options: {}, shows: isAllGeneration },
  'empty-context': { count: 1, request: together, options: {}, shows: isAllGeneration },
  'empty-generation': { count: 1, request: together, options: {}, shows: isAllContext },
  chunked: {
    count: 5,
    request: (index) => ({ ...staggered(index), promptTokens: longPrompts[index]! }),
    options: { maxNumTokens: 24, contextChunking: 'first-come-first-served' },
    shows: ({ context, generation }) =>
      generation.length > 0 && context.some(({ isLast }) => !isLast),
  },
  paused: {
    count: 4,
    request: (index) => ({ ...together(index), outputTokens: outputs[index]! + 8 }),
    options: { kvBlocks: 18, capacityPolicy: 'max-utilization' },
    shows: ({ paused }) => paused.length > 0,
  },
};

/** The scheduler's options of a preset, complete. */
export function optionsOf(name: PresetName): SchedulerOptions {
  return { ...common, ...presets[name].options };
}
