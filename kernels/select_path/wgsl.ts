/** select_path in WGSL: paths, lengths and states, each by a pass of its own. */
import { groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { unitsOfRow } from '../lib/wgsl/units.ts';
import type { Case } from '../suite-record.ts';
import { selectPath } from './operator.ts';
import { selectPathWgsl } from './select_path.wgsl.ts';

const GROUP = 128;

function unitsOf({ axes, dtypes }: Case) {
  return unitsOfRow(axes['hidden']!, dtypes.float);
}

export const selectPathKernel: WgslKernel = {
  operator: selectPath,
  params: { requests: 'u32', beams: 'u32', depth: 'u32', units: 'u32', is_words: 'u32' },
  values: (call) => ({ depth: call.axes['draftLength']! + 1, ...unitsOf(call) }),
  scratch: {},
  variants: plainForms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: 0 },
      sources: [selectPathWgsl],
      plan: (call) => {
        const { requests, draftLength } = call.axes;
        const chosen = ['unpack', 'offsets', 'beam', 'accepted'];
        const lengths = ['offsets', 'accepted', 'kv_lengths', 'positions', 'lengths'];
        const pass = (entry: string, uses: readonly string[], items: number) => {
          return { entry, uses, groups: groupsFor(items, GROUP) };
        };
        return {
          overrides: { GROUP },
          passes: [
            pass(
              'tokens_of',
              [...chosen, 'bonus', 'packed', 'tokens', 'path'],
              requests! * (draftLength! + 1),
            ),
            pass('lengths_of', lengths, requests!),
            pass('states', [...chosen, 'hidden', 'hidden_out'], requests! * unitsOf(call).units),
          ],
          scratch: {},
        };
      },
    },
    false,
  ),
};
