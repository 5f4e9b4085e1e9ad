/**
 * Cases and reference of prune_tree. Roots are kept; of all other nodes of the batch the most
 * probable ones, until the budget is used up. Survival never rises from a parent to its child and
 * a parent stands before it, so a node's ancestors are chosen before it.
 *
 * Worked example, survivals 1 .5 .25 | 1 .5 .1, parents −1 0 1 | −1 0 0, budget 4: both roots, then
 * the two nodes of .5 (rows 1 and 4). Lengths 2 2, parents −1 0 | −1 0.
 *
 * Laws: the kept nodes hold every ancestor; lengths add up to them; a kept node's survival is never
 * below that of a dropped one.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkParents, checkRange } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { float, i32, intsOf, reader } from '../lib/tensors.ts';
import { depthsOf, forest, offsetsOf, type TreeShape } from '../lib/trees.ts';
import type { Case, Problem, Tensors } from '../suite-record.ts';
import { pruneTree } from './operator.ts';

/** Rows that are kept, in the order of the batch. */
function keptRows(call: Case): number[] {
  const { ints, floats } = reader(call);
  const parent = ints('parent');
  const survival = floats('survival');
  const roots: number[] = [];
  const others: number[] = [];
  parent.forEach((p, row) => {
    (p < 0 ? roots : others).push(row);
  });
  // A stable sort leaves equal survivals in the order (request, node).
  others.sort((a, b) => survival[b]! - survival[a]!);
  const room = Math.max(0, ints('budget')[0]! - roots.length);
  return [...roots, ...others.slice(0, room)].sort((a, b) => a - b);
}

function reference(call: Case): Tensors {
  const { ints } = reader(call);
  const nodes = keptRows(call);
  const offsets = ints('offsets');
  const depth = depthsOf(ints('parent'), offsets);
  const parent: number[] = [];
  const lengths: number[] = [];
  for (let b = 0; b + 1 < offsets.length; b++) {
    const rows = nodes.filter((row) => row >= offsets[b]! && row < offsets[b + 1]!);
    // New place of each kept row inside its tree.
    const place = new Map(rows.map((row, i) => [row - offsets[b]!, i]));
    for (const row of rows) parent.push(place.get(ints('parent')[row]!) ?? -1);
    lengths.push(rows.length);
  }
  const pick = (values: Int32Array) =>
    i32(
      [nodes.length],
      nodes.map((row) => values[row]!),
    );
  return {
    nodes: i32([nodes.length], nodes),
    parent: i32([nodes.length], parent),
    depth: pick(depth),
    packed: pick(ints('packed')),
    lengths: i32([lengths.length], lengths),
    offsets: i32([lengths.length + 1], offsetsOf(lengths)),
  };
}

function check(call: Case): void {
  const { ints, floats } = reader(call);
  checkOffsets(call, 'offsets', call.axes['treeTokens']!);
  checkParents(call);
  checkRange(call, 'budget', 0, 4194304);
  const survival = floats('survival');
  const offsets = ints('offsets');
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) {
      const field = `inputs.survival.data[${row}]`;
      const x = survival[row]!;
      if (x < 0 || x > 1) throw new CaseError(field, `${x} is no probability`);
      const p = ints('parent')[row]!;
      const above = p < 0 ? 1 : survival[offsets[b]! + p]!;
      if (x > above) throw new CaseError(field, `${x} is above its parent's ${above}`);
    }
  }
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const nodes = intsOf(outputs, 'nodes');
  const parent = intsOf(outputs, 'parent');
  const offsets = intsOf(outputs, 'offsets');
  const { ints } = reader(call);
  const starts = ints('offsets');
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let i = offsets[b]!; i < offsets[b + 1]!; i++) {
      const before = ints('parent')[nodes[i]!]!;
      const now = parent[i]!;
      const isSame = now < 0 ? before < 0 : nodes[offsets[b]! + now] === starts[b]! + before;
      if (isSame && now < i - offsets[b]!) continue;
      return [{ output: 'parent', message: `node ${i}: parent ${now} is not what it was` }];
    }
  }
  return [];
}

