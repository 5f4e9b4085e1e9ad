/** pack_beams in WGSL: trees are measured, added up, numbered and written, each by a pass. */
import { forms, groupsFor, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import type { Case } from '../suite-record.ts';
import { packBeams } from './operator.ts';
import { packBeamsWgsl } from './pack_beams.wgsl.ts';

const GROUP = 64;

function strideOf({ attributes }: Case): number {
  return groupsFor(attributes['maxTreeTokens']!, 32);
}

export const packBeamsKernel: WgslKernel = {
  operator: packBeams,
  params: {
    requests: 'u32',
    beams: 'u32',
    depth_most: 'u32',
    treeTokens: 'u32',
    stride: 'u32',
  },
  values: (call) => ({ depth_most: call.axes['draftLength']! + 1, stride: strideOf(call) }),
  scratch: { shared_positions: 'u32', first_row: 'u32' },
  variants: forms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) },
      sources: [startsWgsl('offsets_in'), packBeamsWgsl],
      plan: (call) => {
        const { requests, beams, draftLength, treeTokens } = call.axes;
        const positions = requests! * beams! * (draftLength! + 1);
        const beamBytes = Math.max(4, 4 * requests! * beams!);
        const trees = beams! > 0 ? requests! : 0;
        const numbered = ['shared_positions_in', 'first_row_in', 'offsets_in'];
        const made = ['packed', 'depth', 'parent', 'unpack'];
        return {
          overrides: { GROUP },
          passes: [
            { entry: 'measure', uses: ['beams', 'shared_positions', 'lengths'], groups: requests! },
            { entry: 'add_up', uses: ['lengths_in', 'offsets'], groups: 1 },
            { entry: 'number_rows', uses: ['shared_positions_in', 'first_row'], groups: trees },
            {
              entry: 'fill',
              uses: ['beams', ...numbered, ...made],
              groups: groupsFor(positions, GROUP),
            },
            {
              entry: 'mask',
              uses: ['parent_in', 'offsets_in', 'words'],
              groups: positions > 0 ? groupsFor(treeTokens! * strideOf(call), GROUP) : 0,
            },
          ],
          scratch: { shared_positions: beamBytes, first_row: beamBytes },
        };
      },
    },
    false,
  ),
};
