/**
 * The tree under verification: under every box the target's and the drafter's probability of its
 * token. The accepted path is drawn heavy, the bonus appears behind it, the rest fades.
 */

import { wordOf } from '../beam_tree/step.ts';
import {
  BOX_HEIGHT,
  edgePath,
  type Place,
  type TreeLayout,
  treeLayout,
  wordBox,
} from '../beam_tree/tree-drawing.ts';
import { element, px, textElement } from '../markup.ts';
import type { VerifyAcceptMessages } from './messages.ts';
import type { VerifyAccept } from './model.ts';
import { type Stage, type Standing, standingAt } from './stages.ts';

const LANE = BOX_HEIGHT + 30;
export const TREE_HEAD = 34;

export function verifyTreeLayout(
  { tree, verified, step }: VerifyAccept,
  area: { left: number; top: number; width: number },
): TreeLayout {
  const columns = Math.max(step.positions, verified.accepted + 2);
  return treeLayout(tree, {
    ...area,
    columns,
    lanePitch: LANE,
    extraAfter: verified.path.at(-1) ?? -1,
  });
}

/** Px under the last lane that its bars take. */
export const BARS_HEIGHT = 16;

export interface TreePart {
  readonly model: VerifyAccept;
  readonly stage: Stage;
  readonly lit: number;
  readonly isBonusLit: boolean;
  readonly layout: TreeLayout;
  readonly messages: VerifyAcceptMessages;
  readonly left: number;
  readonly top: number;
}

export function drawVerifyTree(part: TreePart): string {
  const { model, stage, layout } = part;
  const standing = standingAt(model, stage);
  return [
    legend(part),
    ...edges(part, standing),
    ...model.tree.words.map((_, row) => node(part, standing, row)),
    bonus(part, layout),
  ].join('\n');
}

function legend({ messages, left, top }: TreePart): string {
  const y = top - 22;
  const bar = (x: number, kind: string, tone: string) =>
    element(
      'g',
      { class: tone },
      element('rect', { class: kind, x, y: y - 8, width: 16, height: 7 }),
    );
  return (
    bar(left, 'fill', 't-target') +
    textElement('text', { class: 'muted', x: left + 22, y }, messages.legend.target) +
    bar(left + 112, 'hollow', 't-draft') +
    textElement('text', { class: 'muted', x: left + 134, y }, messages.legend.draft)
  );
}

function edges({ model, stage, layout }: TreePart, standing: Standing): string[] {
  const isDone = stage.kind === 'commit';
  return model.step.tree.parent.map((above, row) => {
    if (above < 0) return '';
    const isPath = standing.accepted.has(row) && standing.accepted.has(above);
    return element('path', {
      'data-key': `edge:${row}`,
      class: 'move',
      d: edgePath(layout, layout.places[above]!, layout.places[row]!),
      fill: 'none',
      style: isPath
        ? 'stroke:var(--accepted);stroke-width:4'
        : 'stroke:var(--muted);stroke-width:1.25',
      opacity: isPath || !isDone ? 1 : 0.3,
    });
  });
}

type Stand = 'open' | 'accepted' | 'rejected' | 'aside' | 'root';

/** How a row stands at a stage. */
export function standOf({ accepted, rejected, aside }: Standing, row: number): Stand {
  if (row === 0) return 'root';
  if (aside.has(row)) return 'aside';
  if (accepted.has(row)) return 'accepted';
  return rejected.has(row) ? 'rejected' : 'open';
}

const LOOKS = {
  root: { tone: 'context', kind: 'full' },
  accepted: { tone: 'accepted', kind: 'full' },
  rejected: { tone: 'rejected', kind: 'dashed' },
  aside: { tone: 'accepted', kind: 'hollow' },
  open: { tone: 'draft', kind: 'hollow' },
} as const;

const BADGES = { root: '', accepted: '✓', aside: '✓', rejected: '✕', open: '' } as const;

function node({ model, stage, lit, layout, messages }: TreePart, standing: Standing, row: number) {
  const stand = standOf(standing, row);
  const word = model.tree.words[row]!;
  const { p, q } = chanceOf(model, row);
  const isGone = stage.kind === 'commit' && stand !== 'accepted' && stand !== 'root';
  const box = wordBox({
    width: layout.boxWidth,
    text: word,
    ...LOOKS[stand],
    isLit: row === lit,
    corner: String(row),
    ...(BADGES[stand] === '' ? {} : { badge: BADGES[stand] }),
  });
  const words = messages.node(
    row,
    word,
    row === 0 ? '–' : messages.number(p),
    row === 0 ? '–' : messages.number(q),
    messages.standing[stand],
  );
  return element(
    'g',
    {
      'data-key': `token:${row}`,
      'data-group': 'tree',
      role: 'img',
      'aria-label': words,
      class: 'move',
      transform: at(layout.places[row]!),
      opacity: isGone ? 0.35 : 1,
    },
    box + (row === 0 ? '' : bars(layout.boxWidth, p, q)),
  );
}

const at = ({ x, y }: Place) => `translate(${px(x)},${px(y)})`;

/** Target's and drafter's probability of a row's token behind its parent. */
export function chanceOf({ step, probabilities }: VerifyAccept, row: number) {
  const above = step.tree.parent[row]!;
  const token = step.tree.tokens[row]!;
  if (above < 0) return { p: 1, q: 1 };
  return { p: probabilities.target[above]![token]!, q: probabilities.draft[above]![token]! };
}

/** Two bars under a box, as long as the box for probability 1. */
function bars(width: number, p: number, q: number): string {
  const track = (y: number) =>
    element('line', { class: 'grid', x1: 0, x2: width, y1: y + 2, y2: y + 2 });
  const target = element('rect', {
    class: 'fill',
    x: 0,
    y: BOX_HEIGHT + 4,
    width: Math.max(1, width * p),
    height: 4,
  });
  const draft = element('rect', {
    class: 'hollow',
    x: 0.5,
    y: BOX_HEIGHT + 10.5,
    width: Math.max(1, width * q - 1),
    height: 3,
    style: 'stroke-width:1',
  });
  return (
    track(BOX_HEIGHT + 4) +
    track(BOX_HEIGHT + 10) +
    element('g', { class: 't-target' }, target) +
    element('g', { class: 't-draft' }, draft)
  );
}

function bonus({ model, stage, messages, isBonusLit }: TreePart, layout: TreeLayout): string {
  const { verified, step } = model;
  const from = verified.path.at(-1);
  if (from === undefined) return '';
  const isShown = stage.kind === 'bonus' || stage.kind === 'commit';
  const place = layout.places.at(-1)!;
  const word = wordOf(step, verified.bonus);
  const edge = element('path', {
    'data-key': 'edge:bonus',
    class: 'move',
    d: edgePath(layout, layout.places[from]!, place),
    fill: 'none',
    style: 'stroke:var(--target);stroke-width:4;stroke-dasharray:6 3',
    opacity: isShown ? 1 : 0,
  });
  const box = wordBox({
    width: layout.boxWidth,
    text: `★ ${word}`,
    tone: 'target',
    kind: 'full',
    isLit: isBonusLit,
  });
  const focus = isShown
    ? { 'data-group': 'tree', role: 'img', 'aria-label': messages.bonusNode(word) }
    : { 'aria-hidden': 'true' };
  const look = { class: 'move', transform: at(place), opacity: isShown ? 1 : 0 };
  return edge + element('g', { 'data-key': 'bonus', ...focus, ...look }, box);
}
