/**
 * Beams as rows of boxes and the tree they merge into. Each beam merges at its own stage: what is
 * new moves from its beam to the tree, what an earlier beam has already brought moves onto that row
 * and is gone. Marks keep their keys, so that a page can let them glide.
 *
 * Law: the boxes of the tree are the rows of the packed tree, each once.
 */
import { emptyNote } from '../frame/axes.ts';
import { drawPicture } from '../frame/frame.ts';
import type { Picture, ViewOptions } from '../frame/picture.ts';
import { element, px, textElement } from '../markup.ts';
import { type BeamTreeMessages, beamTreeMessages } from './messages.ts';
import type { BeamTree } from './model.ts';
import {
  BOX_HEIGHT,
  COUNTERS_HEIGHT,
  counters,
  edgePath,
  litRow,
  type Place,
  rowAt,
  type TreeLayout,
  treeLayout,
  wordBox,
} from './tree-drawing.ts';

export interface BeamTreeState {
  /** Beams that are merged into the tree, 0 … all. */
  merged: number;
}

const PAD = 8;
const LABEL = 22;
/** Below this width the tree stands under the beams. */
const SIDE_BY_SIDE = 620;
const HEAD = 34;
const CELL_PITCH = BOX_HEIGHT + 8;
const LANE_PITCH = BOX_HEIGHT + 18;

interface Layout {
  readonly grid: { readonly left: number; readonly top: number; readonly places: Place[] };
  readonly treeHead: Place;
  readonly tree: TreeLayout;
  readonly height: number;
}

export function beamTreePicture(
  model: BeamTree,
  state: BeamTreeState,
  options: ViewOptions,
): Picture {
  const messages = beamTreeMessages[options.language];
  const { step, positions, rows } = model;
  const isEmpty = rows === 0;
  const layout = layoutOf(model, options.width);
  const height = isEmpty ? 160 : layout.height;
  return drawPicture(options, {
    title: isEmpty
      ? messages.empty
      : messages.title(step.beams, step.positions - 1, positions, rows),
    summary: messages.summary(positions, rows, beamsText(model, messages)),
    table: tableOf(model, messages),
    notes: notesOf(model, messages),
    height,
    draw: (area) =>
      isEmpty
        ? emptyNote(area, messages.emptyWhy)
        : element(
            'g',
            { transform: `translate(0,${px(area.top)})` },
            draw(model, state, options, layout),
          ),
  });
}

function layoutOf(model: BeamTree, width: number): Layout {
  const { beams, positions } = model.step;
  const isWide = width >= SIDE_BY_SIDE;
  const gridWidth = isWide ? (width - 2 * PAD - 36) / 2 : width - 2 * PAD;
  const gridTop = COUNTERS_HEIGHT + HEAD;
  const gridLeft = PAD + LABEL;
  const area = { left: gridLeft, top: gridTop, width: gridWidth - LABEL, lanePitch: CELL_PITCH };
  const columns = Math.max(1, positions);
  const cell = treeLayout(model, area);
  const pitch = cell.boxWidth + cell.gap;
  const places = Array.from({ length: beams * positions }, (_, i) => ({
    x: gridLeft + (i % columns) * pitch,
    y: gridTop + Math.floor(i / columns) * CELL_PITCH,
  }));
  const gridBottom = gridTop + beams * CELL_PITCH;
  const treeLeft = isWide ? PAD + gridWidth + 36 : PAD;
  const treeTop = isWide ? gridTop : gridBottom + 24 + HEAD;
  const tree = treeLayout(model, {
    left: treeLeft,
    top: treeTop,
    width: isWide ? gridWidth : width - 2 * PAD,
    lanePitch: LANE_PITCH,
  });
  const bottom = Math.max(gridBottom, treeTop + tree.height);
  return {
    grid: { left: gridLeft, top: gridTop, places },
    treeHead: { x: treeLeft, y: treeTop - 22 },
    tree,
    height: bottom + 12,
  };
}

