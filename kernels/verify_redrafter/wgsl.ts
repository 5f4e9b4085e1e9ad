/** verify_redrafter in WGSL: chunks of rows, beams, chunks of residuals, then a draw a request. */
import { chunksOf, DRAW_GROUP, drawLimits } from '../lib/wgsl/draw.ts';
import { drawWgsl } from '../lib/wgsl/draw.wgsl.ts';
import { forms } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import type { Case } from '../suite-record.ts';
import { verifyRedrafter } from './operator.ts';
import { verifyRedrafterWgsl } from './verify_redrafter.wgsl.ts';

/** Where the words of `stats` lie: chunks of rows, totals of rows, choices of requests. */
function layoutOf({ axes }: Case) {
  const { chunks, each } = chunksOf(axes['vocab']!);
  const totals = 2 * axes['treeTokens']! * chunks;
  const chosen = totals + 2 * axes['treeTokens']!;
  return { chunks, each, totals, chosen, words: chosen + 4 * axes['requests']! };
}

export const verifyRedrafterKernel: WgslKernel = {
  operator: verifyRedrafter,
  params: {
    requests: 'u32',
    beams: 'u32',
    draftLength: 'u32',
    treeTokens: 'u32',
    vocab: 'u32',
    chunks: 'u32',
    each: 'u32',
    totals: 'u32',
    chosen: 'u32',
  },
  values: layoutOf,
  scratch: { stats: 'u32', residuals: 'f32' },
  variants: forms('', {
    limits: drawLimits,
    sources: [drawWgsl, verifyRedrafterWgsl],
    plan: (call) => {
      const requests = call.axes['requests']!;
      const { chunks, words } = layoutOf(call);
      const target = ['logits', 'tokens', 'unpack', 'offsets'];
      const drafted = ['draft_log_probs', 'uniforms', 'stats', 'accepted'];
      const both = ['logits', 'draft_log_probs', 'stats_in'];
      const drawn = ['residuals_in', 'bonus_uniforms', 'unpack', 'path', 'bonus'];
      return {
        overrides: { GROUP: DRAW_GROUP },
        passes: [
          {
            entry: 'measure',
            uses: ['logits', 'offsets', 'stats'],
            groups: call.axes['treeTokens']! * chunks,
          },
          { entry: 'follow', uses: [...target, ...drafted], groups: requests },
          { entry: 'residual', uses: [...both, 'residuals'], groups: requests * chunks },
          { entry: 'draw', uses: [...both, ...drawn], groups: requests },
        ],
        scratch: { stats: 4 * words, residuals: 4 * requests * chunks },
      };
    },
  }),
};
