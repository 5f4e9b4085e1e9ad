/**
 * Cases and reference of drafter_residual: y = x + SiLU(linear). Worked example: x = 1, linear = 1
 * gives 1 + 0.7310585786 = 1.7310585786. The twin rounds once, at the end.
 */
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { roundTo } from '../lib/float-formats.ts';
import { silu } from '../lib/reference-math.ts';
import { float, floatsOf, reader } from '../lib/tensors.ts';
import type { Dtype } from '../record.ts';
import type { Case, Probe, Tensors } from '../suite-record.ts';
import { drafterResidual } from './operator.ts';

function residual(call: Case, round: (x: number) => number): Tensors {
  const { floats, dtype, shape } = reader(call);
  const linear = floats('linear');
  const out = floats('x').map((x, i) => round(x + silu(linear[i]!)));
  return { y: float(dtype('x'), shape('x'), out) };
}

interface Shape {
  rows: number;
  exit: number;
  dtype: Dtype;
  seed: number;
  scale: number;
  label: string;
}

function residualCase(build: Build, part: Partial<Shape>): Case {
  const shape: Shape = { rows: 4, exit: 64, dtype: 'fp32', seed: 1, scale: 2, label: '', ...part };
  const { rows, exit, dtype, seed, scale } = shape;
  const stream = new Stream(seed);
  const inputs = {
    x: float(dtype, [rows, exit], stream.values(dtype, rows * exit, scale)),
    linear: float(dtype, [rows, exit], stream.values(dtype, rows * exit, scale)),
  };
  return build(`r${rows}_e${exit}_${dtype}${shape.label}`, inputs);
}

const TYPES = ['fp32', 'fp16', 'bf16'] as const;

function cases(build: Build): Case[] {
  const parts: Partial<Shape>[] = [
    ...TYPES.flatMap((dtype) => [
      { dtype, exit: 8192 },
      { dtype, exit: 33, rows: 5 },
      { dtype, scale: 30, label: '_large' },
    ]),
    ...[1, 2, 3, 7, 8, 9, 31, 32, 127, 255, 257, 1023, 1025].map((exit) => ({ exit, rows: 3 })),
    ...[1, 2, 31, 33, 64, 65].map((rows) => ({ rows, exit: 40 })),
    { rows: 1030, exit: 3 },
    { rows: 0 },
    { exit: 0 },
  ];
  return parts.map((part, i) => residualCase(build, { seed: i + 1, ...part }));
}

function generate(draw: Draw, build: Build): Case {
  return residualCase(build, {
    rows: draw.integer(0, 40),
    exit: draw.integer(0, draw.pick([20, 300, 2000])),
    dtype: draw.pick(TYPES),
    scale: draw.pick([1, 0, 10, 40]),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  });
}

/** Without a linear part the block passes x on. */
function passProbe(build: Build): Probe {
  const x = new Stream(5).values('bf16', 3 * 40);
  const call = build('probe_pass', {
    x: float('bf16', [3, 40], x),
    linear: float('bf16', [3, 40], new Float64Array(120)),
  });
  return {
    id: 'drafter_residual/passes_x_on',
    shows: 'SiLU(0) adds nothing',
    cases: [call],
    check: ([outputs]) => {
      const at = floatsOf(outputs!, 'y').findIndex((y, i) => y !== x[i]);
      return at < 0 ? [] : [{ output: 'y', message: `element ${at} is not x` }];
    },
  };
}

function largest(call: Case): number {
  let most = 0;
  for (const { data } of Object.values(call.inputs)) {
    for (const x of data) most = Math.max(most, Math.abs(x));
  }
  return most;
}

export const drafterResidualSuite = defineSuite({
  operator: drafterResidual,
  // x and SiLU(linear) may cancel.
  tolerances: { y: { elementwise: true, magnitude: largest } },
  reference: (call) => residual(call, (x) => x),
  twin: (call) => residual(call, (x) => roundTo(call.dtypes.float, x)),
  cases,
  generate,
  probes: (build) => [passProbe(build)],
});
