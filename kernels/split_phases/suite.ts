/**
 * Cases and reference of split_phases: a stable partition by phase, the context requests first.
 * Worked example, types 1 0 1 and 2 3 1 rows: the order is request 1, 0, 2, counts 1 and 2, phase
 * offsets 0 3 5 6.
 *
 * Laws: every request stands once; merge_phases gives the rows back.
 */
import { CaseError } from '../lib/case-error.ts';
import { checkOffsets, checkRange } from '../lib/checks.ts';
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { type Draw, Stream } from '../lib/draw.ts';
import { float, i32, intsOf, reader } from '../lib/tensors.ts';
import { offsetsOf } from '../lib/trees.ts';
import type { Dtype } from '../record.ts';
import type { Case, Problem, Tensors } from '../suite-record.ts';
import { splitPhases } from './operator.ts';

/** Requests in the order of the phases. */
export function phaseOrder(types: Int32Array): number[] {
  const order: number[] = [];
  for (const phase of [0, 1]) {
    types.forEach((type, b) => {
      if (type === phase) order.push(b);
    });
  }
  return order;
}

function reference(call: Case): Tensors {
  const { floats, ints, shape, dtype, extent } = reader(call);
  const order = phaseOrder(ints('types'));
  const offsets = ints('offsets');
  const size = extent('rows', 1);
  const context = ints('types').filter((type) => type === 0).length;
  const phaseOffsets = offsetsOf(order.map((b) => offsets[b + 1]! - offsets[b]!));
  const rows = new Float64Array(floats('rows').length);
  if (rows.length > 0) {
    order.forEach((b, i) => {
      const from = floats('rows').subarray(offsets[b]! * size, offsets[b + 1]! * size);
      rows.set(from, phaseOffsets[i]! * size);
    });
  }
  return {
    indices: i32([order.length], order),
    counts: i32([2], [context, order.length - context]),
    phase_offsets: i32([order.length + 1], phaseOffsets),
    phase_rows: float(dtype('rows'), shape('rows'), rows),
  };
}

/** Types are phases, and offsets end at the rows given; without rows nothing is copied. */
export function checkPhases(call: Case, rows: string): void {
  const { ints, extent } = reader(call);
  checkRange(call, 'types', 0, 1);
  const offsets = ints('offsets');
  const last = offsets[offsets.length - 1] ?? 0;
  const given = extent(rows, 0);
  checkOffsets(call, 'offsets', given === 0 ? last : given);
  if (last > 4194304) throw new CaseError('inputs.offsets', `${last} rows are too many`);
}

function laws(_call: Case, outputs: Tensors): Problem[] {
  const order = [...intsOf(outputs, 'indices')].sort((a, b) => a - b);
  const at = order.findIndex((b, i) => b !== i);
  return at < 0 ? [] : [{ output: 'indices', message: `request ${at} does not stand once` }];
}

/** Types of the batches that TensorRT-LLM's own tests use, as 0s and 1s. */
export const TYPE_VECTORS: readonly (readonly [string, string])[] = [
  ['one_context', '0'],
  ['one_generation', '1'],
  ['5_context', '00000'],
  ['5_generation', '11111'],
  ['1_and_4', '01111'],
  ['4_and_1', '00001'],
  ['3_and_2', '00011'],
];

export interface PhaseShape {
  /** '0' context, '1' generation, one letter a request. */
  types: string;
  hidden: number;
  dtype: Dtype;
  seed: number;
  /** Rows of request b. */
  rows: (b: number, stream: Stream) => number;
  copies: boolean;
  label: string;
}

/** Inputs that split and merge share; `name` is the tensor of rows. */
export function phaseInputs(part: Partial<PhaseShape>, name: string) {
  const shape: PhaseShape = {
    types: '01011',
    hidden: 2,
    dtype: 'fp32',
    seed: 1,
    rows: (_b, stream) => stream.below(5),
    copies: true,
    label: '',
    ...part,
  };
  const { types, hidden, dtype, label } = shape;
  const stream = new Stream(shape.seed);
  const offsets = offsetsOf(Array.from(types, (_, b) => shape.rows(b, stream)));
  const rows = shape.copies ? offsets[types.length]! : 0;
  const inputs = {
    types: i32([types.length], Array.from(types, Number)),
    offsets: i32([offsets.length], offsets),
    [name]: float(dtype, [rows, hidden], stream.values(dtype, rows * hidden)),
  };
  return { inputs, id: `b${types.length}_n${rows}_h${hidden}_${dtype}${label}` };
}

function mixed(count: number): string {
  return Array.from({ length: count }, (_, b) => (b * 7 + (b >> 2)) % 3 === 0)
    .map(Number)
    .join('');
}

/** The shapes that both operators are tried on. */
export const PHASE_PARTS: Partial<PhaseShape>[] = [
  ...TYPE_VECTORS.map(([label, types]) => ({ types, label: `_${label}`, rows: () => 1 })),
  ...TYPE_VECTORS.map(([label, types]) => ({ types, label: `_${label}_ragged`, hidden: 9 })),
  ...(['fp32', 'fp16', 'bf16'] as const).map((dtype) => ({ dtype, hidden: 40, label: '_types' })),
  ...[1, 8, 33, 64, 513].map((hidden) => ({ hidden, types: '10010' })),
  ...[31, 32, 33, 1023, 1024, 1025, 3000].map((b) => ({ types: mixed(b), hidden: 1 })),
  { types: '010101', copies: false, label: '_by_index' },
  { types: '0101', rows: () => 0, label: '_no_rows' },
  { types: '' },
  { hidden: 0 },
  ...(['fp16', 'bf16'] as const).map((dtype) => ({ dtype, hidden: 7, label: '_odd' })),
];

export function drawPhases(draw: Draw): Partial<PhaseShape> {
  const count = draw.integer(0, draw.pick([6, 60]));
  return {
    types: Array.from({ length: count }, () => draw.integer(0, 1)).join(''),
    hidden: draw.integer(0, 40),
    dtype: draw.pick(['fp32', 'fp16', 'bf16']),
    copies: !draw.onceIn(5),
    seed: draw.integer(0, 65535),
    label: '_fuzz',
  };
}

function splitCase(build: Build, part: Partial<PhaseShape>): Case {
  const { inputs, id } = phaseInputs(part, 'rows');
  return build(id, inputs);
}

export const splitPhasesSuite = defineSuite({
  operator: splitPhases,
  tolerances: { phase_rows: { exact: true } },
  check: (call) => checkPhases(call, 'rows'),
  reference,
  laws,
  cases: (build) => PHASE_PARTS.map((part, i) => splitCase(build, { seed: i + 1, ...part })),
  generate: (draw, build) => splitCase(build, drawPhases(draw)),
});
