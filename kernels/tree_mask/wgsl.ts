/** tree_mask in WGSL: an invocation for every word. */
import { groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import type { Case } from '../suite-record.ts';
import { treeMask } from './operator.ts';
import { treeMaskWgsl } from './tree_mask.wgsl.ts';

const GROUP = 128;

function strideOf({ axes }: Case): number {
  return groupsFor(axes['maxTreeTokens']!, 32);
}

export const treeMaskKernel: WgslKernel = {
  operator: treeMask,
  params: { treeTokens: 'u32', requests: 'u32', stride: 'u32' },
  values: (call) => ({ stride: strideOf(call) }),
  scratch: {},
  variants: plainForms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: 0 },
      sources: [startsWgsl('offsets'), treeMaskWgsl],
      plan: (call) => {
        const groups = groupsFor(call.axes['treeTokens']! * strideOf(call), GROUP);
        const uses = ['parent', 'offsets', 'words'];
        return { overrides: { GROUP }, passes: [{ entry: 'mask', uses, groups }], scratch: {} };
      },
    },
    false,
  ),
};