interface Shape {
  trees: readonly number[];
  tree: TreeShape;
  budget: number;
  /** Survivals are multiples of 1 / levels, so that equal ones are common. */
  levels: number;
  seed: number;
  label: string;
}

function pruneCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = {
    trees: [9, 7, 12],
    tree: 'random',
    budget: 12,
    levels: 1024,
    seed: 1,
    label: '',
    ...part,
  };
  const stream = new Stream(shape.seed);
  const { parent, offsets } = forest(stream, shape.trees, shape.tree);
  const survival = new Float64Array(parent.length);
  shape.trees.forEach((_, b) => {
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) {
      const above = parent[row]! < 0 ? 1 : survival[offsets[b]! + parent[row]!]!;
      const steps = parent[row]! < 0 ? shape.levels : stream.below(above * shape.levels + 1);
      survival[row] = steps / shape.levels;
    }
  });
  const rows = parent.length;
  const inputs = {
    survival: float('fp32', [rows], survival),
    parent: i32([rows], parent),
    packed: i32(
      [rows],
      Array.from({ length: rows }, () => stream.below(32000)),
    ),
    offsets: i32([offsets.length], offsets),
    budget: i32([], [shape.budget]),
  };
  return build(`b${shape.trees.length}_t${rows}_n${shape.budget}${shape.label}`, inputs);
}

function workedCase(build: Build): Case {
  return build('b2_t6_n4_worked', {
    survival: float('fp32', [6], [1, 0.5, 0.25, 1, 0.5, 0.125]),
    parent: i32([6], [-1, 0, 1, -1, 0, 0]),
    packed: i32([6], [10, 11, 12, 20, 21, 22]),
    offsets: i32([3], [0, 3, 6]),
    budget: i32([], [4]),
  });
}

function cases(build: Build): Case[] {
  const ragged = [5, 0, 33, 1, 64, 0];
  const many = Array.from({ length: 1100 }, (_, b) => 1 + (b % 5));
  const parts: Partial<Shape>[] = [
    ...[0, 1, 3, 4, 5, 27, 28, 29, 4096].map((budget) => ({ budget, levels: 8 })),
    ...[4, 50, 103].map((budget) => ({ budget, trees: ragged, label: '_ragged' })),
    ...(['chain', 'star', 'deep'] as const).map((tree) => ({ tree, label: `_${tree}` })),
    ...[1, 2, 4].map((levels) => ({
      levels,
      label: `_levels_${levels}`,
      trees: ragged,
      budget: 40,
    })),
    ...[31, 32, 33, 65, 321, 1025].map((t) => ({ trees: [t], budget: Math.ceil(t / 2) })),
    { trees: many, budget: 2000, levels: 16 },
    { trees: [2500, 2600], budget: 1500, levels: 64, label: '_large' },
    { trees: [] },
    { trees: [0, 0] },
  ];
  return [workedCase(build), ...parts.map((part, i) => pruneCase(build, { seed: i + 1, ...part }))];
}

function generate(draw: Draw, build: Build): Case {
  const requests = draw.integer(0, 6);
  const trees = Array.from({ length: requests }, () => draw.integer(0, draw.pick([4, 30])));
  const total = trees.reduce((sum, rows) => sum + rows, 0);
  return pruneCase(build, {
    trees,
    tree: draw.pick<TreeShape>(['chain', 'random', 'star', 'deep']),
    budget: draw.integer(0, total + 3),
    levels: draw.pick([1, 4, 1024]),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}

export const pruneTreeSuite = defineSuite({
  operator: pruneTree,
  check,
  derive: (call) => ({ kept: keptRows(call).length }),
  reference,
  laws,
  cases,
  generate,
});
