/** uniform in WGSL: an invocation for every counter. */
import { groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { wideWgsl } from '../lib/wgsl/wide.wgsl.ts';
import { uniform } from './operator.ts';
import { uniformWgsl } from './uniform.wgsl.ts';

const GROUP = 128;

export const uniformKernel: WgslKernel = {
  operator: uniform,
  params: { requests: 'u32', draws: 'u32' },
  scratch: {},
  variants: plainForms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: 0 },
      sources: [wideWgsl, uniformWgsl],
      plan: ({ axes }) => {
        const counters = axes['requests']! * groupsFor(axes['draws']!, 4);
        const uses = ['seed', 'request_ids', 'steps', 'uniforms'];
        const groups = groupsFor(counters, GROUP);
        return { overrides: { GROUP }, passes: [{ entry: 'draw', uses, groups }], scratch: {} };
      },
    },
    false,
  ),
};
