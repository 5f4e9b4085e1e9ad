/**
 * Cases and reference of merge_phases, the inverse of split_phases. Worked example, types 1 0 1 and
 * 2 3 1 rows: the rows come as request 1, 0, 2 and go back as 0, 1, 2; the places are 1 0 2.
 *
 * Law: merging what was split gives the batch back.
 */
import { type Build, defineSuite } from '../lib/define-suite.ts';
import { float, floatsOf, i32, reader } from '../lib/tensors.ts';
import { offsetsOf } from '../lib/trees.ts';
import {
  checkPhases,
  drawPhases,
  PHASE_PARTS,
  type PhaseShape,
  phaseInputs,
  phaseOrder,
  splitPhasesSuite,
} from '../split_phases/suite.ts';
import type { Case, Probe, Tensors } from '../suite-record.ts';
import { mergePhases } from './operator.ts';

function reference(call: Case): Tensors {
  const { floats, ints, shape, dtype, extent } = reader(call);
  const order = phaseOrder(ints('types'));
  const offsets = ints('offsets');
  const size = extent('phase_rows', 1);
  const starts = offsetsOf(order.map((b) => offsets[b + 1]! - offsets[b]!));
  const indices = new Int32Array(order.length);
  const rows = new Float64Array(floats('phase_rows').length);
  order.forEach((b, i) => {
    indices[b] = i;
    if (rows.length === 0) return;
    const from = floats('phase_rows').subarray(starts[i]! * size, starts[i + 1]! * size);
    rows.set(from, offsets[b]! * size);
  });
  return {
    indices: i32([order.length], indices),
    rows: float(dtype('phase_rows'), shape('phase_rows'), rows),
  };
}

function mergeCase(build: Build, part: Partial<PhaseShape>): Case {
  const { inputs, id } = phaseInputs(part, 'phase_rows');
  return build(id, inputs);
}

/** Rows that split_phases took apart come back bit for bit. */
function roundTripProbe(build: Build): Probe {
  const { inputs } = phaseInputs({ types: '1001101', hidden: 33, dtype: 'bf16', seed: 8 }, 'rows');
  const whole = splitPhasesSuite.resolve({ operator: 'split_phases', attributes: {}, inputs });
  const phase_rows = splitPhasesSuite.reference(whole)['phase_rows']!;
  const { types, offsets, rows } = inputs;
  const call = build('probe_round_trip', { types: types!, offsets: offsets!, phase_rows });
  return {
    id: 'merge_phases/round_trip',
    shows: 'merging what was split gives the batch back',
    cases: [call],
    check: ([outputs]) => {
      const at = floatsOf(outputs!, 'rows').findIndex((x, i) => x !== rows!.data[i]);
      return at < 0 ? [] : [{ output: 'rows', message: `element ${at} is not what it was` }];
    },
  };
}

export const mergePhasesSuite = defineSuite({
  operator: mergePhases,
  tolerances: { rows: { exact: true } },
  check: (call) => checkPhases(call, 'phase_rows'),
  reference,
  cases: (build) => PHASE_PARTS.map((part, i) => mergeCase(build, { seed: i + 1, ...part })),
  generate: (draw, build) => mergeCase(build, drawPhases(draw)),
  probes: (build) => [roundTripProbe(build)],
});
