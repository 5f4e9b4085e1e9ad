/**
 * Cases and reference of uniform: Philox4x32-10 (Salmon et al., SC 2011), ten rounds of two 32 × 32
 * bit products, the key raised by a Weyl constant after each. Worked example: key 0, counter 0
 * gives the words 6627e8d5 e169c58d bc57ac4c 9b00dbd8; their upper 24 bits make the draws.
 * Law: a draw depends on seed, request, step and index alone, not on its slot.
 */
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { float, floatsOf, i32, reader, u32 } from '../lib/tensors.ts';
import type { Case, Probe, Problem, Tensors } from '../suite-record.ts';
import { uniform } from './operator.ts';
import { uniformAt } from './reference.ts';

function reference(call: Case): Tensors {
  const { ints, words } = reader(call);
  const ids = ints('request_ids');
  const steps = ints('steps');
  const seed = Array.from(words('seed'));
  const draws = call.axes['draws']!;
  const out = new Float64Array(ids.length * draws);
  for (let b = 0; b < ids.length; b++) {
    for (let i = 0; i < draws; i++) {
      out[b * draws + i] = uniformAt(seed, ids[b]!, steps[b]!, i);
    }
  }
  return { uniforms: float('fp32', [ids.length, draws], out) };
}

function call(
  build: Build,
  label: string,
  seed: number[],
  ids: number[],
  steps: number[],
  draws: number,
) {
  const inputs = {
    seed: u32([2], seed),
    request_ids: i32([ids.length], ids),
    steps: i32([ids.length], steps),
  };
  return build(label, inputs, { draws });
}

const SEED = [0x243f6a88, 0x85a308d3];

function cases(build: Build): Case[] {
  const shapes: [number, number][] = [
    [1, 1],
    [1, 4],
    [1, 5],
    [3, 7],
    [5, 21],
    [33, 3],
    [257, 1],
    [1025, 2],
    [2, 1030],
    [0, 4],
    [4, 0],
  ];
  const list = [call(build, 'b1_n4_zero', [0, 0], [0], [0], 4)];
  for (const [requests, draws] of shapes) {
    const stream = new Stream(requests * 31 + draws);
    const ids = Array.from({ length: requests }, () => stream.below(1 << 30));
    const steps = Array.from({ length: requests }, () => stream.below(1 << 20));
    list.push(call(build, `b${requests}_n${draws}`, SEED, ids, steps, draws));
  }
  // Numbers with the sign bit set count as unsigned.
  list.push(call(build, 'b2_n8_signs', [0xffffffff, 0xffffffff], [-1, -2147483648], [-1, 7], 8));
  return list;
}

function generate(draw: Draw, build: Build): Case {
  const requests = draw.integer(0, 40);
  const draws = draw.integer(0, 37);
  const stream = draw.stream();
  const ids = Array.from({ length: requests }, () => stream.uint32() | 0);
  const steps = Array.from({ length: requests }, () => stream.uint32() | 0);
  const seed = [stream.uint32(), stream.uint32()];
  return call(build, `b${requests}_n${draws}_fuzz`, seed, ids, steps, draws);
}

function laws(call: Case, outputs: Tensors): Problem[] {
  const out = floatsOf(outputs, 'uniforms');
  const bad = out.findIndex((u) => !(u >= 0 && u < 1 && Number.isInteger(u * 16777216)));
  if (bad < 0) return [];
  return [{ output: 'uniforms', message: `${out[bad]} of ${call.id} is no 24-bit draw in [0, 1)` }];
}

/** The same requests in another order, with fewer neighbours, give the same draws. */
function slotProbe(build: Build): Probe {
  const ids = [5, 900, 17, 4];
  const steps = [1, 2, 3, 4];
  const batch = call(build, 'probe_batch_b4_n6', SEED, ids, steps, 6);
  const alone = call(build, 'probe_alone_b1_n6', SEED, [17], [3], 6);
  const longer = call(build, 'probe_longer_b2_n11', SEED, [17, 5], [3, 1], 11);
  return {
    id: 'uniform/slot_independence',
    shows: 'a draw depends on seed, request, step and index alone',
    cases: [batch, alone, longer],
    check: (outputs) => {
      const [many, one, more] = outputs.map((out) => floatsOf(out, 'uniforms'));
      const problems: Problem[] = [];
      for (let i = 0; i < 6; i++) {
        if (many![12 + i] === one![i] && more![i] === one![i] && more![11 + i] === many![i])
          continue;
        problems.push({ output: 'uniforms', message: `draw ${i} changes with the batch` });
      }
      return problems;
    },
  };
}

export const uniformSuite = defineSuite({
  operator: uniform,
  tolerances: { uniforms: { exact: true } },
  reference,
  laws,
  cases,
  generate,
  probes: (build) => [slotProbe(build)],
});
