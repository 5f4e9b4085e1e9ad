/**
 * Writes the reference pages that are made from the option table; a test fails while they are
 * stale. With --check it writes nothing and ends with 1 if a page is not what the table gives.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from '../src/docs.ts';

const root = new URL('../../../', import.meta.url);
const isCheck = process.argv.includes('--check');
for (const [path, text] of Object.entries(referencePages())) {
  const file = fileURLToPath(new URL(path, root));
  if (isCheck) {
    if (readFileSync(file, 'utf8') === text) continue;
    process.stderr.write(`${path} is not what the option table gives: run npm run docs\n`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stderr.write(`Wrote ${path}\n`);
}
