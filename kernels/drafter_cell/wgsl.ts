/** drafter_cell in WGSL: an invocation for every pair of elements. */
import { groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { siluWgsl } from '../lib/wgsl/silu.wgsl.ts';
import { drafterCellWgsl } from './drafter_cell.wgsl.ts';
import { drafterCell } from './operator.ts';

const GROUP = 128;

export const drafterCellKernel: WgslKernel = {
  operator: drafterCell,
  params: { rows: 'u32', hidden: 'u32' },
  scratch: {},
  variants: plainForms('', {
    limits: { invocations: GROUP, workgroupBytes: 0 },
    sources: [siluWgsl, drafterCellWgsl],
    plan: ({ axes }) => {
      const groups = groupsFor(axes['rows']! * axes['hidden']!, 2 * GROUP);
      const uses = ['embedding_product', 'state_product', 'bias', 'state'];
      return { overrides: { GROUP }, passes: [{ entry: 'cell', uses, groups }], scratch: {} };
    },
  }),
};
