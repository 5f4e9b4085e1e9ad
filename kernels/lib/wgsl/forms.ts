/**
 * The forms of one algorithm: the same text over other helpers. `subgroup` exchanges values inside
 * subgroups of any size, `portable` only through workgroup memory, and `f16` is `subgroup` with
 * fp16 tensors held as such (fp16 calls only); elsewhere 16-bit numbers lie two to a word.
 *
 * Example: `forms('split', spec)` gives split_f16, split_subgroup and split_portable; with a name
 * of '' f16, subgroup and portable.
 */
import type { Case } from '../../suite-record.ts';
import type { WgslFeature, WgslLimits, WgslPlan, WgslVariant } from './record.ts';
import { rowWgsl } from './row.wgsl.ts';
import { rowPortableWgsl } from './row_portable.wgsl.ts';
import { rowSubgroupWgsl } from './row_subgroup.wgsl.ts';

export type FormName = 'f16' | 'subgroup' | 'portable';

export interface FormSpec {
  readonly limits: WgslLimits;
  /** Texts; of a call where some depend on its sizes (few distinct ones: each is compiled). */
  readonly sources: readonly string[] | ((call: Case, form: FormName) => readonly string[]);
  refuse?(call: Case): string | null;
  plan(call: Case): WgslPlan;
}

interface Form {
  readonly name: FormName;
  readonly needs: readonly WgslFeature[];
  readonly rows: readonly string[];
}

const FORMS: readonly Form[] = [
  { name: 'f16', needs: ['shader-f16', 'subgroups'], rows: [rowSubgroupWgsl, rowWgsl] },
  { name: 'subgroup', needs: ['subgroups'], rows: [rowSubgroupWgsl, rowWgsl] },
  { name: 'portable', needs: [], rows: [rowPortableWgsl, rowWgsl] },
];

function variantOf(base: string, form: Form, spec: FormSpec): WgslVariant {
  const isHalf = form.needs.includes('shader-f16');
  return {
    name: base === '' ? form.name : `${base}_${form.name}`,
    needs: form.needs,
    limits: spec.limits,
    sources: (call) => [
      ...form.rows,
      ...(typeof spec.sources === 'function' ? spec.sources(call, form.name) : spec.sources),
    ],
    refuse: (call) => {
      if (isHalf && call.dtypes.float !== 'fp16') return `takes fp16, not ${call.dtypes.float}`;
      return spec.refuse?.(call) ?? null;
    },
    plan: (call) => spec.plan(call),
  };
}

/** All forms; without `hasFloats` (integers only) those without f16. */
export function forms(base: string, spec: FormSpec, hasFloats = true): WgslVariant[] {
  return FORMS.filter(({ name }) => hasFloats || name !== 'f16').map((form) =>
    variantOf(base, form, spec),
  );
}

/** One form without exchange between invocations: helpers of rows are not needed. */
export function plainForms(base: string, spec: FormSpec, hasFloats = true): WgslVariant[] {
  const half: Form = { name: 'f16', needs: ['shader-f16'], rows: [rowPortableWgsl] };
  const plain: Form = { name: 'portable', needs: [], rows: [rowPortableWgsl] };
  return (hasFloats ? [half, plain] : [plain]).map((form) => variantOf(base, form, spec));
}

/** Bytes of workgroup memory that the helpers of rows take: a word for each invocation, and one. */
export function rowBytes(invocations: number): number {
  return 4 * invocations + 16;
}

/** Workgroups of `size` for `count` items. */
export function groupsFor(count: number, size: number): number {
  return Math.ceil(count / size);
}
