/**
 * In-flight batching as lanes: which request runs in which step, in which phase, with how many
 * rows; and of every step the split into its two phases. All of it is the scheduler's own plan.
 *
 * Laws: the rows of a step are those of its plan and within its limit; a request stands at most
 * once in a step; split and merge are inverse, also where one phase is empty.
 *
 * Example: two requests arrive together, prompts of 14 and 9 tokens. Step 1 is all context, 23
 * rows; its generation tensors have 0 rows. Step 2 is all generation, and context has 0 rows.
 */
import type { SchedulerFactory, SchedulerOptions } from '@beamline/scheduler';
import { oneOf, wholeOrNull } from './check-input.ts';
import {
  type ContextRun,
  type DriveInput,
  type DrivenStep,
  drive,
  type GenerationRun,
} from './drive.ts';
import { optionsOf, type PresetName, presetNames, presets, REQUESTS_MAX } from './presets.ts';

export interface InFlightLanesInput {
  preset: PresetName;
  /** Null = as many as the preset has. */
  requests: number | null;
}

export interface Lane {
  promptTokens: number;
  outputTokens: number;
  /** Steps from 0; the last one it runs in, null where the steps end before it does. */
  arrivesAt: number;
  finishedAt: number | null;
}

/** The step's requests in the order of the batch, and where the split puts them. */
export interface PhaseSplit {
  /** Requests in the order of the batch. */
  batch: number[];
  /** Rows of each. */
  rows: number[];
  /** 0 = context, 1 = generation. */
  types: number[];
  /** Places in the batch, context first: what split_phases gives. */
  split: number[];
  /** Place of each request of the batch in that order: what merge_phases gives. */
  merge: number[];
}

export interface LaneStep {
  context: ContextRun[];
  generation: GenerationRun[];
  paused: number[];
  waiting: number[];
  /** Started requests that the limits leave out of this step. */
  held: number[];
  contextRows: number;
  generationRows: number;
  phases: PhaseSplit;
}

export interface InFlightLanes {
  input: InFlightLanesInput;
  choices: { presets: readonly PresetName[]; requestsMax: number };
  requests: number;
  options: SchedulerOptions;
  beams: number;
  draftLength: number;
  lanes: Lane[];
  steps: LaneStep[];
  /** The step that the preset is about. */
  focusStep: number;
}

const STEPS_MAX = 64;

/** What is driven for an input; a test runs it through another scheduler. */
export function driveInputOf({ preset, requests }: InFlightLanesInput): DriveInput {
  const { count, request } = presets[preset];
  return {
    requests: Array.from({ length: requests ?? count }, (_, i) => request(i)),
    options: optionsOf(preset),
    beams: 2,
    draftLength: 3,
    acceptance: 'chat',
    seed: 1,
    maxSteps: STEPS_MAX,
  };
}

/** Throws an input error for what is not offered. */
export function inFlightLanes(
  given: Partial<InFlightLanesInput>,
  createScheduler: SchedulerFactory,
): InFlightLanes {
  const { preset = 'mixed', requests = null } = given;
  const input: InFlightLanesInput = {
    preset: oneOf('preset', preset, presetNames),
    requests: wholeOrNull('requests', requests, 1, REQUESTS_MAX),
  };
  const driven = driveInputOf(input);
  const { shows } = presets[input.preset];
  const steps: LaneStep[] = [];
  let focusStep = -1;
  for (const step of drive(driven, createScheduler)) {
    if (focusStep < 0 && shows(step)) focusStep = step.step;
    steps.push(laneStep(step));
  }
  return {
    input,
    choices: { presets: presetNames, requestsMax: REQUESTS_MAX },
    requests: driven.requests.length,
    options: driven.options,
    beams: driven.beams,
    draftLength: driven.draftLength,
    lanes: driven.requests.map(({ promptTokens, outputTokens, arrivesAt }, request) => {
      const finishedAt = steps.findIndex((step) => finishes(step, request));
      const end = finishedAt < 0 ? null : finishedAt;
      return { promptTokens, outputTokens, arrivesAt, finishedAt: end };
    }),
    steps,
    focusStep: Math.max(0, focusStep),
  };
}

function finishes({ context, generation }: LaneStep, request: number): boolean {
  return [...context, ...generation].some((run) => run.request === request && run.isFinished);
}

function laneStep(step: DrivenStep): LaneStep {
  const { context, generation, paused, waiting, planned } = step;
  const running = new Set([...context, ...generation].map(({ request }) => request));
  const started = planned.active.map(({ id }) => id);
  return {
    context,
    generation,
    paused,
    waiting,
    held: started.filter((id) => !running.has(id)).sort((a, b) => a - b),
    contextRows: context.reduce((sum, { tokens }) => sum + tokens, 0),
    generationRows: generation.reduce((sum, { rows }) => sum + rows, 0),
    phases: splitOf(context, generation),
  };
}

/** A request keeps its place in the batch, so the batch is in the order of the requests. */
function splitOf(context: readonly ContextRun[], generation: readonly GenerationRun[]): PhaseSplit {
  const members = [
    ...context.map(({ request, tokens }) => ({ request, rows: tokens, type: 0 })),
    ...generation.map(({ request, rows }) => ({ request, rows, type: 1 })),
  ].sort((a, b) => a.request - b.request);
  const types = members.map(({ type }) => type);
  const places = types.map((_, place) => place);
  const split = [0, 1].flatMap((phase) => places.filter((place) => types[place] === phase));
  const merge = places.map((place) => split.indexOf(place));
  return {
    batch: members.map(({ request }) => request),
    rows: members.map(({ rows }) => rows),
    types,
    split,
    merge,
  };
}
