/** prune_tree in WGSL: one workgroup chooses, the others re-pack. */
import { forms, groupsFor, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import { pruneTree } from './operator.ts';
import { pruneTreeWgsl } from './prune_tree.wgsl.ts';

const GROUP = 256;
const BIN_BYTES = 4 * 256 + 16;

export const pruneTreeKernel: WgslKernel = {
  operator: pruneTree,
  params: { requests: 'u32', treeTokens: 'u32', kept: 'u32' },
  scratch: { kept_before: 'u32' },
  variants: forms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) + BIN_BYTES },
      sources: [startsWgsl('offsets'), pruneTreeWgsl],
      plan: ({ axes }) => {
        const { requests, treeTokens } = axes;
        const asked = ['survival', 'parent', 'offsets', 'budget', 'kept_before'];
        const counted = ['offsets', 'kept_before_in', 'lengths', 'offsets_out'];
        const read = ['parent', 'packed', 'offsets', 'kept_before_in'];
        const made = ['nodes', 'parent_out', 'depth', 'packed_out'];
        const rows = requests! > 0 ? groupsFor(treeTokens!, GROUP) : 0;
        return {
          overrides: { GROUP },
          passes: [
            { entry: 'choose', uses: asked, groups: 1 },
            { entry: 'count', uses: counted, groups: groupsFor(requests! + 1, GROUP) },
            { entry: 'repack', uses: [...read, ...made], groups: rows },
          ],
          scratch: { kept_before: 4 * (treeTokens! + 1) },
        };
      },
    },
    false,
  ),
};
