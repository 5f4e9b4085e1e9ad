/** drafter_residual in WGSL: an invocation for every pair of elements. */
import { groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { siluWgsl } from '../lib/wgsl/silu.wgsl.ts';
import type { Case } from '../suite-record.ts';
import { drafterResidualWgsl } from './drafter_residual.wgsl.ts';
import { drafterResidual } from './operator.ts';

const GROUP = 128;

function elementsOf({ axes }: Case): number {
  return axes['rows']! * axes['exit']!;
}

export const drafterResidualKernel: WgslKernel = {
  operator: drafterResidual,
  params: { elements: 'u32' },
  values: (call) => ({ elements: elementsOf(call) }),
  scratch: {},
  variants: plainForms('', {
    limits: { invocations: GROUP, workgroupBytes: 0 },
    sources: [siluWgsl, drafterResidualWgsl],
    plan: (call) => {
      const groups = groupsFor(elementsOf(call), 2 * GROUP);
      const pass = { entry: 'residual', uses: ['x', 'linear', 'y'], groups };
      return { overrides: { GROUP }, passes: [pass], scratch: {} };
    },
  }),
};
