/** Collectives between the GPUs of one node from measured times, see cost/collective.ts. */
import { allGatherNs, allReduceNs } from '../cost/collective.ts';
import type { Hardware } from '../hardware/index.ts';
import type { Subject } from './curve-fit.ts';
import type { MeasuredTable } from './measured-table.ts';

export interface CollectiveRow {
  readonly gpus: number;
  readonly bytes: number;
  readonly ns: number;
}

/** Beyond it engines sum in the switch where there is one, which these tables do not time. */
const MOST_BYTES = 524_288;

export function allReduceRows(table: MeasuredTable): CollectiveRow[] {
  return table.map((row) => {
    const bytes = table.number(row, 'message_size');
    if (bytes > MOST_BYTES) return null;
    return { gpus: table.number(row, 'num_gpus'), bytes, ns: table.number(row, 'latency') * 1e6 };
  });
}

export const collectiveKey = ({ gpus, bytes }: CollectiveRow) => `${gpus} ${bytes}`;

export function allReduceSubject(hardware: Hardware): Subject<CollectiveRow> {
  return {
    free: {
      latencyNs: { start: 3000, least: 100, most: 40_000 },
      perPeerNs: { start: 100, least: 1, most: 10_000 },
      twoShotNs: { start: 12_000, least: 500, most: 60_000 },
      bytesPerSecond: { start: 150e9, least: 5e9, most: 900e9 },
    },
    measuredNs: ({ ns }) => ns,
    groupOf: collectiveKey,
    axesOf: ({ gpus, bytes }) => ({ gpus, bytes }),
    predictor: (figures) => {
      // The tables time kernels that do not sum in the switch.
      const link = { ...hardware.link, reduceBytesPerSecond: 0, ...figures };
      const changed = { ...hardware, link };
      return ({ gpus, bytes }) => allReduceNs(changed, bytes, gpus);
    },
  };
}

const HALF_BYTES = 2;

/** One of the communication library's collectives; the tables count elements, of the result. */
export function libraryRows(table: MeasuredTable, collective: string): CollectiveRow[] {
  return table.map((row) => {
    if (table.text(row, 'op_name', '') !== collective) return null;
    // Both types give the same time for the same bytes: one row a size is enough.
    if (table.text(row, 'nccl_dtype', '') !== 'half') return null;
    const bytes = table.number(row, 'message_size') * HALF_BYTES;
    return { gpus: table.number(row, 'num_gpus'), bytes, ns: table.number(row, 'latency') * 1e6 };
  });
}

export function allGatherSubject(hardware: Hardware): Subject<CollectiveRow> {
  return {
    free: {
      latencyNs: { start: 4000, least: 100, most: 40_000 },
      perPeerNs: { start: 500, least: 1, most: 10_000 },
      bytesPerSecond: { start: 250e9, least: 5e9, most: 900e9 },
      rampNs: { start: 10_000, least: 1, most: 200_000 },
    },
    measuredNs: ({ ns }) => ns,
    groupOf: collectiveKey,
    axesOf: ({ gpus, bytes }) => ({ gpus, bytes }),
    predictor: (figures) => {
      const { origin } = hardware.link;
      const { latencyNs = 0, perPeerNs = 0, bytesPerSecond = 1, rampNs = 0 } = figures;
      const gather = { latencyNs, perPeerNs, bytesPerSecond, rampNs, origin };
      const changed = { ...hardware, link: { ...hardware.link, gather } };
      return ({ gpus, bytes }) => allGatherNs(changed, bytes, gpus);
    },
  };
}
