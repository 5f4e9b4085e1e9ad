// `npm run docs`: writes the reference pages that come from the option table and the scenario's
// schema. A test fails while they are stale.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment, root, setUp } from './setup.mjs';

await setUp('start');
const script = join(root, 'packages', 'cli', 'scripts', 'write-docs.ts');
const result = spawnSync('node', ['--conditions=source', script], {
  cwd: root,
  env: childEnvironment(),
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
