// Packs what a bare GPU machine lacks into out/carry/: Node itself, the command as one bundle, and
// the addon. With it measure.sh needs nothing but nvcc and python3.
//
//   node kernels/scripts/carry.mjs
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('../..', import.meta.url));
const carry = join(root, 'out/carry');
const addon = join(root, 'kernels/build/beamline_suite.node');
if (!existsSync(addon)) {
  console.error('carry: the addon is not built: npm run suite -w @beamline/kernels -- addon');
  process.exit(1);
}
rmSync(carry, { recursive: true, force: true });
mkdirSync(join(carry, 'cli'), { recursive: true });
await build({
  entry: ['index', 'kernel-worker'].map((name) => join(root, `packages/cli/src/${name}.ts`)),
  outDir: join(carry, 'cli'),
  config: false,
  silent: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  noExternal: [/./],
  // What was written for require still finds one.
  banner: {
    js:
      "import { createRequire as requireFrom } from 'node:module';" +
      'const require = requireFrom(import.meta.url);',
  },
  esbuildOptions: (options) => {
    options.conditions = ['source'];
  },
});
writeFileSync(
  join(carry, 'cli/beamline.mjs'),
  "import { runProcess } from './index.js';\n\nawait runProcess();\n",
);
writeFileSync(join(carry, 'cli/package.json'), '{"type": "module"}\n');
copyFileSync(addon, join(carry, 'beamline_suite.node'));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
writeFileSync(join(carry, 'commit'), commit.trim());
const program = join(root, 'node_modules/node/bin/node');
const node = existsSync(program) ? program : process.execPath;
const packed = spawnSync('sh', ['-c', `xz -T0 -6 -c '${node}' > '${carry}/node.xz'`], {
  stdio: 'inherit',
});
if (packed.status !== 0) process.exit(1);
const megabytes = (statSync(join(carry, 'node.xz')).size / 1e6).toFixed(0);
console.log(`carry: out/carry/ is ready; Node takes ${megabytes} MB of it`);
