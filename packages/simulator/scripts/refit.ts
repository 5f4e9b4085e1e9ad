/**
 * `npm run refit -w @beamline/simulator -- DATA_FOLDER`: fits every operator curve anew and writes
 * figures, errors and ranges into fixtures/hardware. What has no measurement takes the figures of
 * the nearest measured GPU; its data sheet supplies the peaks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { fitOperators, refittedFixture } from '../src/calibration/index.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run refit -w @beamline/simulator -- DATA_FOLDER');
  process.exit(2);
}

function read(path: string): string | null {
  const file = join(folder!, path);
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

const fits = fitOperators(read);
if (fits.length === 0) {
  console.error(`${folder} holds no table of operator timings; see fixtures/hardware/README.md`);
  process.exit(2);
}
const hardware = fileURLToPath(new URL('../../../fixtures/hardware/', import.meta.url));
const load = (id: string) => JSON.parse(readFileSync(join(hardware, `${id}.json`), 'utf8'));
// Measured ones first: the others copy from them.
const order = ['h100-sxm', 'a100-sxm', 'h100-pcie', 'h100-nvl', 'h200-sxm', 'b200-sxm'];
for (const id of [...order, 'l40s', 'l4', 'rtx-4090', 'mi300x']) {
  const fixture = refittedFixture(load(id), fits, load);
  writeFileSync(join(hardware, `${id}.json`), `${JSON.stringify(fixture, null, 2)}\n`);
}
for (const { gpu, operator, heldOut } of fits) {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const errors = `median ${percent(heldOut.median)}, p90 ${percent(heldOut.p90)}`;
  console.log(`${gpu} ${operator}: ${errors} on ${heldOut.count} held-out rows`);
}
