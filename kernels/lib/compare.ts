/**
 * Holds outputs against the float64 reference. The yardstick is the twin: float64 with the
 * roundings that a kernel declares. A row may be at most twice as far from float64 as the twin's
 * row, plus a slack for fp32 arithmetic, and the same for the row's worst element (law: the
 * tolerance follows from the number format, never from what a kernel happens to give). NaN never
 * passes; integers are exact.
 *
 * The factor of two is the rule of the FlashAttention tests (Dao et al.): at most twice the error
 * of a plain implementation in the same precision.
 */
import type { TensorSpec } from '../record.ts';
import type { Case, OperatorSuite, Problem, Tensor, Tensors, Tolerance } from '../suite-record.ts';
import { isFloat, unitRoundoff } from './float-formats.ts';
import { evaluateExtent } from './shape.ts';

/** Shape and type of each output of a case, in the record's order. */
export function outputShapes(
  suite: OperatorSuite,
  call: Case,
): Record<string, Omit<Tensor, 'data'>> {
  const shapes: Record<string, Omit<Tensor, 'data'>> = {};
  for (const spec of suite.operator.outputs) {
    const shape = spec.shape.map((text) => {
      const extent = evaluateExtent(text, call.axes);
      if (extent === null) throw new Error(`${spec.name}: extent '${text}' is unknown`);
      return extent;
    });
    shapes[spec.name] = { dtype: outputDtype(spec, call), shape };
  }
  return shapes;
}

function outputDtype(spec: TensorSpec, call: Case): Tensor['dtype'] {
  if (spec.dtype === 'float') return call.dtypes.float;
  return spec.dtype === 'kv' ? (call.dtypes.kv ?? call.dtypes.float) : spec.dtype;
}

/** Index of an element in words, such as `[3, 1]`. */
export function indexIn(shape: readonly number[], flat: number): string {
  const index: number[] = [];
  let rest = flat;
  for (let i = shape.length - 1; i >= 0; i--) {
    index.unshift(rest % shape[i]!);
    rest = Math.floor(rest / shape[i]!);
  }
  return `[${index.join(', ')}]`;
}

function compareExact(
  name: string,
  expected: Tensor,
  actual: Tensor['data'],
  mayBeNaN: boolean,
): Problem[] {
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === expected.data[i]) continue;
    if (mayBeNaN && Number.isNaN(actual[i]) && Number.isNaN(expected.data[i])) continue;
    const at = indexIn(expected.shape, i);
    const message = `${at} is ${actual[i]}, expected ${expected.data[i]}`;
    return [{ output: name, message }];
  }
  return [];
}

interface RowErrors {
  norm: number;
  largest: number;
  error: number;
  twinError: number;
  worst: number;
  twinWorst: number;
  at: number;
}

/** Errors of one row, or a message about a value that never passes. */
function rowErrors(
  actual: Tensor['data'],
  expected: Tensor['data'],
  twin: Tensor['data'],
  start: number,
  length: number,
  mayBeNaN: boolean,
): RowErrors | { at: number; why: string } {
  const row: RowErrors = {
    norm: 0,
    largest: 0,
    error: 0,
    twinError: 0,
    worst: 0,
    twinWorst: 0,
    at: start,
  };
  for (let i = start; i < start + length; i++) {
    const x = actual[i]!;
    const exact = expected[i]!;
    if (mayBeNaN && Number.isNaN(x) && Number.isNaN(exact)) continue;
    if (Number.isNaN(x)) return { at: i, why: `NaN, expected ${exact}` };
    if (!Number.isFinite(exact) || !Number.isFinite(x)) {
      // What overflows in the twin's type may overflow in the kernel's.
      if (x !== exact && x !== twin[i]) return { at: i, why: `${x}, expected ${exact}` };
      continue;
    }
    const off = Math.abs(x - exact);
    const twinOff = Number.isFinite(twin[i]!) ? Math.abs(twin[i]! - exact) : 0;
    row.norm += exact * exact;
    row.largest = Math.max(row.largest, Math.abs(exact));
    row.error += off * off;
    row.twinError += twinOff * twinOff;
    row.twinWorst = Math.max(row.twinWorst, twinOff);
    if (off > row.worst) {
      row.worst = off;
      row.at = i;
    }
  }
  row.norm = Math.sqrt(row.norm);
  row.error = Math.sqrt(row.error);
  row.twinError = Math.sqrt(row.twinError);
  return row;
}

function compareRows(
  spec: { name: string; tolerance: Tolerance; magnitude: number; mayBeNaN: boolean },
  expected: Tensor,
  twin: Tensor,
  actual: Tensor['data'],
): Problem[] {
  const { name, tolerance } = spec;
  const length = tolerance.elementwise ? 1 : (expected.shape[expected.shape.length - 1] ?? 1);
  const isRounded = expected.dtype !== 'fp32';
  const roundoff = unitRoundoff[expected.dtype as keyof typeof unitRoundoff];
  const slack = (tolerance.ulps ?? 16) * unitRoundoff.fp32;
  for (let start = 0; start < actual.length; start += length) {
    const row = rowErrors(actual, expected.data, twin.data, start, length, spec.mayBeNaN);
    if ('why' in row) {
      return [{ output: name, message: `${indexIn(expected.shape, row.at)} is ${row.why}` }];
    }
    const tiny = slack * Math.max(row.norm, spec.magnitude) + Number.MIN_VALUE;
    const allowed = 2 * row.twinError + tiny;
    // The largest of a row's errors scatters more than their sum of squares: one more rounding of
    // the row's largest number.
    const allowedWorst = 2 * row.twinWorst + tiny + (isRounded ? roundoff * row.largest : 0);
    if (row.error <= allowed && row.worst <= allowedWorst) continue;
    const at = indexIn(expected.shape, row.at);
    const message =
      `row at ${indexIn(expected.shape, start)}: error ${row.error.toExponential(2)}, allowed ` +
      `${allowed.toExponential(2)}; worst at ${at}: ${actual[row.at]}, expected ` +
      `${expected.data[row.at]}`;
    return [{ output: name, message }];
  }
  return [];
}

/** What is wrong with the outputs of a case. Nothing means: right. */
export function compare(
  suite: OperatorSuite,
  call: Case,
  outputs: Tensors,
  reference: Tensors = suite.reference(call),
  twin: Tensors = suite.twin(call),
): Problem[] {
  const shapes = outputShapes(suite, call);
  const problems: Problem[] = [];
  for (const { name, inPlace } of suite.operator.outputs) {
    const actual = outputs[name];
    const { dtype, shape } = shapes[name]!;
    if (actual === undefined) {
      problems.push({ output: name, message: 'missing' });
      continue;
    }
    if (actual.dtype !== dtype || actual.shape.join() !== shape.join()) {
      const given = `${actual.dtype} [${actual.shape.join(', ')}]`;
      const message = `${given} given, ${dtype} [${shape.join(', ')}] expected`;
      problems.push({ output: name, message });
      continue;
    }
    const tolerance = suite.tolerances[name] ?? {};
    const expected = reference[name]!;
    if (!isFloat(dtype) || tolerance.exact) {
      problems.push(...compareExact(name, expected, actual.data, inPlace === true));
    } else {
      const magnitude = tolerance.magnitude?.(call) ?? 0;
      // Memory that a call only passes on may hold NaN before and after.
      const spec = { name, tolerance, magnitude, mayBeNaN: inPlace === true };
      problems.push(...compareRows(spec, expected, twin[name]!, actual.data));
    }
  }
  return problems.length > 0 ? problems : suite.laws(call, outputs);
}
