/**
 * beam_step in WGSL: a pass ranks few continuations or chooses among many, two gather by parent.
 * `naive` has an invocation for each request and each new beam.
 * Example: 64 beams of 4 continuations are few, 65 of 4 are many.
 */
import { type FormSpec, forms, groupsFor, plainForms, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel, WgslPass } from '../lib/wgsl/record.ts';
import { unitsOfRow } from '../lib/wgsl/units.ts';
import type { Case } from '../suite-record.ts';
import { beamStepWgsl } from './beam_step.wgsl.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { beamStep } from './operator.ts';

/** As many as bins of the selection. */
const GROUP = 256;
const BEAMS_MOST = 1024;
/** Continuations of a request up to which each counts those before it. */
const FEW = 256;

function unitsOf({ axes, dtypes }: Case) {
  return unitsOfRow(axes['hidden']!, dtypes.float);
}

/** The pass that finds the winners. */
function winnersOf({ axes }: Case): WgslPass {
  const { requests, beams, candidates } = axes;
  const count = beams! * candidates!;
  const written = ['scores_out', 'parents', 'tokens_out'];
  if (count === 0) {
    return { entry: 'fill', uses: written, groups: groupsFor(requests! * beams!, GROUP) };
  }
  const uses = ['scores', 'values', 'tokens', ...written];
  return count <= FEW
    ? { entry: 'rank', uses, groups: groupsFor(requests! * count, GROUP) }
    : { entry: 'choose', uses, groups: requests! };
}

const gathered: FormSpec = {
  limits: {
    invocations: GROUP,
    workgroupBytes: rowBytes(GROUP) + 4 * (256 + 2) + 8 * BEAMS_MOST,
  },
  sources: [beamStepWgsl],
  plan: (call) => {
    const { requests, beams, step } = call.axes;
    const rows = requests! * beams!;
    const tokens = ['parents_in', 'tokens_out_in', 'histories', 'histories_out'];
    const states = ['parents_in', 'states', 'states_out'];
    const followers = groupsFor(rows * (step! + 1), GROUP);
    const gatherers = groupsFor(rows * unitsOf(call).units, GROUP);
    return {
      overrides: { GROUP },
      passes: [
        winnersOf(call),
        { entry: 'follow', uses: tokens, groups: followers },
        { entry: 'gather', uses: states, groups: gatherers },
      ],
      scratch: {},
    };
  },
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: 0 },
  sources: [naiveWgsl],
  plan: ({ axes }) => {
    const { requests, beams } = axes;
    const chosen = ['scores', 'values', 'tokens', 'scores_out', 'parents', 'tokens_out'];
    const read = ['parents_in', 'tokens_out_in', 'histories', 'states'];
    const followed = [...read, 'histories_out', 'states_out'];
    return {
      overrides: {},
      passes: [
        { entry: 'naive_choose', uses: chosen, groups: groupsFor(requests!, 64) },
        { entry: 'naive_follow', uses: followed, groups: groupsFor(requests! * beams!, 64) },
      ],
      scratch: {},
    };
  },
};

export const beamStepKernel: WgslKernel = {
  operator: beamStep,
  params: {
    requests: 'u32',
    beams: 'u32',
    candidates: 'u32',
    step: 'u32',
    hidden: 'u32',
    units: 'u32',
    is_words: 'u32',
  },
  values: (call) => ({ ...unitsOf(call) }),
  scratch: {},
  variants: [...forms('', gathered, false), ...plainForms('naive', naive, false)],
};
