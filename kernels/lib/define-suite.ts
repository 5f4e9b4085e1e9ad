/**
 * Puts an operator's suite together from its parts: checking and ids are the same for all, so each
 * folder only states what is its own.
 */
import type { Operator } from '../record.ts';
import type {
  Case,
  OperatorSuite,
  Probe,
  Problem,
  RawCase,
  Tensors,
  Tolerance,
} from '../suite-record.ts';
import { CaseError } from './case-error.ts';
import type { Draw } from './draw.ts';
import { checkRanges, resolveCall } from './resolve.ts';

/** Makes a checked case. The id is the operator's name and the label. */
export type Build = (
  label: string,
  inputs: Tensors,
  attributes?: Readonly<Record<string, number>>,
) => Case;

export interface SuiteParts {
  readonly operator: Operator;
  /** Checks what only this operator knows. Throws a `CaseError`. */
  check?(call: Case): void;
  /** Axes that follow from the values, not the shapes. The call is checked by then. */
  derive?(call: Case): Record<string, number>;
  readonly tolerances?: Readonly<Record<string, Tolerance>>;
  reference(call: Case): Tensors;
  twin?(call: Case): Tensors;
  laws?(call: Case, outputs: Tensors): Problem[];
  cases(build: Build): Case[];
  generate(draw: Draw, build: Build): Case;
  probes?(build: Build): Probe[];
}

export function defineSuite(parts: SuiteParts): OperatorSuite {
  const { operator } = parts;
  const resolve = (raw: RawCase, id = `${operator.name}/file`): Case => {
    if (raw.operator !== operator.name) {
      throw new CaseError('operator', `'${raw.operator}' given, '${operator.name}' expected`);
    }
    const { attributes, axes, dtypes } = resolveCall(operator, raw);
    const { inputs } = raw;
    const call: Case = { id, operator: operator.name, attributes, inputs, axes, dtypes };
    parts.check?.(call);
    Object.assign(axes, parts.derive?.(call));
    checkRanges([...operator.axes, ...operator.extents], axes);
    return call;
  };
  const build: Build = (label, inputs, attributes = {}) =>
    resolve({ operator: operator.name, attributes, inputs }, `${operator.name}/${label}`);
  return {
    operator,
    tolerances: parts.tolerances ?? {},
    resolve,
    validate: (call) => {
      resolve(call);
    },
    cases: () => parts.cases(build),
    generate: (draw) => parts.generate(draw, build),
    reference: (call) => parts.reference(call),
    twin: (call) => (parts.twin ?? parts.reference)(call),
    laws: (call, outputs) => parts.laws?.(call, outputs) ?? [],
    probes: () => parts.probes?.(build) ?? [],
  };
}
