/**
 * Cases and reference of beam_step. All W·k continuations of a request are ranked by score +
 * log-probability; the first W of them are the new beams. The sum is one fp32 addition, so every
 * device gets the same sums, and equal sums go to the lowest flat index.
 *
 * Worked example, W = 2, k = 2, scores −1 and −2, values −1 −3 and −0.5 −1: the sums are −2 −4 −2.5
 * −3, so the new beams are flat 0 (parent 0) and flat 2 (parent 1), with scores −2 and −2.5.
 *
 * Laws: scores fall; histories[b, i] = histories of the parent + token; states are the parent's.
 */

import { checkNoPlusInfinity, checkRange } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { float, floatsOf, i32, intsOf, reader } from '../lib/tensors.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Problem, Tensors } from '../suite-record.ts';
import { beamStep } from './operator.ts';
import { bestContinuations } from './reference.ts';

function reference(call: Case): Tensors {
  const { floats, ints, dtype } = reader(call);
  const { requests, beams, candidates, step, hidden } = call.axes as Record<string, number> & {
    requests: number;
    beams: number;
    candidates: number;
    step: number;
    hidden: number;
  };
  const rows = requests * beams;
  const scores = new Float64Array(rows);
  const parents = new Int32Array(rows).fill(-1);
  const tokens = new Int32Array(rows).fill(-1);
  const histories = new Int32Array(rows * (step + 1)).fill(-1);
  const states = new Float64Array(rows * hidden);
  for (let b = 0; b < requests; b++) {
    const first = b * beams;
    const row = floats('scores').subarray(first, first + beams);
    const end = (first + beams) * candidates;
    const values = floats('values').subarray(first * candidates, end);
    bestContinuations(row, values, candidates, step <= 1).forEach(({ score, flat }, i) => {
      const to = first + i;
      scores[to] = score;
      if (flat < 0) return;
      const parent = Math.floor(flat / candidates);
      const from = first + parent;
      parents[to] = parent;
      tokens[to] = ints('tokens')[first * candidates + flat]!;
      for (let j = 0; j < step; j++) {
        histories[to * (step + 1) + j] = ints('histories')[from * step + j]!;
      }
      histories[to * (step + 1) + step] = tokens[to]!;
      for (let h = 0; h < hidden; h++)
        states[to * hidden + h] = floats('states')[from * hidden + h]!;
    });
  }
  const shape = [requests, beams];
  return {
    scores: float('fp32', shape, scores),
    parents: i32(shape, parents),
    tokens: i32(shape, tokens),
    histories: i32([...shape, step + 1], histories),
    states: float(dtype('states'), [...shape, hidden], states),
  };
}

function check(call: Case): void {
  checkNoPlusInfinity(call, 'scores');
  checkNoPlusInfinity(call, 'values');
  checkRange(call, 'tokens', -1, 2147483647);
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const { requests, beams, candidates } = call.axes as Record<string, number>;
  const scores = floatsOf(outputs, 'scores');
  const parents = intsOf(outputs, 'parents');
  for (let i = 0; i < requests! * beams!; i++) {
    if (i % beams! > 0 && scores[i]! > scores[i - 1]!) {
      return [{ output: 'scores', message: `place ${i} is above the place before it` }];
    }
    if (candidates! > 0 && !(parents[i]! >= 0 && parents[i]! < beams!)) {
      return [{ output: 'parents', message: `${parents[i]} is no beam` }];
    }
  }
  return [];
}

interface Shape {
  requests: number;
  beams: number;
  k: number;
  step: number;
  hidden: number;
  dtype: Dtype;
}

function label({ requests, beams, k, step, hidden, dtype }: Shape, more = ''): string {
  return `b${requests}_w${beams}_k${k}_j${step}_h${hidden}_${dtype}${more}`;
}

/** `levels` > 0 draws values from so few numbers that many are equal. */
function stepCase(build: Build, shape: Shape, stream: Stream, levels = 0, more = ''): Case {
  const { requests, beams, k, step, hidden, dtype } = shape;
  const rows = requests * beams;
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    const sorted = Array.from({ length: k }, () =>
      levels > 0 ? -0.5 * stream.below(levels) : -Math.abs(stream.value('fp32', 3)),
    ).sort((a, b) => b - a);
    values.push(...sorted);
  }
  const score = () => (levels > 0 ? -stream.below(levels) : -Math.abs(stream.value('fp32', 8)));
  const inputs = {
    scores: float('fp32', [requests, beams], Array.from({ length: rows }, score)),
    values: float('fp32', [requests, beams, k], values),
    tokens: i32(
      [requests, beams, k],
      values.map(() => stream.below(128256)),
    ),
    histories: i32(
      [requests, beams, step],
      Array.from({ length: rows * step }, () => stream.below(128256)),
    ),
    states: float(dtype, [requests, beams, hidden], stream.values(dtype, rows * hidden)),
  };
  return build(label(shape, more), inputs);
}

