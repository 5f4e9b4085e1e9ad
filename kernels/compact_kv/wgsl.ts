/** compact_kv in WGSL: an invocation for every column of a row, in every layer. */
import { groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { bytesPerElement } from '../record.ts';
import type { Case } from '../suite-record.ts';
import { compactKvWgsl } from './compact_kv.wgsl.ts';
import { compactKv } from './operator.ts';

const GROUP = 128;

/** What rows are moved in: words, or elements where a row ends inside a word. */
function unitsOf({ axes, dtypes }: Case) {
  const elements = axes['kvHeads']! * axes['headDim']!;
  const bytes = elements * bytesPerElement(dtypes.kv ?? dtypes.float);
  const isWords = bytes % 4 === 0;
  return { units: isWords ? bytes / 4 : elements, is_words: isWords ? 1 : 0 };
}

export const compactKvKernel: WgslKernel = {
  operator: compactKv,
  params: {
    requests: 'u32',
    layers: 'u32',
    pages: 'u32',
    tokensPerBlock: 'u32',
    maxPages: 'u32',
    depth: 'u32',
    units: 'u32',
    is_words: 'u32',
  },
  values: (call) => ({ depth: call.axes['draftLength']! + 1, ...unitsOf(call) }),
  scratch: {},
  variants: plainForms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: 0 },
      sources: [compactKvWgsl],
      plan: (call) => {
        const { requests, layers } = call.axes;
        const groups = groupsFor(requests! * layers! * 2 * unitsOf(call).units, GROUP);
        const uses = ['pages', 'page_table', 'kv_lengths', 'offsets', 'path', 'accepted'];
        return {
          overrides: { GROUP },
          passes: [{ entry: 'move_rows', uses, groups }],
          scratch: {},
        };
      },
    },
    false,
  ),
};
