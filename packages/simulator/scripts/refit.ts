/**
 * `npm run refit -w @beamline/simulator -- DATA_FOLDER`: fits every operator curve anew and writes
 * figures, errors and ranges into fixtures/hardware and fixtures/engines. Engines are fitted with
 * the operators' figures of the last run: run it twice after the tables changed. What has no
 * measurement takes the figures of the nearest measured GPU; its data sheet supplies the peaks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  fitEngines,
  fitOperators,
  MeasuredTable,
  refittedEngine,
  refittedFixture,
  tpotPoints,
} from '../src/calibration/index.ts';
import { dataReader } from './data-reader.ts';

const [folder] = process.argv.slice(2);
const read = dataReader(folder, 'refit');
const fits = fitOperators(read).map(({ fit }) => fit);
if (fits.length === 0) {
  console.error(`${folder} holds no table of operator timings; see fixtures/hardware/README.md`);
  process.exit(2);
}
const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
const load = (id: string) => JSON.parse(readFileSync(join(fixtures, `${id}.json`), 'utf8'));
const store = (id: string, content: unknown) => {
  writeFileSync(join(fixtures, `${id}.json`), `${JSON.stringify(content, null, 2)}\n`);
};
const TPOT = 'end_to_end/h100_ttft_tpot.csv';
const tpot = read(TPOT);
const engines = tpot === null ? [] : fitEngines(tpotPoints(new MeasuredTable(TPOT, tpot)));
// Measured ones first: the others copy from them.
const order = ['h100-sxm', 'a100-sxm', 'h100-pcie', 'h100-nvl', 'h200-sxm', 'b200-sxm'];
for (const id of [...order, 'l40s', 'l4', 'rtx-4090', 'mi300x']) {
  const from = (other: string) => load(`hardware/${other}`);
  store(`hardware/${id}`, refittedFixture(from(id), fits, engines, from));
}
for (const { engine, heldOut } of engines) {
  store(`engines/${engine}`, refittedEngine(load(`engines/${engine}`), engines));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `${engine}: median ${percent(heldOut.median)} on ${heldOut.count} held-out TPOT points`,
  );
}
for (const { gpu, operator, heldOut } of fits) {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const errors = `median ${percent(heldOut.median)}, p90 ${percent(heldOut.p90)}`;
  console.log(`${gpu} ${operator}: ${errors} on ${heldOut.count} held-out rows`);
}
