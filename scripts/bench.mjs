// `npm run bench [-- NAME …]`: set up, then the benchmarks whose name holds one of the words given.
// They run from the sources, which the pinned Node reads as they are.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment, root, setUp } from './setup.mjs';

await setUp('start');
const script = join(root, 'scripts', 'run-benchmarks.mjs');
const result = spawnSync('node', ['--conditions=source', script, ...process.argv.slice(2)], {
  env: childEnvironment(),
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
