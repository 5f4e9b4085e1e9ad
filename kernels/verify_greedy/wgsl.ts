/**
 * verify_greedy in WGSL: parts of rows first, then a workgroup a request. `naive` has an invocation
 * for each.
 */
import { type FormSpec, forms, groupsFor, plainForms, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { verifyGreedy } from './operator.ts';
import { verifyGreedyWgsl } from './verify_greedy.wgsl.ts';

const GROUP = 64;
/** Tokens of a part: 64 an invocation; 128,256 tokens are 32 parts. */
const PART = 64 * GROUP;

const FOLLOWED = ['tokens', 'unpack', 'offsets', 'best_in', 'beam', 'accepted', 'bonus'];

const inParts: FormSpec = {
  limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) },
  sources: [verifyGreedyWgsl],
  plan: ({ axes }) => {
    const parts = axes['treeTokens']! * groupsFor(axes['vocab']!, PART);
    return {
      overrides: { GROUP },
      passes: [
        { entry: 'argmax', uses: ['logits', 'offsets', 'best'], groups: parts },
        { entry: 'follow', uses: FOLLOWED, groups: axes['requests']! },
      ],
      scratch: { best: 8 * parts },
    };
  },
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: 0 },
  sources: [naiveWgsl],
  plan: ({ axes }) => {
    const rows = axes['treeTokens']!;
    const uses = ['logits', 'offsets', 'best'];
    return {
      overrides: {},
      passes: [
        { entry: 'naive_best', uses, groups: groupsFor(rows, 64) },
        { entry: 'naive_follow', uses: FOLLOWED, groups: groupsFor(axes['requests']!, 64) },
      ],
      scratch: { best: 4 * rows },
    };
  },
};

export const verifyGreedyKernel: WgslKernel = {
  operator: verifyGreedy,
  params: {
    requests: 'u32',
    beams: 'u32',
    positions: 'u32',
    treeTokens: 'u32',
    vocab: 'u32',
    part: 'u32',
    parts: 'u32',
  },
  values: ({ axes }) => ({
    positions: axes['draftLength']! + 1,
    part: PART,
    parts: groupsFor(axes['vocab']!, PART),
  }),
  scratch: { best: 'u32' },
  variants: [...forms('', inParts), ...plainForms('naive', naive, false)],
};
