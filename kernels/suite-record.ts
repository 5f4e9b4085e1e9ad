/**
 * The test side of an operator: cases, float64 reference, precision twin, exact probes, validation.
 * It stands beside the record in the operator's folder, in a file of its own, so that who only
 * needs costs loads no tests (law: one folder tells everything about an operator).
 *
 * Example: `packBeamsSuite.reference(packBeamsSuite.cases()[0])` gives the worked example's tree.
 */
import type { Draw } from './lib/draw.ts';
import type { Dtype, Dtypes, Operator } from './record.ts';

/**
 * A dense tensor, row-major. Floats stand as numbers that their type holds exactly; in a float64
 * reference they are not rounded.
 */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Float64Array | Int32Array | Uint32Array;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** A call as a file states it: nothing derived, nothing checked. */
export interface RawCase {
  readonly operator: string;
  readonly attributes: Readonly<Record<string, number>>;
  readonly inputs: Tensors;
}

/** A checked call of an operator with all its extents. */
export interface Case extends RawCase {
  /** Mechanical, unique, and what filters accept: `pack_beams/b2_w3_bl4`. */
  readonly id: string;
  /** Every axis and extent of the record; attributes with their defaults filled in. */
  readonly axes: Readonly<Record<string, number>>;
  readonly dtypes: Dtypes;
}

/** What is wrong with an output. */
export interface Problem {
  readonly output: string;
  readonly message: string;
}

/**
 * An exact check with a tolerance of zero, over one case or several that belong together: `check`
 * gets the outputs of all cases in order.
 */
export interface Probe {
  readonly id: string;
  /** What it shows, one line. */
  readonly shows: string;
  readonly cases: readonly Case[];
  check(outputs: readonly Tensors[]): Problem[];
}

/** How far a float output may be from float64. */
export interface Tolerance {
  /** Bits must agree: nothing is computed, or one rounding that every device does alike. */
  readonly exact?: boolean;
  /** Compare element by element; else by rows of the last axis. */
  readonly elementwise?: boolean;
  /** Slack in units of 2⁻²⁴ for arithmetic in fp32; 16 when absent. */
  readonly ulps?: number;
  /** Size of the numbers that cancel into this output; the slack counts from the larger of it
   * and the row. */
  readonly magnitude?: (call: Case) => number;
}

export interface OperatorSuite {
  readonly operator: Operator;
  /** Tolerance by output name; integers are always exact. */
  readonly tolerances: Readonly<Record<string, Tolerance>>;
  /** Hand-picked cases. Always the same. */
  cases(): Case[];
  /** One case for fuzzing. */
  generate(draw: Draw): Case;
  /** Checks a call and fills in what follows from it. Throws a `CaseError`. */
  resolve(raw: RawCase, id?: string): Case;
  /** Throws a `CaseError` that names the field. */
  validate(call: RawCase): void;
  /** The outputs in float64. */
  reference(call: Case): Tensors;
  /** The outputs in float64 with the roundings that a kernel declares. */
  twin(call: Case): Tensors;
  /** Exact laws that the outputs of any case keep. */
  laws(call: Case, outputs: Tensors): Problem[];
  probes(): Probe[];
}
