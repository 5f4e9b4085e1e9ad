/**
 * Time of a matrix product C[m,n] = A[m,k]·B[k,n] on one GPU: overhead + the 4-norm of a memory
 * time and a matrix-unit time, the least over output tiles and splits of the inner extent. Tiles
 * give tile quantisation, tiles over multiprocessors give wave quantisation, splits keep skinny
 * products (few rows) at the memory's rate.
 *
 * Structure after the usual tiled-GEMM analysis; the five constants per GPU and type are fitted on
 * published operator timings, see fixtures/hardware/README.md (H100 bf16: median error 6 %).
 */
import type { GemmCurve, Hardware } from '../hardware/index.ts';

/**
 * Output tile, and its matrix rate against the largest one: small tiles reload operands more often.
 */
const TILES: readonly (readonly [rows: number, columns: number, rate: number])[] = [
  [64, 64, 0.7],
  [64, 128, 0.82],
  [128, 128, 0.92],
  [128, 256, 1],
];
const SPLITS: readonly number[] = [1, 2, 4, 8];
/** The inner extent advances in blocks of 64 elements. */
const INNER_BLOCK = 64;

export interface GemmTime {
  ns: number;
  bytes: number;
  flop: number;
  bound: 'memory' | 'compute' | 'launch';
}

export function emptyGemmTime(): GemmTime {
  return { ns: 0, bytes: 0, flop: 0, bound: 'launch' };
}

/** (a⁴ + b⁴)^¼: the larger of two overlapping times, rounded where they meet. */
export function norm4(a: number, b: number): number {
  const a2 = a * a;
  const b2 = b * b;
  return Math.sqrt(Math.sqrt(a2 * a2 + b2 * b2));
}

/**
 * Fills `into` with time (ns), bytes and FLOP of one product, or of `groups` products that share
 * the m rows evenly (experts). Zero extents cost nothing.
 */
export function gemm(
  hardware: Hardware,
  curve: GemmCurve,
  m: number,
  n: number,
  k: number,
  into: GemmTime,
  groups = 1,
): GemmTime {
  if (!(m > 0 && n > 0 && k > 0)) {
    into.ns = 0;
    into.bytes = 0;
    into.flop = 0;
    into.bound = 'launch';
    return into;
  }
  const bytes = groups * n * k * curve.weightBytes + m * k * curve.activationBytes + m * n * 2;
  const sms = hardware.multiprocessors;
  const flopPerNsAndSm = (curve.peakFlopPerSecond * curve.computeShare * 1e-9) / sms;
  const bytesPerNs = hardware.memoryBytesPerSecond * curve.memoryShare * 1e-9;
  const rowsPerGroup = m / groups;
  let best = Number.POSITIVE_INFINITY;
  let bestCompute = 0;
  let bestMemory = 0;
  for (const [tileRows, tileColumns, rate] of TILES) {
    const plainTiles = groups * Math.ceil(rowsPerGroup / tileRows) * Math.ceil(n / tileColumns);
    for (const split of SPLITS) {
      const tiles = plainTiles * split;
      const inner = Math.ceil(k / split / INNER_BLOCK) * INNER_BLOCK + curve.innerElements;
      const tileFlop = 2 * tileRows * tileColumns * inner;
      const compute = (Math.ceil(tiles / sms) * tileFlop) / (flopPerNsAndSm * rate);
      const fill = Math.min(1, tiles / (sms * curve.fillTiles));
      const partials = split > 1 ? 4 * m * n * split : 0;
      const memory = (bytes + partials) / (bytesPerNs * fill);
      const time = norm4(compute, memory);
      if (time < best) {
        best = time;
        bestCompute = compute;
        bestMemory = memory;
      }
    }
  }
  into.ns = curve.overheadNs + best;
  into.bytes = bytes;
  into.flop = 2 * m * n * k;
  into.bound = curve.overheadNs > best ? 'launch' : bestCompute > bestMemory ? 'compute' : 'memory';
  return into;
}
