// Plants bugs in the kernels, one at a time; the suite must catch each. Exit code 1 where one
// survives.
//
//   npm run mutants                         all: .cuh by the simt suite, .wgsl on an adapter
//   npm run mutants -- --device webgpu      those of one device: simt or webgpu
//   npm run mutants -- draft_topk           those of one operator
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { device: { type: 'string' } },
  allowPositionals: true,
});
const scripts = {
  simt: ['kernels/scripts/mutants.mjs'],
  webgpu: ['--conditions=source', 'scripts/mutants-webgpu.mjs'],
};
const devices = values.device === undefined ? Object.keys(scripts) : [values.device];
const unknown = devices.find((name) => !(name in scripts));
if (unknown !== undefined) {
  console.error(`no device '${unknown}': simt or webgpu`);
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const codes = devices.map((device) => {
  const argv = [...scripts[device], ...positionals];
  const stdio = ['ignore', 'inherit', 'pipe'];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, stdio });
  // Every adapter that Dawn opens is announced by its own limits.
  process.stderr.write(`${stderr}`.replace(/^Warning: maxDynamic.*\n/gm, ''));
  return status ?? 1;
});
process.exit(Math.max(...codes));
