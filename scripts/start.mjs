// `npm start`: set up, then the main job, the `beamline` command; what follows `--` is passed on to
// it. `npm start -- site` builds the site instead and serves it on this machine.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment, root, setUp } from './setup.mjs';

if (process.argv[2] === 'site') {
  const { site } = await import('./site.mjs');
  process.exit(await site(process.argv.slice(3)));
}
await setUp('start');
const command = join(root, 'packages', 'cli', 'bin', 'beamline.mjs');
const result = spawnSync('node', [command, ...process.argv.slice(2)], {
  env: childEnvironment(),
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
