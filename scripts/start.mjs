// `npm start`: set up, then the main job, the `beamline` command; what follows `--` is passed on to
// it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment, root, setUp } from './setup.mjs';

await setUp('start');
const command = join(root, 'packages', 'cli', 'bin', 'beamline.mjs');
const result = spawnSync('node', [command, ...process.argv.slice(2)], {
  env: childEnvironment(),
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
