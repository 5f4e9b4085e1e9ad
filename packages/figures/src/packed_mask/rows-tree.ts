/**
 * The rows of a mask as boxes: the packed tree with row numbers, or the beams as chains of their
 * own. What the lit row sees stays, the rest fades.
 */
import {
  BOX_HEIGHT,
  edgePath,
  type Place,
  rowAt,
  type TreeArea,
  type TreeLayout,
  treeLayout,
  wordBox,
} from '../beam_tree/tree-drawing.ts';
import { element, px, textElement } from '../markup.ts';
import type { PackedMaskMessages } from './messages.ts';
import type { PackedMask } from './model.ts';

const LANE = BOX_HEIGHT + 18;

export function rowsTreeLayout(
  model: PackedMask,
  isNaive: boolean,
  area: Omit<TreeArea, 'lanePitch'>,
): TreeLayout {
  const tree = treeLayout(model.tree, { ...area, lanePitch: LANE });
  if (!isNaive) return tree;
  const { beams, positions } = model.step;
  const places = Array.from({ length: beams * positions }, (_, i) => ({
    x: area.left + (i % positions) * (tree.boxWidth + tree.gap),
    y: area.top + Math.floor(i / positions) * LANE,
  }));
  return { ...tree, places, lanes: beams, height: (beams - 1) * LANE + BOX_HEIGHT };
}

export interface RowsTree {
  readonly model: PackedMask;
  readonly isNaive: boolean;
  readonly lit: number;
  /** The lit row and its ancestors. */
  readonly seen: ReadonlySet<number>;
  readonly layout: TreeLayout;
  readonly top: number;
  readonly messages: PackedMaskMessages;
}

export function drawRowsAsTree(tree: RowsTree): string {
  const { layout, top, isNaive, messages } = tree;
  const head = { class: 'muted', x: layout.places[0]?.x ?? 8, y: top - 22 };
  return [
    textElement('text', head, messages.tree(isNaive)),
    ...(isNaive ? chains(tree) : branches(tree)),
  ].join('\n');
}

function edge(layout: TreeLayout, from: Place, to: Place, key: string, opacity: number): string {
  return element('path', {
    'data-key': key,
    class: 'move',
    d: edgePath(layout, from, to),
    fill: 'none',
    style: 'stroke:var(--muted);stroke-width:1.25',
    opacity,
  });
}

function branches({ model, lit, seen, layout, messages }: RowsTree): string[] {
  const { depth, parent } = model.step.tree;
  const shade = (row: number) => (lit < 0 || seen.has(row) ? 1 : 0.3);
  const lines = parent.map((above, row) =>
    above < 0
      ? ''
      : edge(layout, layout.places[above]!, layout.places[row]!, `edge:${row}`, shade(row)),
  );
  const boxes = model.tree.words.map((word, row) =>
    box({
      key: `token:${row}`,
      group: 'tree',
      label: messages.node(row, word, depth[row]!, model.prefix + depth[row]!),
      place: layout.places[row]!,
      opacity: shade(row),
      content: wordBox({
        width: layout.boxWidth,
        text: word,
        tone: depth[row] === 0 ? 'context' : 'draft',
        kind: 'full',
        isLit: row === lit,
        corner: String(row),
      }),
    }),
  );
  return [...lines, ...boxes];
}

function chains({ model, lit, layout, messages }: RowsTree): string[] {
  const { beams, positions } = model.step;
  const all = Array.from({ length: beams * positions }, (_, i) => i);
  const lines = all.map((i) =>
    i % positions === 0
      ? ''
      : edge(layout, layout.places[i - 1]!, layout.places[i]!, `chain:${i}`, 1),
  );
  const boxes = all.map((i) => {
    const [beam, j] = [Math.floor(i / positions), i % positions];
    const row = rowAt(model.tree, beam, j);
    const isRepeated = model.tree.owner[row] !== beam;
    const word = model.tree.words[row]!;
    return box({
      key: `cell:${beam}:${j}`,
      group: 'beams',
      label: messages.node(i, word, j, model.prefix + j),
      place: layout.places[i]!,
      opacity: lit < 0 || lit === row ? 1 : 0.45,
      content: wordBox({
        width: layout.boxWidth,
        text: word,
        tone: isRepeated ? 'baseline' : j === 0 ? 'context' : 'draft',
        kind: isRepeated ? 'dashed' : 'full',
        isLit: row === lit,
        corner: String(i),
      }),
    });
  });
  return [...lines, ...boxes];
}

interface Box {
  key: string;
  group: string;
  label: string;
  place: Place;
  opacity: number;
  content: string;
}

function box({ key, group, label, place, opacity, content }: Box): string {
  return element(
    'g',
    {
      'data-key': key,
      'data-group': group,
      role: 'img',
      'aria-label': label,
      class: 'move',
      transform: `translate(${px(place.x)},${px(place.y)})`,
      opacity,
    },
    content,
  );
}
