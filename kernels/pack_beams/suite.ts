/**
 * Cases and reference of pack_beams. Two beams share a node when their tokens agree up to it, so
 * the node of (beam i, position j) belongs to the first beam k with the same prefix; k = i makes a
 * new row.
 *
 * Worked example, W = 3, bl = 4: 91 92 93 95 / 91 92 94 96 / 91 92 93 97. Beam 0 is new throughout
 * (rows 0 1 2 3). Beam 1 shares 91 92 and adds 94 96 (rows 4 5). Beam 2 shares 91 92 93 with beam
 * 0 and adds 97 (row 6). packed 91 92 93 95 94 96 97, unpack 0123 / 0145 / 0126.
 *
 * Laws: packed[unpack] = beams; a parent stands before its child; a parent lies one level higher.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkRange } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { i32, intsOf, reader, u32 } from '../lib/tensors.ts';
import { randomBeams } from '../lib/trees.ts';
import type { Case, Problem, Tensors } from '../suite-record.ts';
import { maskWords } from '../tree_mask/reference.ts';
import { packBeams } from './operator.ts';
import { type PackedTree, packTree } from './reference.ts';

function treesOf(call: Case): PackedTree[] {
  const { ints, shape } = reader(call);
  const [requests, beams, positions] = shape('beams') as [number, number, number];
  const size = beams * positions;
  const tokens = ints('beams');
  return Array.from({ length: requests }, (_, b) =>
    packTree(tokens.subarray(b * size, (b + 1) * size), beams, positions),
  );
}

function reference(call: Case): Tensors {
  const trees = treesOf(call);
  const lengths = trees.map(({ tokens }) => tokens.length);
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets[offsets.length - 1]! + length);
  const rows = offsets[trees.length]!;
  const all = (pick: (tree: PackedTree) => number[]) => trees.flatMap(pick);
  const parents = Int32Array.from(all(({ parent }) => parent));
  const stride = Math.ceil(call.attributes['maxTreeTokens']! / 32);
  return {
    packed: i32(
      [rows],
      all(({ tokens }) => tokens),
    ),
    depth: i32(
      [rows],
      all(({ depth }) => depth),
    ),
    parent: i32([rows], parents),
    unpack: i32(
      reader(call).shape('beams'),
      all(({ unpack }) => unpack),
    ),
    lengths: i32([trees.length], lengths),
    offsets: i32([trees.length + 1], offsets),
    words: u32([rows, stride], maskWords(parents, Int32Array.from(offsets), stride)),
  };
}

/** A mask has room for the largest tree, or there is none. */
function checkRoom(call: Case): void {
  const room = call.attributes['maxTreeTokens']!;
  const most = Math.max(0, ...treesOf(call).map(({ tokens }) => tokens.length));
  if (room === 0 || room >= most) return;
  throw new CaseError('attributes.maxTreeTokens', `${room}, but a tree has ${most} rows`);
}

