/**
 * What is timed of an operator: one case of the chosen size, in the type that the adapter computes
 * in, by the variant that it would choose itself and, where there is one, by the naive one.
 */
import { caseOfSizes, type Device, defaultSizes, type Sizes } from '@beamline/bench/webgpu';
import type { Case, OperatorSuite } from '@beamline/kernels/suites';
import type { TimedSize } from './protocol.ts';

/** Between a test on a CPU and a model of 8 billion parameters: 130 MB in the page. */
const medium: Partial<Sizes> = {
  requests: 2,
  kvLength: 4096,
  queryHeads: 32,
  kvHeads: 8,
  vocab: 32000,
  hidden: 2048,
  exit: 2048,
};

export function sizesOf(size: TimedSize): Sizes {
  if (size === 'medium') return { ...defaultSizes(true), ...medium };
  // One layer of the KV cache: more of them are the same call again, and the page's memory ends.
  return size === 'small' ? defaultSizes(true) : { ...defaultSizes(false), layers: 1 };
}

export function timedCase(suite: OperatorSuite, size: TimedSize, hasHalf: boolean): Case {
  const float = hasHalf ? 'fp16' : 'fp32';
  return caseOfSizes(suite, sizesOf(size), { float, kv: float });
}

/** '' is the variant that the device chooses. */
export function timedVariants(device: Device, operator: string): string[] {
  const naive = device.variants(operator).find((name) => name.startsWith('naive'));
  return naive === undefined ? [''] : ['', naive];
}
