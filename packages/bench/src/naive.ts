/**
 * Times beside those of the same operator written down naively. A device that has such a text names
 * its variants `naive` or `naive_…`; the fastest of them on the same case, device and way of
 * launching is what the others are held against.
 *
 * Example: 2.0 ms where `naive_portable` takes 9.0 ms: 4.5 times as fast.
 */
import type { KernelRecord } from './record.ts';

export function isNaive({ variant }: Pick<KernelRecord, 'variant'>): boolean {
  return variant === 'naive' || variant.startsWith('naive_');
}

function keyOf({ device, deviceTitle, case: id, timing }: KernelRecord): string {
  return [device, deviceTitle, id, timing?.caches, timing?.launch].join('\n');
}

/** How many times as fast as naive, of those timed beside it; naive ones have no entry. */
export function timesNaive(records: readonly KernelRecord[]): ReadonlyMap<KernelRecord, number> {
  const naiveNs = new Map<string, number>();
  for (const record of records) {
    if (!isNaive(record) || record.timing === null) continue;
    const key = keyOf(record);
    const { medianNs } = record.timing;
    naiveNs.set(key, Math.min(medianNs, naiveNs.get(key) ?? medianNs));
  }
  const times = new Map<KernelRecord, number>();
  for (const record of records) {
    const ns = naiveNs.get(keyOf(record));
    if (ns === undefined || isNaive(record) || record.timing === null) continue;
    times.set(record, ns / record.timing.medianNs);
  }
  return times;
}
