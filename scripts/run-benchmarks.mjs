// The benchmarks, each printed beside its target. Speed is measured here and nowhere asserted: a
// shared machine would make a test of it a coin toss.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const filters = process.argv.slice(2);
const folders = [
  'fixtures',
  'kernels',
  ...['packages', 'apps'].flatMap((room) =>
    readdirSync(join(root, room)).map((p) => `${room}/${p}`),
  ),
];
const files = folders
  .map((folder) => join(root, folder, 'bench'))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.bench.ts'));

for (const file of files) {
  const { benchmarks } = await import(pathToFileURL(file).href);
  for (const { name, target, run } of benchmarks) {
    if (filters.length > 0 && !filters.some((filter) => name.includes(filter))) continue;
    const { value, unit, detail } = await run();
    const shown = Number.isInteger(value) ? String(value) : value.toPrecision(4);
    const note = detail === undefined ? '' : `  (${detail})`;
    console.log(`${name}: ${shown} ${unit}, target ${target}${note}`);
  }
}
