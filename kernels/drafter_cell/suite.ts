/**
 * Cases and reference of drafter_cell: state = SiLU(W·E(t) + U·s + b), where SiLU(x) = x · logistic
 * (x). Worked example: products 1 and 2, bias −3 give SiLU(0) = 0; products 1 and 0, bias 0 give
 * SiLU(1) = 0.7310585786.
 *
 * The twin rounds once, at the end; the sum is taken in fp32.
 */
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { roundTo } from '../lib/float-formats.ts';
import { silu } from '../lib/reference-math.ts';
import { float, floatsOf, reader } from '../lib/tensors.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Tensors } from '../suite-record.ts';
import { drafterCell } from './operator.ts';

function cell(call: Case, round: (x: number) => number): Tensors {
  const { floats, dtype, shape } = reader(call);
  const embedding = floats('embedding_product');
  const state = floats('state_product');
  const bias = floats('bias');
  const hidden = bias.length;
  const out = embedding.map((w, i) => round(silu(w + state[i]! + bias[i % hidden]!)));
  return { state: float(dtype('bias'), shape('embedding_product'), out) };
}

interface Shape {
  rows: number;
  hidden: number;
  dtype: Dtype;
  seed: number;
  scale: number;
  label: string;
}

function cellCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = {
    rows: 4,
    hidden: 64,
    dtype: 'fp32',
    seed: 1,
    scale: 2,
    label: '',
    ...part,
  };
  const { rows, hidden, dtype, seed, scale } = shape;
  const stream = new Stream(seed);
  const size = [rows, hidden];
  const inputs = {
    embedding_product: float(dtype, size, stream.values(dtype, rows * hidden, scale)),
    state_product: float(dtype, size, stream.values(dtype, rows * hidden, scale)),
    bias: float(dtype, [hidden], stream.values(dtype, hidden, scale)),
  };
  return build(`r${rows}_h${hidden}_${dtype}${shape.label}`, inputs);
}

const TYPES = ['fp32', 'fp16', 'bf16'] as const;

function cases(build: Build): Case[] {
  const parts: Partial<Shape>[] = [
    ...TYPES.flatMap((dtype) => [
      { dtype, hidden: 4096 },
      { dtype, hidden: 33, rows: 5 },
      { dtype, scale: 30, label: '_large' },
      { dtype, scale: 0.001, label: '_small' },
    ]),
    ...[1, 2, 3, 7, 8, 9, 31, 32, 127, 255, 257, 1023, 1025].map((hidden) => ({ hidden, rows: 3 })),
    ...[1, 2, 31, 33, 64, 65].map((rows) => ({ rows, hidden: 40 })),
    { rows: 1030, hidden: 3 },
    { rows: 0 },
    { hidden: 0 },
  ];
  return parts.map((part, i) => cellCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  return cellCase(build, {
    rows: draw.integer(0, 40),
    hidden: draw.integer(0, draw.pick([20, 300, 2000])),
    dtype: draw.pick(TYPES),
    scale: draw.pick([1, 0, 10, 40]),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}

/** Where the sum is 0 the state is 0, and far to the right SiLU(x) is x. */
function endsProbe(build: Build): Probe {
  const vector = (values: number[]) => float('fp32', [1, 4], values);
  const call = build('probe_ends', {
    embedding_product: vector([1, 64, -2, 100]),
    state_product: vector([2, 64, 1, 28]),
    bias: float('fp32', [4], [-3, 128, 1, 0]),
  });
  return {
    id: 'drafter_cell/ends',
    shows: 'SiLU(0) = 0 and SiLU(x) = x for large x, exactly',
    cases: [call],
    check: ([outputs]) => {
      const state = Array.from(floatsOf(outputs!, 'state'), (x) => x + 0);
      if (state.join() === '0,256,0,128') return [];
      return [{ output: 'state', message: `${state} given, 0, 256, 0, 128 expected` }];
    },
  };
}

export const drafterCellSuite = defineSuite({
  operator: drafterCell,
  // Three numbers of this size may cancel.
  tolerances: { state: { elementwise: true, magnitude: largest } },
  reference: (call) => cell(call, (x) => x),
  twin: (call) => cell(call, (x) => roundTo(call.dtypes.float, x)),
  cases,
  generate,
  probes: (build) => [endsProbe(build)],
});

function largest(call: Case): number {
  let most = 0;
  for (const { data } of Object.values(call.inputs)) {
    for (const x of data) most = Math.max(most, Math.abs(x));
  }
  return most;
}
