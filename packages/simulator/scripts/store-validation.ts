/**
 * `npm run store-validation -w @beamline/simulator -- DATA_FOLDER`: writes every comparison with
 * the measurements of a data folder into fixtures/published/validation.json, one point a line.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createNativeScheduler } from '@beamline/scheduler';
import { validate } from '../src/validation/index.ts';
import { dataReader } from './data-reader.ts';

const read = dataReader(process.argv[2], 'store-validation');
const validation = validate(read, { createScheduler: createNativeScheduler, openTrace: () => [] });
if (validation.absent.length > 0) {
  console.error(`not there: ${validation.absent.join(', ')}`);
  process.exit(2);
}
const file = fileURLToPath(new URL('../../../fixtures/published/validation.json', import.meta.url));
const parts = Object.entries(validation).map(([name, value]) => {
  if (!Array.isArray(value)) return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  const lines = value.map((entry) => `    ${JSON.stringify(entry)}`);
  return `  ${JSON.stringify(name)}: [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]`;
});
writeFileSync(file, `{\n${parts.join(',\n')}\n}\n`);
console.log(`${validation.rows.length} rows, ${validation.points.length} points`);
