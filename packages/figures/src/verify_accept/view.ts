/**
 * Verification stage by stage: the tree, what each decision saw, what is committed and which KV
 * stays, and under the sampled rules the measured law. Nothing changes its place between stages.
 *
 * Law: the accepted boxes are the rows of the path that the operator gave.
 */

import { wordOf } from '../beam_tree/step.ts';
import { COUNTERS_HEIGHT, counters, litRow, type TreeLayout } from '../beam_tree/tree-drawing.ts';
import { emptyNote } from '../frame/axes.ts';
import { drawPicture } from '../frame/frame.ts';
import { listText } from '../frame/language.ts';
import type { Picture, ViewOptions } from '../frame/picture.ts';
import { element, px } from '../markup.ts';
import { decisionsHeight, drawDecisions } from './decisions.ts';
import { drawLaw, lawHeight, lawRows } from './law-part.ts';
import { type VerifyAcceptMessages, verifyAcceptMessages } from './messages.ts';
import type { VerifyAccept } from './model.ts';
import { drawOutcome, outcomeHeight } from './outcome.ts';
import { type Stage, stagesOf, standingAt } from './stages.ts';
import {
  BARS_HEIGHT,
  chanceOf,
  drawVerifyTree,
  standOf,
  TREE_HEAD,
  verifyTreeLayout,
} from './tree-part.ts';

export interface VerifyAcceptState {
  /** Place in `stagesOf(model)`; what lies behind the last one is the last one. */
  stage: number;
}

const PAD = 8;
/** Below this width all parts stand beneath each other. */
const SIDE_BY_SIDE = 620;

interface Layout {
  readonly tree: TreeLayout;
  readonly treeTop: number;
  readonly decisions: { left: number; top: number; width: number };
  readonly outcomeTop: number;
  readonly lawTop: number;
  readonly height: number;
}

export function stageAt(model: VerifyAccept, { stage }: VerifyAcceptState): Stage {
  const stages = stagesOf(model);
  return stages[Math.min(stages.length - 1, Math.max(0, stage))]!;
}

export function verifyAcceptPicture(
  model: VerifyAccept,
  state: VerifyAcceptState,
  options: ViewOptions,
): Picture {
  const messages = verifyAcceptMessages[options.language];
  const { verified, step } = model;
  const isEmpty = verified.path.length === 0;
  const layout = layoutOf(model, messages, options.width);
  const emitted = verified.emitted.map((token) => wordOf(step, token));
  return drawPicture(options, {
    title: isEmpty
      ? messages.empty
      : messages.title(
          verified.rule,
          verified.accepted,
          step.positions - 1,
          wordOf(step, verified.bonus),
        ),
    summary: isEmpty
      ? messages.empty
      : messages.summary(
          messages.rules[verified.rule],
          decisionsText(model, messages),
          emitted.join(' '),
        ),
    table: tableOf(model, state, messages),
    notes: isEmpty ? [messages.toy] : notesOf(model, messages, options),
    height: isEmpty ? 160 : layout.height,
    draw: (area) =>
      isEmpty
        ? emptyNote(area, messages.empty)
        : element(
            'g',
            { transform: `translate(0,${px(area.top)})` },
            draw(model, state, options, layout),
          ),
  });
}

function layoutOf(model: VerifyAccept, messages: VerifyAcceptMessages, width: number): Layout {
  const isWide = width >= SIDE_BY_SIDE;
  const inner = width - 2 * PAD;
  const treeTop = COUNTERS_HEIGHT + TREE_HEAD;
  const treeWidth = isWide ? inner * 0.52 : inner;
  const tree = verifyTreeLayout(model, { left: PAD, top: treeTop, width: treeWidth });
  const treeBottom = treeTop + tree.height + BARS_HEIGHT;
  const decisions = {
    left: isWide ? PAD + treeWidth + 28 : PAD,
    top: isWide ? COUNTERS_HEIGHT : treeBottom + 18,
    width: isWide ? inner - treeWidth - 28 : inner,
  };
  const upper = Math.max(treeBottom, decisions.top + decisionsHeight(model, decisions.width));
  const outcomeTop = upper + 14;
  const outcome = outcomeHeight({ model, messages, width: inner });
  const lawTop = outcomeTop + outcome;
  const law = lawHeight({ model, messages, left: PAD, top: lawTop, width: inner });
  return { tree, treeTop, decisions, outcomeTop, lawTop, height: lawTop + law + 4 };
}

