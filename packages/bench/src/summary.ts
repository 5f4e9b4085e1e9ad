/** What a list of records comes to: counts, and what no record covers. */
import type { Operator } from '@beamline/kernels';
import { isFailed, type KernelRecord, type Status, statuses } from './record.ts';

export interface RecordSummary {
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
  readonly byStatus: Readonly<Partial<Record<Status, number>>>;
}

export function summariseRecords(records: readonly KernelRecord[]): RecordSummary {
  const byStatus: Partial<Record<Status, number>> = {};
  for (const status of statuses) {
    const count = records.filter((record) => record.status === status).length;
    if (count > 0) byStatus[status] = count;
  }
  return {
    passed: byStatus.passed ?? 0,
    failed: records.filter(({ status }) => isFailed(status)).length,
    unsupported: byStatus.unsupported ?? 0,
    byStatus,
  };
}

export interface Coverage {
  /** Operators that no case tests. */
  readonly operatorsWithoutCases: readonly string[];
  /** Operators that a device does not have, `tree_attention on simt`. */
  readonly operatorsMissing: readonly string[];
  /** Variants that no case ran by name, as `operator/variant on device`. */
  readonly variantsUnforced: readonly string[];
}

/** Variants that exist, by device, against records of what ran. */
export function coverageOf(
  operators: readonly Operator[],
  devices: readonly { name: string; variants(operator: string): readonly string[] }[],
  covered: ReadonlySet<string>,
  records: readonly KernelRecord[],
): Coverage {
  const ran = new Set(
    records
      .filter(({ status }) => status !== 'unsupported')
      .map(({ operator, variant, device }) => `${operator}/${variant} on ${device}`),
  );
  const names = operators.map(({ name }) => name);
  const existing = devices.flatMap((device) =>
    names.flatMap((name) =>
      device.variants(name).map((variant) => `${name}/${variant} on ${device.name}`),
    ),
  );
  return {
    operatorsWithoutCases: names.filter((name) => !covered.has(name)),
    operatorsMissing: devices.flatMap((device) =>
      names
        .filter((name) => device.variants(name).length === 0)
        .map((name) => `${name} on ${device.name}`),
    ),
    variantsUnforced: existing.filter((name) => !ran.has(name)),
  };
}

export function isCovered(coverage: Coverage): boolean {
  return Object.values(coverage).every((list: readonly string[]) => list.length === 0);
}
