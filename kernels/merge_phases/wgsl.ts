/** merge_phases in WGSL: one workgroup makes the indices, others move the rows. */
import { forms, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import { phasesWgsl } from '../split_phases/phases.wgsl.ts';
import { moveGroups, rowMoves } from '../split_phases/wgsl.ts';
import { mergePhasesWgsl } from './merge_phases.wgsl.ts';
import { mergePhases } from './operator.ts';

const GROUP = 256;

export const mergePhasesKernel: WgslKernel = {
  operator: mergePhases,
  params: { requests: 'u32', hidden: 'u32', row_words: 'u32', lanes: 'u32', rows_each: 'u32' },
  values: rowMoves,
  scratch: { first_row: 'u32' },
  variants: forms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) },
      sources: [phasesWgsl, startsWgsl('offsets'), mergePhasesWgsl],
      plan: (call) => {
        const requests = call.axes['requests']!;
        const made = ['types', 'offsets', 'indices', 'first_row'];
        const moved = ['offsets', 'first_row_in', 'phase_rows', 'rows'];
        return {
          overrides: { GROUP },
          passes: [
            { entry: 'index', uses: made, groups: requests > 0 ? 1 : 0 },
            { entry: 'copy', uses: moved, groups: moveGroups(call) },
          ],
          scratch: { first_row: 4 * requests },
        };
      },
    },
    false,
  ),
};
