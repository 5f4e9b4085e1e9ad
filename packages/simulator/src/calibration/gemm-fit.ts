/** Matrix products of one type on one GPU: the five figures of cost/gemm.ts from measured times. */
import { emptyGemmTime, gemm } from '../cost/gemm.ts';
import type { Hardware } from '../hardware/index.ts';
import type { WeightType } from '../scenario/scenario.ts';
import type { Subject } from './curve-fit.ts';
import type { MeasuredTable } from './measured-table.ts';

export interface GemmRow {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly ns: number;
}

/** Extents that matter in a transformer; outside them the published tables are kernel launches. */
export const gemmRange = { mostRows: 8192, leastExtent: 512 };

export function gemmRows(table: MeasuredTable, dtype: string): GemmRow[] {
  return table.map((row) => {
    if (table.text(row, 'gemm_dtype') !== dtype) return null;
    const n = table.number(row, 'n');
    const k = table.number(row, 'k');
    const m = table.number(row, 'm');
    const { mostRows, leastExtent } = gemmRange;
    if (m > mostRows || n < leastExtent || k < leastExtent) return null;
    return { m, n, k, ns: table.number(row, 'latency') * 1e6 };
  });
}

export const gemmKey = ({ m, n, k }: GemmRow) => `${m} ${n} ${k}`;

/**
 * Some tables were timed outside a captured graph, with a launch in every row. There `overheadNs`
 * cannot be told from the launch; both together are fitted as `floorNs`, and the engine's own
 * `overheadNs` stays as it is.
 */
export function gemmSubject(
  hardware: Hardware,
  type: WeightType,
  isCaptured: boolean,
): Subject<GemmRow> {
  const time = emptyGemmTime();
  const now = hardware.gemm[type];
  return {
    free: {
      [isCaptured ? 'overheadNs' : 'floorNs']: { start: 4000, least: 500, most: 40_000 },
      // No GPU streams at its peak, and a tile or two a multiprocessor fills the memory's queues.
      memoryShare: { start: 0.8, least: 0.2, most: 0.92 },
      computeShare: { start: 0.7, least: 0.2, most: 1 },
      innerElements: { start: 50, least: 1, most: 1000 },
      fillTiles: { start: 0.6, least: 0.05, most: 4 },
    },
    measuredNs: ({ ns }) => ns,
    groupOf: ({ n, k }) => `${n} ${k}`,
    axesOf: ({ m, n, k }) => ({ m, n, k }),
    predictor: (figures) => {
      const overheadNs = figures['overheadNs'] ?? figures['floorNs'] ?? 0;
      const curve = { ...now, ...figures, overheadNs };
      return ({ m, n, k }) => gemm(hardware, curve, m, n, k, time).ns;
    },
  };
}