function draw(
  model: BeamTree,
  { merged: wanted }: BeamTreeState,
  options: ViewOptions,
  layout: Layout,
): string {
  const messages = beamTreeMessages[options.language];
  const merged = Math.min(model.step.beams, Math.max(0, wanted));
  const lit = litRow(options.highlight, model);
  const rows = merged === 0 ? 0 : model.rowsAfter[merged - 1]!;
  const head = (text: string, x: number, y: number) =>
    textElement('text', { class: 'muted', x, y }, text);
  return [
    counter(model, merged, messages),
    head(messages.beams, PAD, layout.grid.top - 22),
    head(messages.tree(rows, merged, model.step.beams), layout.treeHead.x, layout.treeHead.y),
    ...edges(model, merged, lit, layout.tree),
    ...cells(model, merged, lit, layout, messages),
    ...nodes(model, merged, lit, layout, messages),
    ...ghosts(model, merged, layout),
  ].join('\n');
}

/** Drafted, unique, saved, in large digits. */
function counter(model: BeamTree, merged: number, messages: BeamTreeMessages): string {
  const rows = merged === 0 ? 0 : model.rowsAfter[merged - 1]!;
  const positions = merged * model.step.positions;
  const saved = positions === 0 ? 0 : 1 - rows / positions;
  const parts: [string, string][] = [
    [String(positions), messages.counter.drafted],
    [String(rows), messages.counter.unique],
    [messages.percent(saved), messages.counter.saved],
  ];
  return counters(parts, PAD);
}

function edges(model: BeamTree, merged: number, lit: number, tree: TreeLayout): string[] {
  const { parent } = model.step.tree;
  return parent.map((above, row) => {
    if (above < 0) return '';
    const isShown = model.owner[row]! < merged;
    return element('path', {
      'data-key': `edge:${row}`,
      class: 'move cross',
      d: edgePath(tree, tree.places[above]!, tree.places[row]!),
      fill: 'none',
      style: `stroke:var(--${row === lit ? 'ink' : 'muted'});stroke-dasharray:none`,
      opacity: isShown ? 1 : 0,
    });
  });
}

function cells(
  model: BeamTree,
  merged: number,
  lit: number,
  { grid }: Layout,
  messages: BeamTreeMessages,
): string[] {
  const { beams, positions } = model.step;
  const { boxWidth } = gridBox(grid.places, positions);
  return Array.from({ length: beams * positions }, (_, i) => {
    const [beam, j] = [Math.floor(i / positions), i % positions];
    const row = rowAt(model, beam, j);
    const isNew = model.owner[row] === beam;
    const word = model.words[row]!;
    const place = grid.places[i]!;
    const box = wordBox({
      width: boxWidth,
      text: word,
      tone: isNew ? toneOf(j) : 'baseline',
      kind: isNew ? 'hollow' : 'dashed',
      isLit: row === lit,
    });
    const number =
      j > 0
        ? ''
        : textElement(
            'text',
            { class: 'muted', x: -10, y: BOX_HEIGHT / 2 + 4, 'text-anchor': 'end' },
            String(beam + 1),
          );
    return element(
      'g',
      {
        'data-key': `cell:${beam}:${j}`,
        'data-group': 'beams',
        role: 'img',
        'aria-label': messages.cell(beam + 1, j, word, row, isNew),
        transform: translate(place),
        opacity: beam < merged || merged === 0 || isNew ? 1 : 0.85,
      },
      number + box,
    );
  });
}

/** The boxes of the grid are as wide as its pitch leaves. */
function gridBox(places: readonly Place[], positions: number): { boxWidth: number } {
  if (positions < 2) return { boxWidth: 88 };
  const pitch = places[1]!.x - places[0]!.x;
  const gap = pitch < 64 ? 8 : 16;
  return { boxWidth: pitch - gap };
}

const toneOf = (depth: number) => (depth === 0 ? 'context' : 'draft');
const translate = ({ x, y }: Place) => `translate(${px(x)},${px(y)})`;

