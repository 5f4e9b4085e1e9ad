import type { Run } from '@beamline/simulator';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { runColumns, runRows } from './run-rows.ts';

/** Runs as a Parquet file, one row each; columns as in the CSV, null for what does not exist. */
export function parquetOf(runs: readonly Run[]): Uint8Array {
  const rows = runRows(runs);
  const columnData = runColumns(runs).map(({ name, unit, type }, i) => ({
    name: unit === undefined ? name : `${name} (${unit})`,
    data: rows.map((row) => row[i]!),
    type: type === 'number' ? ('DOUBLE' as const) : ('STRING' as const),
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
