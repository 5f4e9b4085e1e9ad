/** What was timed, as the figure of rooflines takes it, under the adapter's own ceilings. */
import type { Ceilings } from '@beamline/bench/webgpu';
import { type KernelRoofline, kernelRoofline } from '@beamline/figures/kernel_roofline/model';
import type { TimedRow } from './protocol.ts';

/** Null where nothing was timed. */
export function labRoofline(
  title: string,
  ceilings: Ceilings,
  rows: readonly TimedRow[],
): KernelRoofline | null {
  const records = rows.map(({ record }) => record).filter(({ timing }) => timing !== null);
  if (records.length === 0) return null;
  return kernelRoofline({
    records,
    ceilings: {
      device: title,
      bytesPerSecond: ceilings.copyBytesPerSecond,
      flopPerSecond: ceilings.multiplyFlopPerSecond,
      launchNs: ceilings.launchNs,
    },
  });
}
