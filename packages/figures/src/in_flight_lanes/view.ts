/**
 * In-flight batching: the lanes of all requests, and beneath them one step taken apart. Laws: every
 * request of a step stands in its column, in the batch, in one path and in the merged batch.
 */
import { drawPicture, type Picture, type PictureTable, type ViewOptions } from '../frame/index.ts';
import { numberText } from '../numbers.ts';
import { columnsOf, type LanesScene, lanes, lanesHeight, stepWords } from './lanes.ts';
import { messages } from './messages.ts';
import type { InFlightLanes } from './model.ts';
import { split, splitHeight } from './split.ts';

export interface InFlightLanesState {
  /** The step taken apart, from 0. */
  step: number;
}

const GAP = 16;

export function inFlightLanesPicture(
  model: InFlightLanes,
  state: InFlightLanesState,
  options: ViewOptions,
): Picture {
  const words = messages[options.language];
  const selected = Math.min(model.steps.length - 1, Math.max(0, state.step));
  const scene: LanesScene = { model, selected, options, words };
  const step = stepWords(model.steps[selected]!, selected);
  const { maxNumTokens, tokensPerBlock, kvBlocks } = model.options;
  const { first, end } = columnsOf(scene);
  const count = model.steps.length;
  const above = lanesHeight(scene);
  return drawPicture(options, {
    title: words.title(step),
    summary: words.summary(model.lanes.length, count, maxNumTokens, step),
    table: tableOf(scene),
    notes: [
      ...(end - first < count ? [words.shown(first + 1, end, count)] : []),
      words.options(tokensPerBlock, kvBlocks, maxNumTokens),
      words.origin(model.beams, model.draftLength),
    ],
    height: above + GAP + splitHeight(scene),
    draw: (area) =>
      `${lanes(scene, area)}\n${split(scene, { ...area, top: area.top + above + GAP })}`,
  });
}

function tableOf({ model, words }: LanesScene): PictureTable {
  const rows = model.steps.flatMap(({ context, generation, paused, waiting, held }, index) => {
    const row = (request: number, state: string, ...rest: string[]) => [
      String(index + 1),
      String(request + 1),
      state,
      ...rest,
      ...Array.from({ length: 3 - rest.length }, () => ''),
    ];
    return [
      ...context.map((run) =>
        row(
          run.request,
          run.isLast ? words.contextPath : words.chunk,
          numberText(run.tokens),
          numberText(run.start),
        ),
      ),
      ...generation.map((run) =>
        row(
          run.request,
          words.generationPath,
          numberText(run.rows),
          numberText(run.kvTokens),
          numberText(run.accepted),
        ),
      ),
      ...paused.map((request) => row(request, words.paused)),
      ...waiting
        .filter((request) => !paused.includes(request))
        .map((request) => row(request, words.waiting)),
      ...held.map((request) => row(request, words.held)),
    ];
  });
  return {
    columns: words.columns.map((label, i) => ({ label, numeric: i !== 2 })),
    rows,
  };
}
