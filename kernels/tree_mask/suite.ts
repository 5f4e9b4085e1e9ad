/**
 * Cases and reference of tree_mask. Row t sees row c when c is t or an ancestor of t; inside a tree
 * that is decided by walking up the parents. Bit c mod 32 of word c div 32 stands for column c.
 *
 * Worked example: parents −1 0 1 2 1 4 2 give the rows 1, 11, 111, 1111, 10011, 110011, 1000111
 * (lowest bit last).
 * Laws: the number of bits of a row is its depth + 1; column 0 is always seen; nothing above the
 * diagonal.
 */

import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkParents } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { i32, reader, u32, wordsOf } from '../lib/tensors.ts';
import { depthsOf, forest, type TreeShape } from '../lib/trees.ts';
import type { Case, Probe, Problem, Tensors } from '../suite-record.ts';
import { treeMask } from './operator.ts';
import { maskWords } from './reference.ts';

function longest(offsets: Int32Array): number {
  let most = 0;
  for (let b = 0; b + 1 < offsets.length; b++) {
    most = Math.max(most, offsets[b + 1]! - offsets[b]!);
  }
  return most;
}

function reference(call: Case): Tensors {
  const { ints } = reader(call);
  const stride = Math.ceil(call.axes['maxTreeTokens']! / 32);
  const words = maskWords(ints('parent'), ints('offsets'), stride);
  return { words: u32([ints('parent').length, stride], words) };
}

function check(call: Case): void {
  checkOffsets(call, 'offsets', call.axes['treeTokens']!);
  checkParents(call);
  const room = call.attributes['maxTreeTokens']!;
  const most = longest(reader(call).ints('offsets'));
  if (room > 0 && room < most) {
    throw new CaseError('attributes.maxTreeTokens', `${room}, but a tree has ${most} rows`);
  }
}

function popcount(word: number): number {
  let bits = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) bits++;
  return bits;
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const { ints } = reader(call);
  const words = wordsOf(outputs, 'words');
  const depth = depthsOf(ints('parent'), ints('offsets'));
  const stride = Math.ceil(call.axes['maxTreeTokens']! / 32);
  for (let row = 0; row < depth.length; row++) {
    let bits = 0;
    for (let w = 0; w < stride; w++) bits += popcount(words[row * stride + w]!);
    if (bits === depth[row]! + 1) continue;
    return [{ output: 'words', message: `row ${row} has ${bits} bits at depth ${depth[row]}` }];
  }
  return [];
}

function treeCase(
  build: Build,
  label: string,
  parent: ArrayLike<number>,
  offsets: ArrayLike<number>,
  maxTreeTokens = 0,
): Case {
  const inputs = { parent: i32([parent.length], parent), offsets: i32([offsets.length], offsets) };
  return build(label, inputs, { maxTreeTokens });
}

/** Either side of every word bound, and of the largest tree of 64 beams of 5. */
const ROWS = [1, 2, 7, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 321];

function cases(build: Build): Case[] {
  const shapes: TreeShape[] = ['random', 'chain', 'star', 'deep'];
  const list = [
    treeCase(build, 't7_worked', [-1, 0, 1, 2, 1, 4, 2], [0, 7]),
    treeCase(build, 'b0', [], [0]),
    treeCase(build, 'b3_t0', [], [0, 0, 0, 0]),
  ];
  for (const rows of ROWS) {
    const { parent, offsets } = forest(new Stream(rows), [rows], shapes[rows % 4]);
    list.push(treeCase(build, `b1_t${rows}`, parent, offsets));
  }
  for (const shape of shapes) {
    const { parent, offsets } = forest(new Stream(9), [33, 0, 1, 64, 0, 7], shape);
    list.push(treeCase(build, `b6_ragged_${shape}`, parent, offsets));
  }
  const many = Array.from({ length: 1500 }, (_, b) => b % 4);
  const { parent, offsets } = forest(new Stream(2), many);
  list.push(treeCase(build, 'b1500_ragged', parent, offsets));
  list.push(treeCase(build, 'b1_t5_wide', [-1, 0, 0, 1, 3], [0, 5], 96));
  return list;
}

function generate(draw: Draw, build: Build): Case {
  const requests = draw.integer(0, 6);
  const lengths = Array.from({ length: requests }, () => draw.integer(0, draw.pick([4, 40, 140])));
  const shape = draw.pick<TreeShape>(['chain', 'random', 'star', 'deep']);
  const { parent, offsets } = forest(draw.stream(), lengths, shape);
  const room = draw.onceIn(4) ? Math.max(0, ...lengths) + draw.integer(0, 70) : 0;
  return treeCase(build, `b${requests}_t${parent.length}_fuzz`, parent, offsets, room);
}

/** Swapping two sibling subtrees renames rows and columns alike. */
function siblingProbe(build: Build): Probe {
  // Root 0 with leaves 1 and 2; 3 below 1, or below 2 after the swap.
  const first = treeCase(build, 'probe_siblings_a', [-1, 0, 0, 1], [0, 4]);
  const second = treeCase(build, 'probe_siblings_b', [-1, 0, 0, 2], [0, 4]);
  return {
    id: 'tree_mask/permuted_siblings',
    shows: 'renamed siblings rename rows and columns and change nothing else',
    cases: [first, second],
    check: (outputs) => {
      const [a, b] = outputs.map((out) => Array.from(wordsOf(out, 'words')));
      const renamed = (word: number) =>
        (word & 0b1001) | ((word & 0b0010) << 1) | ((word & 0b0100) >> 1);
      const expected = [a![0]!, a![2]!, a![1]!, a![3]!].map(renamed);
      if (expected.join() === b!.join()) return [];
      return [{ output: 'words', message: `${b} after the swap, expected ${expected}` }];
    },
  };
}

export const treeMaskSuite = defineSuite({
  operator: treeMask,
  check,
  derive: (call) => ({
    maxTreeTokens: call.attributes['maxTreeTokens'] || longest(reader(call).ints('offsets')),
  }),
  reference,
  laws,
  cases,
  generate,
  probes: (build) => [siblingProbe(build)],
});
