/**
 * The least time that a call can take on a GPU: floor = launch + max(bytes/BW, FLOP/F, exps/E), and
 * which of them holds. The counts come from the operator's record, the rates from the caller.
 *
 * Example: 16.8 MB at 4.8e12 B/s take 3.5 µs; 0.27 GFLOP at 7.9e14 take 0.34 µs: memory binds.
 */
import type { Work } from '@beamline/kernels';
import type { Bound, Floor } from './record.ts';

/** Rates of a GPU that nothing can exceed, with where they come from. */
export interface Peaks {
  readonly hardware: string;
  /** Reached on the device itself: a kernel may still come out a little faster. */
  readonly isMeasured?: true;
  readonly bytesPerSecond: number;
  readonly flopPerSecond: number;
  readonly expPerSecond: number;
  /** Time of a kernel that does nothing, inside a graph. */
  readonly launchNs: number;
}

export function floorOf(work: Work, peaks: Peaks): Floor {
  const times: [Bound, number][] = [
    ['memory', (work.bytes / peaks.bytesPerSecond) * 1e9],
    ['compute', (work.flop / peaks.flopPerSecond) * 1e9],
    ['exp', (work.exps / peaks.expPerSecond) * 1e9],
  ];
  const launchNs = work.launches > 0 ? peaks.launchNs : 0;
  let [bound, most] = times[0]!;
  for (const [name, ns] of times) if (ns > most) [bound, most] = [name, ns];
  return {
    ns: launchNs + most,
    bound: most < launchNs ? 'launch' : bound,
    hardware: peaks.hardware,
  };
}

/**
 * What no right measurement can be shorter than: the launch is left out, because a stream of
 * launches overlaps it, and bytes count only when they cannot lie in the cache.
 */
export function hardFloorNs(work: Work, peaks: Peaks, isCached: boolean): number {
  const memory = isCached ? 0 : work.bytes / peaks.bytesPerSecond;
  return Math.max(memory, work.flop / peaks.flopPerSecond, work.exps / peaks.expPerSecond) * 1e9;
}
