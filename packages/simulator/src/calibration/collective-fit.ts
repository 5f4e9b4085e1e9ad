/** All-reduce between the GPUs of one node from measured times, see cost/collective.ts. */
import { allReduceNs } from '../cost/collective.ts';
import type { Hardware } from '../hardware/index.ts';
import type { Subject } from './curve-fit.ts';
import type { MeasuredTable } from './measured-table.ts';

export interface AllReduceRow {
  readonly gpus: number;
  readonly bytes: number;
  readonly ns: number;
}

/** Beyond it engines sum in the switch where there is one, which these tables do not time. */
const MOST_BYTES = 524_288;

export function allReduceRows(table: MeasuredTable): AllReduceRow[] {
  return table.map((row) => {
    const bytes = table.number(row, 'message_size');
    if (bytes > MOST_BYTES) return null;
    return { gpus: table.number(row, 'num_gpus'), bytes, ns: table.number(row, 'latency') * 1e6 };
  });
}

export const allReduceKey = ({ gpus, bytes }: AllReduceRow) => `${gpus} ${bytes}`;

export function allReduceSubject(hardware: Hardware): Subject<AllReduceRow> {
  return {
    free: {
      latencyNs: { start: 3000, least: 100, most: 40_000 },
      perPeerNs: { start: 100, least: 1, most: 10_000 },
      twoShotNs: { start: 12_000, least: 500, most: 60_000 },
      bytesPerSecond: { start: 150e9, least: 5e9, most: 900e9 },
    },
    measuredNs: ({ ns }) => ns,
    groupOf: ({ gpus, bytes }) => `${gpus} ${bytes}`,
    axesOf: ({ gpus, bytes }) => ({ gpus, bytes }),
    predictor: (figures) => {
      // The tables time kernels that do not sum in the switch.
      const link = { ...hardware.link, reduceBytesPerSecond: 0, ...figures };
      const changed = { ...hardware, link };
      return ({ gpus, bytes }) => allReduceNs(changed, bytes, gpus);
    },
  };
}