function workedCase(build: Build): Case {
  return build('b1_w2_k2_j2_h2_fp32_worked', {
    scores: float('fp32', [1, 2], [-1, -2]),
    values: float('fp32', [1, 2, 2], [-1, -3, -0.5, -1]),
    tokens: i32([1, 2, 2], [10, 11, 20, 21]),
    histories: i32([1, 2, 2], [7, 1, 7, 2]),
    states: float('fp32', [1, 2, 2], [0.5, 1.5, 2.5, 3.5]),
  });
}

/** Beams that carry −Infinity, as they do when their rows have fewer continuations than k. */
function infiniteCase(build: Build): Case {
  const none = Number.NEGATIVE_INFINITY;
  return build('b1_w3_k2_j2_h1_fp32_infinite', {
    scores: float('fp32', [1, 3], [-1, none, -3]),
    values: float('fp32', [1, 3, 2], [-1, none, -1, -1, none, none]),
    tokens: i32([1, 3, 2], [1, 2, 3, 4, 5, -1]),
    histories: i32([1, 3, 2], [7, 1, 7, 2, 7, 3]),
    states: float('fp32', [1, 3, 1], [1, 2, 3]),
  });
}

function cases(build: Build): Case[] {
  const list = [workedCase(build), infiniteCase(build)];
  const add = (size: Partial<Shape>, levels = 0, more = '') => {
    const base: Shape = { requests: 2, beams: 4, k: 4, step: 2, hidden: 16, dtype: 'fp32' };
    const stream = new Stream(list.length);
    list.push(stepCase(build, { ...base, ...size }, stream, levels, more));
  };
  for (const beams of [1, 2, 31, 32, 33, 63, 64, 65]) add({ beams, k: 5, hidden: 8 });
  for (const k of [1, 2, 31, 32, 33, 64]) add({ k, beams: 3, hidden: 8 });
  for (const step of [0, 1, 3, 8, 63]) add({ step });
  for (const hidden of [0, 1, 7, 64, 80, 513]) add({ hidden, beams: 2 });
  for (const dtype of ['fp16', 'bf16'] as const) add({ dtype, hidden: 40 });
  // Only beam 0 is alive at the first step; with W > k the others must still fill places.
  add({ step: 1, beams: 8, k: 3 }, 0, '_first_wide');
  add({ step: 1, beams: 5, k: 8 }, 2, '_first_ties');
  add({ beams: 8, k: 8 }, 1, '_all_equal');
  add({ beams: 16, k: 16 }, 3, '_ties');
  add({ beams: 64, k: 64, hidden: 4, requests: 3 }, 6, '_many_ties');
  add({ beams: 72, k: 64, hidden: 1, requests: 1 }, 9, '_more_ties');
  add({ requests: 1025, beams: 2, k: 2, hidden: 2 });
  add({ requests: 0 });
  add({ beams: 0 });
  add({ k: 0 });
  for (const dtype of ['fp16', 'bf16'] as const) add({ dtype, hidden: 7 });
  return list;
}

function generate(draw: Draw, build: Build): Case {
  const shape: Shape = {
    requests: draw.integer(0, 4),
    beams: draw.integer(0, 40),
    k: draw.integer(0, 20),
    step: draw.integer(0, 6),
    hidden: draw.integer(0, 70),
    dtype: draw.pick(['fp32', 'fp16', 'bf16']),
  };
  const levels = draw.pick([1, 0, 2, 5]);
  return stepCase(build, shape, draw.stream(), levels, '_fuzz');
}

/** A request gives the same beams wherever it stands in the batch. */
function slotProbe(build: Build): Probe {
  const shape: Shape = { requests: 3, beams: 4, k: 4, step: 2, hidden: 8, dtype: 'bf16' };
  const batch = stepCase(build, shape, new Stream(77), 3, '_probe_batch');
  const inputs: Record<string, Tensors[string]> = {};
  for (const [name, { dtype, shape: extents, data }] of Object.entries(batch.inputs)) {
    const size = data.length / 3;
    inputs[name] = { dtype, shape: [1, ...extents.slice(1)], data: data.slice(2 * size) };
  }
  const alone = build(label({ ...shape, requests: 1 }, '_probe_alone'), inputs);
  return {
    id: 'beam_step/batch_invariance',
    shows: 'the batch around a request does not change its bits',
    cases: [batch, alone],
    check: ([many, one]) => {
      const problems: Problem[] = [];
      for (const [output, { data }] of Object.entries(one!)) {
        const last = many![output]!.data.slice(2 * data.length);
        if (last.join() !== data.join())
          problems.push({ output, message: 'changes with the batch' });
      }
      return problems;
    },
  };
}

export const beamStepSuite = defineSuite({
  operator: beamStep,
  tolerances: { scores: { exact: true }, states: { exact: true } },
  check,
  reference,
  laws,
  cases,
  generate,
  probes: (build) => [slotProbe(build)],
});
