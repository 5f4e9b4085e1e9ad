/**
 * Writes the reference pages that are made from the option table; a test fails while they are
 * stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from '../src/docs.ts';

const root = new URL('../../../', import.meta.url);
for (const [path, text] of Object.entries(referencePages())) {
  const file = fileURLToPath(new URL(path, root));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stderr.write(`Wrote ${path}\n`);
}
