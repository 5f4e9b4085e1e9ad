/** drafter_residual in WGSL: an invocation for every pair of elements; `naive` for every one. */
import { type FormSpec, groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { siluWgsl } from '../lib/wgsl/silu.wgsl.ts';
import type { Case } from '../suite-record.ts';
import { drafterResidualWgsl } from './drafter_residual.wgsl.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { drafterResidual } from './operator.ts';

const GROUP = 128;

function elementsOf({ axes }: Case): number {
  return axes['rows']! * axes['exit']!;
}

const USES = ['x', 'linear', 'y'];

const pairs: FormSpec = {
  limits: { invocations: GROUP, workgroupBytes: 0 },
  sources: [siluWgsl, drafterResidualWgsl],
  plan: (call) => {
    const pass = { entry: 'residual', uses: USES, groups: groupsFor(elementsOf(call), 2 * GROUP) };
    return { overrides: { GROUP }, passes: [pass], scratch: {} };
  },
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: 0 },
  sources: [siluWgsl, naiveWgsl],
  plan: (call) => {
    const pass = { entry: 'naive', uses: USES, groups: groupsFor(elementsOf(call), 64) };
    return { overrides: {}, passes: [pass], scratch: {} };
  },
};

export const drafterResidualKernel: WgslKernel = {
  operator: drafterResidual,
  params: { elements: 'u32' },
  values: (call) => ({ elements: elementsOf(call) }),
  scratch: {},
  variants: [...plainForms('', pairs), ...plainForms('naive', naive, false)],
};
