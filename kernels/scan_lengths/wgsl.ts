/** scan_lengths in WGSL: one workgroup, so that no sum of another has to be waited for. */
import { forms, rowBytes } from '../lib/wgsl/forms.ts';
import type { WgslKernel } from '../lib/wgsl/record.ts';
import { scanLengths } from './operator.ts';
import { scanLengthsWgsl } from './scan_lengths.wgsl.ts';

const GROUP = 256;

export const scanLengthsKernel: WgslKernel = {
  operator: scanLengths,
  params: { requests: 'u32' },
  scratch: {},
  variants: forms(
    '',
    {
      limits: { invocations: GROUP, workgroupBytes: rowBytes(GROUP) },
      sources: [scanLengthsWgsl],
      plan: () => ({
        overrides: { GROUP, EACH: 8 },
        passes: [{ entry: 'scan', uses: ['lengths', 'offsets', 'total', 'max'], groups: 1 }],
        scratch: {},
      }),
    },
    false,
  ),
};
