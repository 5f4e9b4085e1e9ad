/**
 * The device that everything else is held against: the text of each operator's suite in this
 * language. It needs nothing, so it is everywhere.
 *
 * `float64` gives the reference as it is, for who compares with another implementation. `twin`
 * gives what a perfect kernel would: the float64 twin with the declared roundings, in the outputs'
 * types. Verifying it shows that a suite's own tolerances, laws and probes hold together.
 */
import type { Case, OperatorSuite, Tensor, Tensors } from '@beamline/kernels/suites';
import { isFloat, outputShapes, roundTo } from '@beamline/kernels/suites';
import type { Device, RunOptions, RunResult } from '../device.ts';
import { encodeTensor } from '../tensor-bytes.ts';

/** The bytes of what the reference holds: eight for a float, four for the others. */
function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function asFloat64(suite: OperatorSuite, call: Case): RunResult {
  const outputs = suite.reference(call);
  const bits: Record<string, Uint8Array> = {};
  for (const [name, tensor] of Object.entries(outputs)) bits[name] = bytesOf(tensor);
  return { outputs, bits, trespasses: [] };
}

function asTwin(suite: OperatorSuite, call: Case): RunResult {
  const twin = suite.twin(call);
  const outputs: Record<string, Tensors[string]> = {};
  const bits: Record<string, Uint8Array> = {};
  for (const [name, { dtype, shape }] of Object.entries(outputShapes(suite, call))) {
    const { data } = twin[name]!;
    const rounded = isFloat(dtype) ? data.map((x) => roundTo(dtype, x)) : data;
    outputs[name] = { dtype, shape, data: rounded };
    bits[name] = encodeTensor(outputs[name]!);
  }
  return { outputs, bits, trespasses: [] };
}

/** Its answers are there at once. */
export interface ReferenceDevice extends Device {
  run(suite: OperatorSuite, call: Case, options: RunOptions): RunResult;
}

export function referenceDevice(kind: 'float64' | 'twin'): ReferenceDevice {
  const compute = kind === 'float64' ? asFloat64 : asTwin;
  return {
    name: 'reference',
    facts: { title: `${kind} reference`, arch: null, multiprocessors: null, l2Bytes: null },
    isFunctional: true,
    schedules: ['default'],
    takesTimes: false,
    hasChecks: false,
    peaks: null,
    hasGraphs: false,
    variants: () => [kind],
    run: (suite, call) => compute(suite, call),
    prepare: null,
  };
}
