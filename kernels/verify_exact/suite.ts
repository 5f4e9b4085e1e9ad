/**
 * Cases and reference of verify_exact. From the root, draw a token from the target's distribution
 * at the row; if a child holds it, go there and draw again, else it is the bonus. Every emitted
 * token is a draw from the target at its own prefix, so the text has the target's law whatever was
 * drafted; the tree only decides how far one pass gets.
 *
 * Worked example, V = 2 with probabilities ¼, ¾ at the root, one child with token 1 and ½, ½ there,
 * uniforms 0.5 and 0.3: 0.5 draws token 1, the child; 0.3 draws token 0, the bonus. a = 1.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkLogits, checkOffsets, checkParents, checkRange } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { safeToken, softmax, uniformFor } from '../lib/draw-token.ts';
import { targetLogits } from '../lib/logits.ts';
import { float, floatsOf, i32, intsOf, reader } from '../lib/tensors.ts';
import { depthsOf } from '../lib/trees.ts';
import { type PackedBatch, packedBatch } from '../pack_beams/batch.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Problem, Tensor, Tensors } from '../suite-record.ts';
import { verifyExact } from './operator.ts';
import { childWith, type ExactRequest, exactWalk } from './reference.ts';

function requestOf(call: Case, b: number): ExactRequest {
  const { floats, ints, extent } = reader(call);
  const [start, end] = [ints('offsets')[b]!, ints('offsets')[b + 1]!];
  const positions = extent('uniforms', 1);
  return {
    rows: end - start,
    positions,
    token: (row) => ints('tokens')[start + row]!,
    parent: (row) => ints('parent')[start + row]!,
    target: (row) => softmax(floats('logits'), start + row, extent('logits', 1)),
    uniform: (depth) => floats('uniforms')[b * positions + depth]!,
  };
}

function reference(call: Case): Tensors {
  const { extent } = reader(call);
  const requests = extent('uniforms', 0);
  const positions = extent('uniforms', 1);
  const path = new Int32Array(requests * positions).fill(-1);
  const accepted = new Int32Array(requests);
  const bonus = new Int32Array(requests).fill(-1);
  for (let b = 0; b < requests; b++) {
    const walk = exactWalk(requestOf(call, b));
    path.set(walk.path, b * positions);
    accepted[b] = Math.max(0, walk.path.length - 1);
    bonus[b] = walk.draws.at(-1) ?? -1;
  }
  return {
    path: i32([requests, positions], path),
    accepted: i32([requests], accepted),
    bonus: i32([requests], bonus),
  };
}

/** Uniforms are in [0, 1). */
export function checkUniforms(call: Case, name: string): void {
  const at = reader(call)
    .floats(name)
    .findIndex((u) => u < 0 || u >= 1);
  if (at < 0) return;
  const u = reader(call).floats(name)[at];
  throw new CaseError(`inputs.${name}.data[${at}]`, `${u} is not in [0, 1)`);
}

function check(call: Case): void {
  const { ints } = reader(call);
  const { treeTokens, vocab, draftLength } = call.axes as Record<string, number>;
  checkOffsets(call, 'offsets', treeTokens!);
  checkParents(call);
  checkUniforms(call, 'uniforms');
  if (vocab! > 0) {
    checkRange(call, 'tokens', 0, vocab! - 1);
    checkLogits(call, 'logits');
  }
  depthsOf(ints('parent'), ints('offsets')).forEach((depth, row) => {
    if (depth > draftLength! && draftLength! >= 0) {
      const why = `the row lies at depth ${depth}, uniforms reach ${draftLength}`;
      throw new CaseError(`inputs.parent.data[${row}]`, why);
    }
  });
}

/** The path goes from parent to child, and its end is where `accepted` says. */
function laws(call: Case, outputs: Tensors): Problem[] {
  const { ints, extent } = reader(call);
  const positions = extent('uniforms', 1);
  const path = intsOf(outputs, 'path');
  const accepted = intsOf(outputs, 'accepted');
  for (let b = 0; b < accepted.length; b++) {
    for (let j = 1; j <= accepted[b]!; j++) {
      const row = path[b * positions + j]!;
      if (ints('parent')[ints('offsets')[b]! + row] === path[b * positions + j - 1]) continue;
      return [
        { output: 'path', message: `request ${b}: row ${row} is no child of the row before` },
      ];
    }
  }
  return [];
}

/** Uniforms that walk the tree well inside each draw's interval. */
function walkUniforms(
  stream: Stream,
  batch: PackedBatch,
  logits: Tensor,
  positions: number,
): Float64Array {
  const requests = batch.lengths.length;
  const out = Float64Array.from({ length: requests * positions }, () => stream.uniform());
  const data = floatsOf({ logits }, 'logits');
  const tokens = intsOf({ packed: batch.packed }, 'packed');
  const parent = intsOf({ parent: batch.parent }, 'parent');
  const vocab = logits.shape[1]!;
  for (let b = 0; b < requests && vocab > 0; b++) {
    const range = [batch.offsets.data[b]!, batch.offsets.data[b + 1]!] as const;
    if (range[0] === range[1]) continue;
    const tree = {
      rows: range[1] - range[0],
      token: (row: number) => tokens[range[0] + row]!,
      parent: (row: number) => parent[range[0] + row]!,
    };
    for (let depth = 0, row = 0; depth < positions && row >= 0; depth++) {
      const weights = softmax(data, range[0] + row, vocab);
      const wanted: number[] = [];
      for (let child = row + 1; range[0] + child < range[1]; child++) {
        if (parent[range[0] + child] === row) wanted.push(tokens[range[0] + child]!);
      }
      const token = safeToken(weights, wanted, stream);
      out[b * positions + depth] = uniformFor(weights, token, stream);
      row = childWith(tree, row, token);
    }
  }
  return out;
}

