/** drafter_cell in WGSL: an invocation for every pair of elements; `naive` for every one. */
import { type FormSpec, groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { siluWgsl } from '../lib/wgsl/silu.wgsl.ts';
import { drafterCellWgsl } from './drafter_cell.wgsl.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { drafterCell } from './operator.ts';

const GROUP = 128;

const USES = ['embedding_product', 'state_product', 'bias', 'state'];

const pairs: FormSpec = {
  limits: { invocations: GROUP, workgroupBytes: 0 },
  sources: [siluWgsl, drafterCellWgsl],
  plan: ({ axes }) => {
    const groups = groupsFor(axes['rows']! * axes['hidden']!, 2 * GROUP);
    return { overrides: { GROUP }, passes: [{ entry: 'cell', uses: USES, groups }], scratch: {} };
  },
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: 0 },
  sources: [siluWgsl, naiveWgsl],
  plan: ({ axes }) => {
    const groups = groupsFor(axes['rows']! * axes['hidden']!, 64);
    return { overrides: {}, passes: [{ entry: 'naive', uses: USES, groups }], scratch: {} };
  },
};

export const drafterCellKernel: WgslKernel = {
  operator: drafterCell,
  params: { rows: 'u32', hidden: 'u32' },
  scratch: {},
  variants: [...plainForms('', pairs), ...plainForms('naive', naive, false)],
};
