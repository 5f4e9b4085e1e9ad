/**
 * KV blocks over the steps, what happened to them, and one step request by request. Law: the table
 * holds every request of every step, whether or not there was room to draw it.
 */
import { drawPicture, type Picture, type PictureTable, type ViewOptions } from '../frame/index.ts';
import { SERIES_MAX } from '../palette.ts';
import { holdings, holdingsHeight } from './holdings.ts';
import { messages, type RunWords } from './messages.ts';
import type { KvBlocks } from './model.ts';
import { columnsOf, type StackScene, stack, stackHeight, sumOf } from './stack.ts';

export interface KvBlocksState {
  /** The step taken apart, from 0. */
  step: number;
}

const GAP = 16;

export function kvBlocksPicture(
  model: KvBlocks,
  state: KvBlocksState,
  options: ViewOptions,
): Picture {
  const words = messages[options.language];
  const selected = Math.min(model.steps.length - 1, Math.max(0, state.step));
  const scene: StackScene = { model, selected, options, words };
  const { first, end } = columnsOf(scene);
  const { capacityPolicy, tokensPerBlock, kvBlocks, blockReuse } = model.options;
  const above = stackHeight(scene);
  const run = runWords(model);
  return drawPicture(options, {
    title: words.title(run),
    summary: words.summary(run),
    table: tableOf(scene),
    notes: [
      ...(end - first < run.steps ? [words.shown(first + 1, end, run.steps)] : []),
      words.policy(capacityPolicy, tokensPerBlock, kvBlocks, blockReuse),
      ...(model.requests > SERIES_MAX ? [words.colours] : []),
      words.origin(model.beams, model.draftLength),
    ],
    height: above + GAP + holdingsHeight(scene),
    draw: (area) =>
      `${stack(scene, area)}\n${holdings(scene, { ...area, top: area.top + above + GAP })}`,
  });
}

function runWords({ steps, requests, options }: KvBlocks): RunWords {
  const total = (value: (step: KvBlocks['steps'][number]) => number) =>
    steps.reduce((sum, step) => sum + value(step), 0);
  return {
    steps: steps.length,
    requests,
    pool: options.kvBlocks,
    most: Math.max(...steps.map(({ used }) => used)),
    tails: total((step) => sumOf(step, ({ tail }) => tail)),
    rewound: total((step) => sumOf(step, ({ rewound }) => rewound)),
    pauses: total(({ paused }) => paused.length),
    reused: total((step) => sumOf(step, ({ reused }) => reused)),
    evicted: total(({ evicted }) => evicted),
    waits: total(({ waiting }) => (waiting.length > 0 ? 1 : 0)),
  };
}

function tableOf({ model, words }: StackScene): PictureTable {
  const rows = model.steps.flatMap((step, index) => {
    const sums = [step.used, step.cached, step.free, step.evicted].map(String);
    const row = (request: number, state: string, blocks: readonly number[]) => [
      String(index + 1),
      String(request + 1),
      state,
      ...Array.from({ length: 5 }, (_, i) => String(blocks[i] ?? 0)),
      ...sums,
    ];
    const lost = new Set(step.paused.map(({ request }) => request));
    return [
      ...step.holdings.map((one) =>
        row(one.request, words.states[one.phase], [
          one.own,
          one.shared,
          one.tail,
          one.rewound,
          one.reused,
        ]),
      ),
      ...[...lost].map((request) => row(request, words.states.paused, [])),
      ...step.waiting
        .filter((request) => !lost.has(request))
        .map((request) => row(request, words.states.waiting, [])),
    ];
  });
  return { columns: words.columns.map((label, i) => ({ label, numeric: i !== 2 })), rows };
}