interface Shape {
  size: readonly [number, number, number];
  vocab: number;
  dtype: Dtype;
  seed: number;
  label: string;
  empty: (request: number) => boolean;
}

function exactCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = {
    size: [3, 3, 4],
    vocab: 40,
    dtype: 'fp32',
    seed: 1,
    label: '',
    empty: () => false,
    ...part,
  };
  const { size, vocab, dtype } = shape;
  const stream = new Stream(shape.seed);
  const batch = packedBatch(stream, size, Math.max(1, Math.min(vocab, 12)), shape.empty);
  const logits = targetLogits(stream, batch, vocab, dtype);
  const uniforms = walkUniforms(stream, batch, logits, size[2]);
  const inputs = {
    logits,
    tokens: batch.packed,
    parent: batch.parent,
    offsets: batch.offsets,
    uniforms: float('fp32', [size[0], size[2]], uniforms),
  };
  const id = `b${size[0]}_w${size[1]}_bl${size[2]}_v${vocab}_${dtype}${shape.label}`;
  return build(id, inputs);
}

/** One request by hand: logits by row, tokens, parents, uniforms. */
export function handInputs(
  logits: readonly (readonly number[])[],
  tokens: readonly number[],
  parent: readonly number[],
  uniforms: readonly number[],
): Tensors {
  const rows = tokens.length;
  return {
    logits: float('fp32', [rows, logits[0]!.length], logits.flat().map(Math.fround)),
    tokens: i32([rows], tokens),
    parent: i32([rows], parent),
    offsets: i32([2], [0, rows]),
    uniforms: float('fp32', [1, uniforms.length], uniforms),
  };
}

/** Logits 0 and log 3: probabilities ¼ and ¾ at the root, ½ and ½ below. */
function workedCase(build: Build): Case {
  const rows = [
    [0, 1.0986123],
    [0, 0],
  ];
  return build('b1_bl2_v2_fp32_worked', handInputs(rows, [0, 1], [-1, 0], [0.5, 0.25]));
}

/** The ends of the unit interval draw the first and the last token. */
function endCases(build: Build): Case[] {
  const rows = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  const last = 16777215 / 16777216;
  return [
    build('b1_bl2_v4_fp32_first', handInputs(rows, [0, 0], [-1, 0], [0, 0])),
    build('b1_bl2_v4_fp32_last', handInputs(rows, [0, 3], [-1, 0], [last, last])),
  ];
}

function cases(build: Build): Case[] {
  const parts: Partial<Shape>[] = [
    ...(['fp32', 'fp16', 'bf16'] as const).map((dtype) => ({ dtype, size: [6, 4, 5] as const })),
    ...[1, 2, 31, 32, 33, 1000, 1024, 1025, 4099].map((vocab) => ({ vocab })),
    ...[1, 2, 8, 33, 64].map((w) => ({ size: [2, w, 5] as const })),
    ...[1, 2, 9, 33].map((bl) => ({ size: [3, 4, bl] as const })),
    { size: [6, 3, 4], empty: (b) => b % 2 === 0, label: '_empty_requests' },
    { size: [3, 3, 4], empty: () => true, label: '_no_rows' },
    { size: [1030, 2, 2], vocab: 3 },
    { size: [1, 2, 3], vocab: 32000, dtype: 'bf16' },
    { size: [0, 3, 4] },
    { size: [2, 0, 4] },
    { vocab: 0 },
  ];
  const random = parts.map((part, i) => exactCase(build, { seed: i + 1, ...part }));
  return [workedCase(build), ...endCases(build), ...random];
}

function generate(draw: Draw, build: Build): Case {
  const skip = draw.pick([0, 2, 3]);
  return exactCase(build, {
    size: [draw.integer(0, 5), draw.integer(0, 12), draw.integer(1, 8)],
    vocab: draw.pick([1, 2, 7, 100, 1500]),
    dtype: draw.pick(['fp32', 'fp16', 'bf16']),
    seed: draw.integer(0, 65535),
    empty: (b) => skip > 0 && b % skip === 0,
    label: '_fuzz',
  });
}

/** The drafted tree changes how far a pass gets, never the first emitted token. */
function treeProbe(build: Build): Probe {
  const logits = [0.5, 1, -1, 2, 0, 0.25];
  const u = 0.625;
  const trees: [number[], number[]][] = [
    [[0], [-1]],
    [
      [0, 1, 2],
      [-1, 0, 0],
    ],
    [
      [0, 3],
      [-1, 0],
    ],
    [
      [0, 0, 1, 2, 3, 4, 5],
      [-1, 0, 0, 0, 0, 0, 0],
    ],
  ];
  const cases = trees.map(([tokens, parent], i) => {
    const rows = tokens.map(() => logits);
    return build(`probe_tree_${i}`, handInputs(rows, tokens, parent, [u, 0.125]));
  });
  return {
    id: 'verify_exact/the_tree_does_not_change_the_text',
    shows: 'the first emitted token is the same under any drafted tree',
    cases,
    check: (outputs) => {
      const first = outputs.map((out, i) => {
        if (intsOf(out, 'accepted')[0] === 0) return intsOf(out, 'bonus')[0]!;
        return trees[i]![0][intsOf(out, 'path')[1]!]!;
      });
      if (first.every((token) => token === first[0])) return [];
      return [{ output: 'bonus', message: `first tokens ${first} under four trees` }];
    },
  };
}

export const verifyExactSuite = defineSuite({
  operator: verifyExact,
  check,
  reference,
  laws,
  cases,
  generate,
  probes: (build) => [treeProbe(build)],
});
