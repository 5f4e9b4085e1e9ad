/** verify_greedy in WGSL: parts of rows first, then a workgroup a request. */
import { forms, groupsFor, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { verifyGreedy } from './operator.ts';
import { verifyGreedyWgsl } from './verify_greedy.wgsl.ts';

const GROUP = 64;
/** Tokens of a part: 64 an invocation; 128,256 tokens are 32 parts. */
const PART = 64 * GROUP;

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
  variants: forms('', {
    limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) },
    sources: [verifyGreedyWgsl],
    plan: ({ axes }) => {
      const parts = axes['treeTokens']! * groupsFor(axes['vocab']!, PART);
      const read = ['tokens', 'unpack', 'offsets', 'best_in'];
      const written = ['beam', 'accepted', 'bonus'];
      return {
        overrides: { GROUP },
        passes: [
          { entry: 'argmax', uses: ['logits', 'offsets', 'best'], groups: parts },
          { entry: 'follow', uses: [...read, ...written], groups: axes['requests']! },
        ],
        scratch: { best: 8 * parts },
      };
    },
  }),
};
