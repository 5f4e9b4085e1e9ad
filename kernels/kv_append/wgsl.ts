/** kv_append in WGSL: frequencies once, then one workgroup a token. */
import { plainForms } from '../lib/wgsl/forms.ts';
import type { ParamType, WgslKernel } from '../lib/wgsl/record.ts';
import { startsWgsl } from '../lib/wgsl/starts.ts';
import { wideWgsl } from '../lib/wgsl/wide.wgsl.ts';
import type { Case } from '../suite-record.ts';
import { kvAppendWgsl } from './kv_append.wgsl.ts';
import { kvAppend } from './operator.ts';

const GROUP = 128;
const HEAD_DIM_MOST = 512;
/** Bits of a pair's number: 256 pairs at most. */
const PAIR_BITS = 8;
const WORD = 2 ** 32;

function halfOf({ axes, attributes }: Case): number {
  return (attributes['rotaryDim']! || axes['headDim']!) >> 1;
}

/** A number from 0 to 1 in units of 2^-64, high word first. */
function fractionOf(value: number): readonly [number, number] {
  if (value >= 1) return [WORD - 1, WORD - 1];
  const high = Math.floor(value * WORD);
  return [high, Math.floor((value * WORD - high) * WORD)];
}

/** theta^(-2^j / half), of which a pair's frequency is made, for each bit j. */
function factorsOf(call: Case): Record<string, number> {
  const half = halfOf(call);
  const factors: Record<string, number> = {};
  for (let bit = 0; bit < PAIR_BITS; bit++) {
    const exponent = half === 0 ? 0 : -(2 ** bit) / half;
    const [high, low] = fractionOf(call.attributes['theta']! ** exponent);
    factors[`high${bit}`] = high;
    factors[`low${bit}`] = low;
  }
  return factors;
}

const factorParams = Object.fromEntries(
  Array.from({ length: PAIR_BITS }, (_, bit) => bit).flatMap((bit): [string, ParamType][] => [
    [`high${bit}`, 'u32'],
    [`low${bit}`, 'u32'],
  ]),
);

export const kvAppendKernel: WgslKernel = {
  operator: kvAppend,
  params: {
    requests: 'u32',
    kvHeads: 'u32',
    headDim: 'u32',
    tokensPerBlock: 'u32',
    maxPages: 'u32',
    half: 'u32',
    width: 'u32',
    keyScale: 'f32',
    valueScale: 'f32',
    ...factorParams,
  },
  values: (call) => {
    const half = halfOf(call);
    const isEven = half % 2 === 0 && call.axes['headDim']! % 2 === 0;
    return { half, width: isEven ? 2 : 1, ...factorsOf(call) };
  },
  scratch: { frequency: 'u32' },
  variants: plainForms('', {
    limits: { invocations: GROUP, workgroupBytes: 8 * (HEAD_DIM_MOST / 2) },
    sources: [wideWgsl, startsWgsl('offsets'), kvAppendWgsl],
    refuse: ({ axes }) =>
      axes['headDim']! > HEAD_DIM_MOST ? `heads of ${HEAD_DIM_MOST} elements at most` : null,
    plan: (call) => {
      const { treeTokens, kvHeads, headDim, requests } = call.axes;
      const isEmpty = kvHeads! * headDim! * requests! === 0;
      const groups = isEmpty ? 0 : treeTokens!;
      const half = halfOf(call);
      const inputs = ['k', 'v', 'positions', 'offsets', 'kv_lengths', 'page_table'];
      return {
        overrides: { GROUP },
        passes: [
          { entry: 'frequencies', uses: ['frequency'], groups: half > 0 && groups > 0 ? 1 : 0 },
          { entry: 'append', uses: [...inputs, 'pages', 'frequency_in'], groups },
        ],
        scratch: { frequency: Math.max(8, 8 * half) },
      };
    },
  }),
};
