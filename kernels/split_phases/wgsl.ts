/** split_phases in WGSL: one workgroup makes the indices, others move the rows. */
import { forms, groupsFor, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import { bytesPerElement } from '../record.ts';
import type { Case } from '../suite-record.ts';
import { splitPhases } from './operator.ts';
import { phasesWgsl } from './phases.wgsl.ts';
import { splitPhasesWgsl } from './split_phases.wgsl.ts';

const GROUP = 256;

/**
 * How rows are moved: their words (0 where a row ends inside one), invocations that share a row,
 * rows of a workgroup.
 */
export function rowMoves({ axes, dtypes }: Case) {
  const bytes = axes['hidden']! * bytesPerElement(dtypes.float);
  const words = bytes % 4 === 0 ? bytes / 4 : 0;
  const lanes = Math.min(GROUP, Math.max(1, words || axes['hidden']!));
  return { row_words: words, lanes, rows_each: Math.floor(GROUP / lanes) };
}

/** Workgroups that move the rows of a call. */
export function moveGroups(call: Case): number {
  const { requests, hidden, copiedRows } = call.axes;
  if (requests! * hidden! === 0) return 0;
  return groupsFor(copiedRows!, rowMoves(call).rows_each);
}

export const splitPhasesKernel: WgslKernel = {
  operator: splitPhases,
  params: { requests: 'u32', hidden: 'u32', row_words: 'u32', lanes: 'u32', rows_each: 'u32' },
  values: rowMoves,
  scratch: {},
  variants: forms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) },
      sources: [phasesWgsl, startsWgsl('phase_offsets_in'), splitPhasesWgsl],
      plan: (call) => {
        const made = ['types', 'offsets', 'indices', 'counts', 'phase_offsets'];
        const moved = ['offsets', 'indices_in', 'phase_offsets_in', 'rows', 'phase_rows'];
        const passes = [
          { entry: 'index', uses: made, groups: 1 },
          { entry: 'copy', uses: moved, groups: moveGroups(call) },
        ];
        return { overrides: { GROUP }, passes, scratch: {} };
      },
    },
    false,
  ),
};