function nodes(
  model: BeamTree,
  merged: number,
  lit: number,
  layout: Layout,
  messages: BeamTreeMessages,
): string[] {
  const { depth, parent } = model.step.tree;
  return model.words.map((word, row) => {
    const owner = model.owner[row]!;
    const isMerged = owner < merged;
    const place = isMerged
      ? layout.tree.places[row]!
      : layout.grid.places[owner * model.step.positions + depth[row]!]!;
    const through = passing(model, merged, row);
    const box = wordBox({
      width: layout.tree.boxWidth,
      text: word,
      tone: toneOf(depth[row]!),
      kind: 'full',
      isLit: row === lit,
      ...(through > 1 ? { badge: messages.sharedBy(through) } : {}),
    });
    const above = parent[row]! < 0 ? '' : model.words[parent[row]!]!;
    const focus = isMerged
      ? {
          'data-group': 'tree',
          role: 'img',
          'aria-label': messages.node(row, word, depth[row]!, above, model.shared[row]!),
        }
      : { 'aria-hidden': 'true' };
    const look = { class: 'move', transform: translate(place), opacity: isMerged ? 1 : 0 };
    return element('g', { 'data-key': `token:${row}`, ...focus, ...look }, box);
  });
}

/** Merged beams that pass through a row. */
function passing(model: BeamTree, merged: number, row: number): number {
  const { positions, tree } = model.step;
  return tree.unpack.slice(0, merged * positions).filter((at) => at === row).length;
}

/** A position that an earlier beam has brought: it moves onto that row and is gone. */
function ghosts(model: BeamTree, merged: number, layout: Layout): string[] {
  const { beams, positions, tree } = model.step;
  const { boxWidth } = gridBox(layout.grid.places, positions);
  const found: string[] = [];
  for (let i = 0; i < beams * positions; i++) {
    const beam = Math.floor(i / positions);
    const row = tree.unpack[i]!;
    if (model.owner[row] === beam) continue;
    const isMerged = beam < merged;
    const place = isMerged ? layout.tree.places[row]! : layout.grid.places[i]!;
    const box = wordBox({
      width: boxWidth,
      text: model.words[row]!,
      tone: 'baseline',
      kind: 'dashed',
    });
    found.push(
      element(
        'g',
        {
          'data-key': `ghost:${beam}:${i % positions}`,
          'aria-hidden': 'true',
          'pointer-events': 'none',
          class: 'move',
          transform: translate(place),
          opacity: isMerged ? 0 : 1,
        },
        box,
      ),
    );
  }
  return found;
}

function beamsText(model: BeamTree, messages: BeamTreeMessages): string {
  const { beams, positions } = model.step;
  const lines = Array.from({ length: beams }, (_, beam) => {
    const words = Array.from({ length: positions }, (_, j) => model.words[rowAt(model, beam, j)]!);
    const before = beam === 0 ? 0 : model.rowsAfter[beam - 1]!;
    return messages.beamOf(beam + 1, words.join(' '), model.rowsAfter[beam]! - before);
  });
  return lines.join(' ');
}

function tableOf(model: BeamTree, messages: BeamTreeMessages): Picture['table'] {
  const { beams, positions, tree } = model.step;
  const rows = Array.from({ length: beams * positions }, (_, i) => {
    const [beam, j] = [Math.floor(i / positions), i % positions];
    const row = tree.unpack[i]!;
    const owner = model.owner[row]!;
    const stand = owner === beam ? messages.stands.isNew : messages.stands.isShared(owner + 1);
    const above = tree.parent[row]! < 0 ? '–' : String(tree.parent[row]);
    return [String(beam + 1), String(j), model.words[row]!, String(row), above, stand];
  });
  const isNumeric = [true, true, false, true, true, false];
  const columns = messages.columns.map((label, i) => ({ label, numeric: isNumeric[i]! }));
  return { columns, rows };
}

function notesOf(model: BeamTree, messages: BeamTreeMessages): string[] {
  const { beams, positions, isDrafted, leftOut } = model.step;
  if (beams === 0) return [messages.computed];
  return [
    messages.counted(beams * (positions - 1), model.rows - 1),
    messages.computed,
    isDrafted ? messages.toy : messages.given,
    ...messages.leftOut(leftOut),
  ];
}
