/**
 * verify_exact in WGSL: chunks of rows, a draw of every row, then a walk of every request. `naive`
 * has an invocation for each row and request.
 */
import { chunksOf, DRAW_GROUP, drawLimits } from '../lib/wgsl/draw.ts';
import { drawWgsl } from '../lib/wgsl/draw.wgsl.ts';
import { type FormSpec, forms, groupsFor, plainForms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { verifyExact } from './operator.ts';
import { verifyExactWgsl } from './verify_exact.wgsl.ts';

const WALKED = ['tokens', 'parent', 'offsets', 'drawn_in', 'path', 'accepted', 'bonus'];

const inChunks: FormSpec = {
  limits: drawLimits,
  sources: [startsWgsl('offsets'), drawWgsl, verifyExactWgsl],
  plan: ({ axes }) => {
    const { requests, treeTokens, vocab } = axes;
    const chunks = treeTokens! * chunksOf(vocab!).chunks;
    const rows = chunks > 0 && requests! > 0 ? treeTokens! : 0;
    const asked = ['logits', 'parent', 'offsets', 'uniforms', 'stats_in', 'drawn'];
    return {
      overrides: { GROUP: DRAW_GROUP },
      passes: [
        { entry: 'measure', uses: ['logits', 'offsets', 'stats'], groups: chunks },
        { entry: 'draw', uses: asked, groups: rows },
        { entry: 'walk', uses: WALKED, groups: requests! },
      ],
      scratch: { stats: 8 * chunks, drawn: 4 * treeTokens! },
    };
  },
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: 0 },
  sources: [naiveWgsl],
  plan: ({ axes }) => {
    const rows = axes['treeTokens']!;
    const uses = ['logits', 'parent', 'offsets', 'uniforms', 'drawn'];
    return {
      overrides: {},
      passes: [
        { entry: 'naive_draw', uses, groups: groupsFor(rows, 64) },
        { entry: 'naive_walk', uses: WALKED, groups: groupsFor(axes['requests']!, 64) },
      ],
      scratch: { drawn: 4 * rows },
    };
  },
};

export const verifyExactKernel: WgslKernel = {
  operator: verifyExact,
  params: {
    requests: 'u32',
    positions: 'u32',
    treeTokens: 'u32',
    vocab: 'u32',
    chunks: 'u32',
    each: 'u32',
  },
  values: ({ axes }) => ({ positions: axes['draftLength']! + 1, ...chunksOf(axes['vocab']!) }),
  scratch: { stats: 'u32', drawn: 'i32' },
  variants: [...forms('', inChunks), ...plainForms('naive', naive, false)],
};