function draw(
  model: VerifyAccept,
  state: VerifyAcceptState,
  options: ViewOptions,
  layout: Layout,
): string {
  const messages = verifyAcceptMessages[options.language];
  const stage = stageAt(model, state);
  const { verified } = model;
  const isDone = stage.kind === 'commit';
  const accepted = Math.min(verified.accepted, isDone ? verified.accepted : stage.levels);
  const width = options.width - 2 * PAD;
  const below = { model, stage, messages, left: PAD, width };
  return [
    counters(
      [
        [String(accepted), messages.counter.accepted],
        [isDone ? String(verified.emitted.length) : '–', messages.counter.emitted],
        [isDone ? String(verified.moves.length) : '–', messages.counter.moved],
      ],
      PAD,
    ),
    drawVerifyTree({
      model,
      stage,
      lit: litRow(options.highlight, model.tree),
      isBonusLit: options.highlight === 'bonus',
      layout: layout.tree,
      messages,
      left: PAD,
      top: layout.treeTop,
    }),
    drawDecisions({ model, stage, messages, ...layout.decisions }),
    drawOutcome({ ...below, top: layout.outcomeTop }),
    drawLaw({ ...below, top: layout.lawTop }),
  ].join('\n');
}

/** Every decision in words. */
function decisionsText(model: VerifyAccept, messages: VerifyAcceptMessages): string {
  const { verified, step, tree } = model;
  const lines = verified.levels.flat().map((check) => {
    const token = wordOf(step, check.token);
    const [p, q] = [check.target, check.draft].map(messages.number);
    const u = messages.draw(check.uniform ?? 0);
    if (verified.rule !== 'redrafter') {
      const wants = messages.wants[verified.rule](tree.words[check.row]!, token, p!, u);
      return `${wants}: ${check.child >= 0 ? messages.isDrafted : messages.isBonus}.`;
    }
    const ratio = messages.draw(Math.min(1, check.target / check.draft));
    const verdict = (check.child >= 0 ? messages.stands : messages.falls)(u, ratio);
    return `${messages.ratio(check.beam + 1, token, p!, q!)}: ${verdict}.`;
  });
  return lines.join(' ');
}

function tableOf(model: VerifyAccept, state: VerifyAcceptState, messages: VerifyAcceptMessages) {
  const { step, tree, verified, law } = model;
  const stage = stageAt(model, state);
  const standing = standingAt(model, stage);
  const rows = tree.words.map((word, row) => {
    const { p, q } = chanceOf(model, row);
    const isRoot = row === 0;
    return [
      String(row),
      word,
      isRoot ? '–' : String(step.tree.parent[row]),
      isRoot ? '–' : p.toFixed(4),
      isRoot ? '–' : q.toFixed(4),
      messages.standing[standOf(standing, row)],
    ];
  });
  const isShown = stage.kind === 'bonus' || stage.kind === 'commit';
  if (isShown && verified.path.length > 0) {
    const last = verified.path.at(-1)!;
    rows.push([
      '★',
      wordOf(step, verified.bonus),
      String(last),
      model.probabilities.target[last]![verified.bonus]!.toFixed(4),
      model.probabilities.draft[last]![verified.bonus]!.toFixed(4),
      messages.bonusNode(wordOf(step, verified.bonus)),
    ]);
  }
  for (const row of law === null ? [] : lawRows(law)) {
    const word = row.token < 0 ? messages.law.others : wordOf(step, row.token);
    const [target, exact, redrafter] = [row.target, row.exact, row.redrafter].map(messages.percent);
    rows.push([
      messages.law.target,
      word,
      '–',
      row.target.toFixed(4),
      '–',
      messages.law.mark(word, target!, exact!, redrafter!),
    ]);
  }
  const isNumeric = [true, false, true, true, true, false];
  return {
    columns: messages.columns.map((label, i) => ({ label, numeric: isNumeric[i]! })),
    rows,
  };
}

function notesOf(model: VerifyAccept, messages: VerifyAcceptMessages, options: ViewOptions) {
  const { verified, plainGreedy, step } = model;
  const isSame = plainGreedy.join() === verified.emitted.join();
  const plain = listText(
    options.language,
    plainGreedy.map((token) => messages.quoted(wordOf(step, token))),
  );
  return [
    messages.ruleNotes[verified.rule],
    ...(verified.rule === 'redrafter' ? [] : [messages.strips[verified.rule]]),
    ...(verified.rule === 'greedy' ? [messages.greedyLaw(isSame, plain)] : []),
    messages.toy,
  ];
}
