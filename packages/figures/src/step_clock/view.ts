/**
 * One step on the clock: its bars, and the roofline that says why verifying more rows costs little
 * until it does. Side by side where there is room, beneath each other on a phone.
 */
import type { Origin } from '@beamline/simulator';
import { drawPicture, type Picture, type PictureTable, type ViewOptions } from '../frame/index.ts';
import { numberText } from '../numbers.ts';
import { bars, barsHeight } from './bars.ts';
import { type Messages, messages, type StepWords } from './messages.ts';
import type { ClockedStep, StepClock } from './model.ts';
import { phaseNames, phaseOf } from './parts.ts';
import { roofline, rooflineHeight } from './roofline.ts';

const WIDE = 840;
const GAP = 20;

export function stepClockPicture(model: StepClock, options: ViewOptions): Picture {
  const words = messages[options.language];
  const { width } = options;
  const isWide = width >= WIDE;
  const half = isWide ? Math.round((width - GAP) * 0.52) : width;
  const rest = isWide ? width - GAP - half : width;
  const barsBlock = barsHeight(model, words, half);
  const roofBlock = rooflineHeight(words, rest, isWide ? barsBlock : 0);
  const height = isWide ? Math.max(barsBlock, roofBlock) : barsBlock + GAP + roofBlock;
  return drawPicture(options, {
    title: titleOf(model, words),
    summary: summaryOf(model, words),
    table: tableOf(model, words),
    notes: notesOf(model, words),
    height,
    draw: ({ left, top, right, bottom }) => {
      const clock = { left, top, right: left + half, bottom: top + barsBlock };
      const roof = isWide
        ? { left: right - rest, top, right, bottom }
        : { left, top: top + barsBlock + GAP, right, bottom };
      return `${bars(model, clock, options, words)}\n${roofline(model, roof, options, words)}`;
    },
  });
}

function titleOf({ plain, drafted, speedup }: StepClock, words: Messages): string {
  return words.title(drafted.timeNs / plain.timeNs, drafted.tokens, speedup);
}

function summaryOf({ plain, drafted, speedup, roofline }: StepClock, words: Messages): string {
  const { here, plain: without, freeRows, kneeRows } = roofline;
  const longer = here.timeNs / without.timeNs;
  return [
    words.summary(stepWords(plain, words), stepWords(drafted, words), speedup),
    words.roofSummary(here.rows, without.rows, longer, freeRows),
    words.kneeSummary(kneeRows),
  ].join(' ');
}

function stepWords(step: ClockedStep, words: Messages): StepWords {
  const phases = phaseNames.flatMap((phase) => {
    const parts = step.parts.filter(({ part }) => phaseOf(part) === phase);
    const ns = parts.reduce((sum, { timeNs }) => sum + timeNs, 0);
    return ns === 0 ? [] : [`${words.phases[phase]} ${words.milliseconds(ns)}`];
  });
  return { ns: step.timeNs, tokens: step.tokens, nsPerToken: step.nsPerToken, phases };
}

function tableOf(model: StepClock, words: Messages): PictureTable {
  const ms = (ns: number) => numberText(ns / 1e6, 4);
  const sourced = ({ kind, source }: Origin) => words.sourced(words.origins[kind], source);
  const stepRows = (step: ClockedStep, name: string) =>
    step.parts.flatMap(({ part, operators }) =>
      operators.map((one) => [
        name,
        `${words.parts[part]}: ${one.operator}`,
        '',
        ms(one.timeNs),
        '',
        '',
        words.bounds[one.bound],
        sourced(one.origin),
      ]),
    );
  const { points, plain, here } = model.roofline;
  const all = [...points, plain, here].sort((a, b) => a.rows - b.rows);
  const rows = all.filter(({ rows }, i) => rows !== all[i - 1]?.rows);
  return {
    columns: words.columns.map((label, i) => ({ label, numeric: i >= 2 && i <= 5 })),
    rows: [
      ...stepRows(model.plain, words.without),
      ...stepRows(model.drafted, words.withDrafting),
      ...rows.map((point) => [
        words.verifyPass,
        '',
        numberText(point.rows, 5),
        ms(point.timeNs),
        ms(point.memoryNs),
        ms(point.computeNs),
        words.bounds[point.computeNs >= point.memoryNs ? 'compute' : 'memory'],
        words.origins.modelled,
      ]),
    ],
  };
}

function notesOf(model: StepClock, words: Messages): string[] {
  const { input, batch, acceptanceOrigin } = model;
  const { kind, source } = acceptanceOrigin;
  return [
    words.setting({
      model: model.modelName,
      gpu: model.gpuName,
      gpus: model.gpus,
      batch,
      contextTokens: input.contextTokens,
      beams: input.beams,
      draftLength: input.draftLength,
      rowsPerRequest: model.rowsPerRequest,
    }),
    ...(batch < input.batch ? [words.limited(input.batch, batch)] : []),
    words.roofNote(batch),
    words.times,
    words.tokens(words.sourced(words.origins[kind], source)),
  ];
}
