/** The operators that have a WGSL counterpart, in the order of `operators`. */
import { draftTopkKernel } from './draft_topk/wgsl.ts';
import type { WgslKernel } from './lib/wgsl/record.ts';
import { scanLengthsKernel } from './scan_lengths/wgsl.ts';

export { bindingsOf, moduleText } from './lib/wgsl/module.ts';
export {
  type IndirectGroups,
  paramsOf,
  type WgslFeature,
  type WgslKernel,
  type WgslPass,
  type WgslPlan,
  type WgslVariant,
} from './lib/wgsl/record.ts';

export const wgslKernels: readonly WgslKernel[] = [draftTopkKernel, scanLengthsKernel];
