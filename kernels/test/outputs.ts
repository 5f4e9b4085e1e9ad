/**
 * What a suite's reference gives for inputs written out by hand, as plain lists, for tests.
 */
import { packTree } from '../pack_beams/reference.ts';
import type { OperatorSuite, Tensors } from '../suite-record.ts';

/** Outputs by name. The inputs are checked first. */
export function outputsOf(
  suite: OperatorSuite,
  inputs: Tensors,
  attributes: Readonly<Record<string, number>> = {},
): Record<string, number[]> {
  const call = suite.resolve({ operator: suite.operator.name, attributes, inputs });
  const outputs: Record<string, number[]> = {};
  for (const [name, { data }] of Object.entries(suite.reference(call))) {
    outputs[name] = Array.from(data);
  }
  return outputs;
}

/** The tree of one request's beams, tokens written out. */
export function treeOf(beams: readonly (readonly number[])[]) {
  return packTree(Int32Array.from(beams.flat()), beams.length, beams[0]!.length);
}