function check(call: Case): void {
  checkRange(call, 'beams', 0, 2147483647);
  const { ints, shape } = reader(call);
  const [requests, beams, positions] = shape('beams') as [number, number, number];
  const tokens = ints('beams');
  checkRoom(call);
  if (positions === 0) return;
  for (let b = 0; b < requests; b++) {
    const golden = tokens[b * beams * positions]!;
    for (let i = 1; i < beams; i++) {
      const at = (b * beams + i) * positions;
      if (tokens[at] === golden) continue;
      const message = `beam ${i} of request ${b} starts with ${tokens[at]}, not with ${golden}`;
      throw new CaseError(`inputs.beams.data[${at}]`, `${message}, the golden token of beam 0`);
    }
  }
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const [packed, parent, depth, unpack, offsets] = (
    ['packed', 'parent', 'depth', 'unpack', 'offsets'] as const
  ).map((name) => intsOf(outputs, name)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const { ints, shape } = reader(call);
  const [requests, beams, positions] = shape('beams') as [number, number, number];
  const tokens = ints('beams');
  for (let i = 0; i < tokens.length; i++) {
    const start = offsets[Math.floor(i / (beams * positions))]!;
    if (packed[start + unpack[i]!] !== tokens[i]) {
      return [{ output: 'unpack', message: `packed[unpack] differs from beams at ${i}` }];
    }
  }
  for (let b = 0; b < requests; b++) {
    for (let row = offsets[b]!; row < offsets[b + 1]!; row++) {
      const p = parent[row]!;
      const above = p < 0 ? -1 : depth[offsets[b]! + p]!;
      if (p < row - offsets[b]! && depth[row] === above + 1) continue;
      return [{ output: 'parent', message: `row ${row}: parent ${p}, depth ${depth[row]}` }];
    }
  }
  return [];
}

function beamsOf(build: Build, label: string, requests: number, beams: number, tokens: number[]) {
  const positions = requests * beams > 0 ? tokens.length / requests / beams : 1;
  const shape = [requests, beams, positions];
  return build(`b${requests}_w${beams}_bl${positions}${label}`, { beams: i32(shape, tokens) });
}

function randomCase(
  build: Build,
  stream: Stream,
  shape: readonly [number, number, number],
  vocab: number,
  label = '',
  maxTreeTokens = 0,
): Case {
  const [requests, beams, positions] = shape;
  const data: number[] = [];
  for (let b = 0; b < requests; b++) data.push(...randomBeams(stream, beams, positions, vocab));
  const id = `b${requests}_w${beams}_bl${positions}${label}`;
  return build(id, { beams: i32(shape, data) }, { maxTreeTokens });
}

/** A random case that asks for the mask, with room for W·dl + 1 rows and some more. */
function maskedCase(
  build: Build,
  stream: Stream,
  shape: readonly [number, number, number],
  vocab: number,
  more = 0,
): Case {
  const room = shape[1] * Math.max(0, shape[2]) + more;
  return randomCase(build, stream, shape, vocab, `_masked${more}`, room);
}

/** The vector that ReDrafter's own test suites and TensorRT-LLM's share. */
export const WORKED_BEAMS = [
  ...[91, 92, 93, 95, 91, 92, 94, 96, 91, 92, 93, 97],
  ...[93, 94, 95, 92, 93, 95, 96, 93, 93, 94, 97, 96],
];

function cases(build: Build): Case[] {
  const shapes: [number, number, number][] = [
    [1, 1, 1],
    [1, 1, 5],
    [1, 4, 1],
    [4, 5, 6],
    [3, 8, 5],
    [2, 31, 3],
    [2, 32, 2],
    [2, 33, 3],
    [1, 64, 6],
    [1, 65, 9],
    [33, 4, 5],
    [1025, 2, 3],
    [1, 2, 65],
    [0, 3, 4],
    [2, 0, 4],
    [2, 3, 0],
  ];
  const distinct = Array.from({ length: 64 * 6 }, (_, i) => (i % 6 === 0 ? 7 : i));
  return [
    beamsOf(build, '', 2, 3, WORKED_BEAMS),
    beamsOf(build, '_equal', 1, 3, [4, 5, 6, 4, 5, 6, 4, 5, 6]),
    beamsOf(build, '_distinct', 1, 64, distinct),
    // Tokens agree again after they differed: that is no common prefix.
    beamsOf(build, '_rejoined', 1, 3, [1, 2, 9, 1, 3, 9, 1, 2, 8]),
    beamsOf(build, '_last_differs', 1, 3, [1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3, 4]),
    beamsOf(build, '_large_tokens', 1, 2, [2147483647, 0, 5, 2147483647, 0, 2147483646]),
    ...shapes.map((shape, i) => randomCase(build, new Stream(i + 1), shape, i % 2 ? 3 : 1000)),
    ...shapes.map((shape, i) => maskedCase(build, new Stream(i + 51), shape, i % 2 ? 1000 : 3)),
    // One column more or less than a word, and words that no row fills.
    ...[1, 31, 32, 33, 64].map((more) => maskedCase(build, new Stream(more), [2, 4, 8], 3, more)),
  ];
}

function generate(draw: Draw, build: Build): Case {
  const shape = [draw.integer(0, 5), draw.integer(0, 40), draw.integer(0, 9)] as const;
  const vocab = draw.pick([2, 1, 3, 100000]);
  const room = draw.pick([0, 1, 32]);
  const rows = room > 0 ? shape[1] * shape[2] + room : 0;
  return randomCase(build, draw.stream(), shape, vocab, '_fuzz', rows);
}

export const packBeamsSuite = defineSuite({
  operator: packBeams,
  check,
  derive: (call) => ({
    treeTokens: treesOf(call).reduce((sum, { tokens }) => sum + tokens.length, 0),
  }),
  reference,
  laws,
  cases,
  generate,
});
