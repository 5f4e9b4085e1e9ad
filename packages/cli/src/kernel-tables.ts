import {
  type ComparedPair,
  type FieldListing,
  isFailed,
  type KernelRecord,
  type OperatorListing,
  type SupportRow,
  statusMeanings,
  summariseRecords,
  timesNaive,
} from '@beamline/bench';
import type { Table } from './table.ts';

/** The bench's results as tables: what is right, what failed and why, what is how fast. */

/** One row per operator, device and variant. */
export function checkedTable(records: readonly KernelRecord[]): Table {
  const groups = new Map<string, KernelRecord[]>();
  for (const record of records) {
    const key = `${record.operator}\n${record.device}\n${record.variant}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return {
    title: '',
    columns: [
      { name: 'operator' },
      { name: 'device' },
      { name: 'variant' },
      { name: 'passed' },
      { name: 'failed' },
      { name: 'unsupported' },
      { name: 'greatest relative error' },
    ],
    rows: [...groups.values()].map((group) => {
      const { operator, device, variant } = group[0]!;
      const { passed, failed, unsupported } = summariseRecords(group);
      const errors = group.flatMap(({ error }) => (error === null ? [] : [error]));
      const worst = errors.length === 0 ? null : Math.max(...errors);
      return [operator, device, variant, passed, failed, unsupported, worst];
    }),
  };
}

export function failedTable(records: readonly KernelRecord[]): Table | null {
  const failed = records.filter(({ status }) => isFailed(status));
  if (failed.length === 0) return null;
  const shown = failed.slice(0, 40);
  const more = failed.length > shown.length ? `, the first ${shown.length}` : '';
  return {
    title: `Failed: ${failed.length}${more}`,
    columns: [
      { name: 'case' },
      { name: 'device' },
      { name: 'variant' },
      { name: 'status' },
      { name: 'what' },
    ],
    rows: shown.map(({ case: id, device, variant, status, message }) => [
      id,
      device,
      variant,
      status,
      message === '' ? statusMeanings[status] : message,
    ]),
  };
}

export function timedTable(records: readonly KernelRecord[]): Table {
  const times = timesNaive(records);
  const isBesideNaive = times.size > 0;
  return {
    title: '',
    columns: [
      { name: 'case' },
      { name: 'variant' },
      { name: 'device' },
      { name: 'caches' },
      { name: 'launch' },
      { name: 'time', unit: 'µs' },
      { name: 'noise', unit: '%', digits: 2 },
      { name: 'bytes', unit: 'MB' },
      { name: 'FLOP', unit: 'GFLOP' },
      { name: 'bound' },
      { name: 'floor', unit: 'µs' },
      { name: 'share of the floor', unit: '%', digits: 3 },
      ...(isBesideNaive ? [{ name: 'times as fast as naive', digits: 3 }] : []),
      { name: 'multiply-adds', unit: 'M/s' },
      { name: 'status' },
      { name: 'origin' },
    ],
    rows: records.map((record) => {
      const { timing, floor, work } = record;
      return [
        record.case,
        record.variant,
        record.device,
        timing?.caches ?? '–',
        timing?.launch ?? '–',
        timing === null ? null : timing.medianNs / 1e3,
        timing === null ? null : timing.noise * 100,
        work.bytes / 1e6,
        work.flop / 1e9,
        floor?.bound ?? '–',
        floor === null ? null : floor.ns / 1e3,
        record.share === null ? null : record.share * 100,
        ...(isBesideNaive ? [times.get(record) ?? null] : []),
        record.multiplyAddsPerSecond === null ? null : record.multiplyAddsPerSecond / 1e6,
        record.status,
        record.isFunctional ? 'measured on a CPU' : 'measured',
      ];
    }),
  };
}

export function comparedTable(pairs: readonly ComparedPair[]): Table {
  return {
    title: '',
    columns: [
      { name: 'case' },
      { name: 'device' },
      { name: 'A' },
      { name: 'B' },
      { name: 'caches' },
      { name: 'launch' },
      { name: 'A', unit: 'µs' },
      { name: 'B', unit: 'µs' },
      { name: 'B over A' },
      { name: 'uncertainty', unit: '%', digits: 2 },
      { name: 'B is' },
    ],
    rows: pairs.map((pair) => [
      pair.case,
      pair.device,
      pair.variants[0],
      pair.variants[1],
      pair.caches,
      pair.launch,
      pair.beforeNs / 1e3,
      pair.afterNs / 1e3,
      pair.comparison.ratio,
      pair.comparison.uncertainty * 100,
      pair.comparison.verdict,
    ]),
  };
}

export function listedTable(listings: readonly OperatorListing[]): Table {
  const devices = Object.keys(listings[0]?.variants ?? {});
  return {
    title: '',
    columns: [
      { name: 'operator' },
      { name: 'cases' },
      { name: 'probes' },
      ...devices.map((name) => ({ name: `variants on ${name}` })),
      { name: 'what it does' },
    ],
    rows: listings.map(({ operator, cases, probes, variants, summary }) => [
      operator,
      cases,
      probes,
      ...devices.map((name) => variants[name]!.join(' ') || '–'),
      summary,
    ]),
  };
}

export function fieldTable(operator: string, fields: readonly FieldListing[]): Table {
  return {
    title: operator,
    columns: [
      { name: 'kind' },
      { name: 'name' },
      { name: 'type' },
      { name: 'shape or range' },
      { name: 'meaning' },
    ],
    rows: fields.map(({ kind, name, dtype, shape, meaning }) => [
      kind,
      name,
      dtype,
      shape,
      meaning,
    ]),
  };
}

export function supportTable(rows: readonly SupportRow[]): Table {
  return {
    title: '',
    columns: [
      { name: 'operator' },
      { name: 'device' },
      { name: 'variant' },
      { name: 'takes' },
      { name: 'of cases' },
      { name: 'first that it does not take' },
    ],
    rows: rows.map(({ operator, device, variant, supported, cases, reason }) => [
      operator,
      device,
      variant,
      supported,
      cases,
      reason,
    ]),
  };
}
