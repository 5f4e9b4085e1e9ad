// `npm test`: set up, then every test; what follows `--` is passed on to vitest. The last line
// counts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment, root, setUp } from './setup.mjs';

const notes = await setUp('test');
const results = join(root, 'out', 'test-results.json');
rmSync(results, { force: true });
const args = ['--no-install', 'vitest', 'run', '--reporter=default', '--reporter=json'];
const run = spawnSync('npx', [...args, `--outputFile.json=${results}`, ...process.argv.slice(2)], {
  cwd: root,
  env: childEnvironment(),
  stdio: 'inherit',
});
for (const note of notes) console.log(`Not on this machine: ${note}`);
if (!existsSync(results)) {
  console.log('0 passed, 1 failed');
  process.exit(run.status || 1);
}
const { numPassedTests, numFailedTests, numPendingTests, numTotalTestSuites, success } = JSON.parse(
  readFileSync(results, 'utf8'),
);
// A file that does not load has no tests to fail: it counts as one.
const failed = numFailedTests === 0 && (!success || run.status !== 0) ? 1 : numFailedTests;
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
console.log(`${numTotalTestSuites} groups of tests`);
console.log(`${numPassedTests} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 ? 0 : 1);
