/**
 * draft_topk in WGSL. `split` reads a row once, in parts that workgroups share; it keeps lists of
 * max(k, keep) entries, at most 64. `row` reads it several times, one workgroup a row, and keeps
 * any number. `naive` stands beside both as what the meaning costs when written down.
 */
import { type FormSpec, forms, groupsFor, plainForms, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel, WgslPass } from '../lib/wgsl/record.ts';
import type { Case } from '../suite-record.ts';
import { draftTopkWgsl } from './draft_topk.wgsl.ts';
import { naiveWgsl } from './naive.wgsl.ts';
import { draftTopk } from './operator.ts';

const GROUP = 256;
const LIST_MOST = 64;
/** Words of a list before its entries. */
const HEAD = 3;

interface Layout {
  readonly list: number;
  /** Elements that an invocation looks at. */
  readonly each: number;
  /** Parts of a row. */
  readonly cuts: number;
}

/** Parts as small as their lists allow: the merge looks at all of a row's entries at once. */
function layoutOf({ axes, attributes }: Case): Layout {
  const vocab = axes['vocab']!;
  const list = Math.max(axes['candidates']!, Math.min(attributes['keep']!, vocab), 1);
  for (let each = 8; ; each *= 2) {
    const cuts = groupsFor(vocab, GROUP * each);
    if (cuts <= 1 || cuts * list <= GROUP * each) return { list, each, cuts };
  }
}

const base = {
  limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) + 4 * (256 + 2 * LIST_MOST + 8) },
  sources: [draftTopkWgsl],
};

const split: FormSpec = {
  ...base,
  refuse: (call) => {
    const { list } = layoutOf(call);
    return list > LIST_MOST ? `keeps ${list} values, at most ${LIST_MOST}` : null;
  },
  plan: (call) => {
    const rows = call.axes['rows']!;
    const { list, cuts } = layoutOf(call);
    const passes: WgslPass[] = [];
    if (cuts > 0) passes.push({ entry: 'cut', uses: ['logits', 'parts'], groups: rows * cuts });
    if (cuts > 1) passes.push({ entry: 'merge', uses: ['logits', 'parts'], groups: rows });
    const uses = ['logits', 'values', 'tokens', 'lse', 'parts_in'];
    passes.push({ entry: 'finish', uses, groups: rows });
    const lists = rows * (cuts > 1 ? cuts + 1 : 1);
    return {
      overrides: { GROUP },
      passes,
      scratch: { parts: 4 * lists * (HEAD + 2 * list) },
    };
  },
};

/** Layout of a row in one piece. */
function wholeOf({ axes }: Case): Layout {
  const vocab = axes['vocab']!;
  return { list: Math.max(axes['candidates']!, 1), each: groupsFor(vocab, GROUP), cuts: 1 };
}

const row: FormSpec = {
  ...base,
  plan: (call) => {
    const rows = call.axes['rows']!;
    const { list } = wholeOf(call);
    const whole = { entry: 'whole', uses: ['logits', 'parts'], groups: rows };
    const uses = ['logits', 'values', 'tokens', 'lse', 'parts_in'];
    const finish = { entry: 'finish', uses, groups: rows };
    return {
      overrides: { GROUP },
      passes: call.axes['vocab']! > 0 ? [whole, finish] : [finish],
      scratch: { parts: 4 * rows * (HEAD + 2 * list) },
    };
  },
};

const naive: FormSpec = {
  limits: { invocations: 64, workgroupBytes: 0 },
  sources: [naiveWgsl],
  plan: ({ axes }) => ({
    overrides: {},
    passes: [
      {
        entry: 'naive',
        uses: ['logits', 'values', 'tokens', 'lse'],
        groups: groupsFor(axes['rows']!, 64),
      },
    ],
    scratch: {},
  }),
};

export const draftTopkKernel: WgslKernel = {
  operator: draftTopk,
  params: {
    rows: 'u32',
    vocab: 'u32',
    candidates: 'u32',
    keep: 'u32',
    list: 'u32',
    each: 'u32',
    cuts: 'u32',
    is_whole: 'u32',
  },
  values: (call, { name }) =>
    name.startsWith('row') ? { ...wholeOf(call), is_whole: 1 } : { ...layoutOf(call), is_whole: 0 },
  scratch: { parts: 'u32' },
  variants: [...forms('split', split), ...forms('row', row), ...plainForms('naive', naive, false)],
};
