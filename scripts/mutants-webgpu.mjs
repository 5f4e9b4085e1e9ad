// Plants the bugs of kernels/test/mutants-wgsl.json in the WGSL operators, one at a time and in
// memory, and says for each what caught it on one adapter. What catches a bug must itself pass
// without it. An adapter in software will do, and is taken where there is one.
//
//   node --conditions=source scripts/mutants-webgpu.mjs            all of them
//   node --conditions=source scripts/mutants-webgpu.mjs draft_topk those of one operator
import { effortOf, verifyCase, verifyProbe } from '@beamline/bench';
import { webGpuDevice } from '@beamline/bench/webgpu';
import { openWebGpuRunner } from '@beamline/bench/webgpu-node';
import { suites } from '@beamline/kernels/suites';
import { wgslKernels } from '@beamline/kernels/wgsl';
import { plant, plantedBugs } from '../kernels/test/planted-wgsl.ts';
import { chooseAdapter } from '../packages/cli/src/vulkan.ts';

const only = process.argv[2];
const bugs = plantedBugs().filter(({ operator }) => only === undefined || operator === only);
for (const name of ['lavapipe', 'swiftshader', 'system']) {
  if (chooseAdapter(name, process.env)) break;
}
const sound = await openWebGpuRunner();
if (typeof sound === 'string') {
  console.log(`skipped: ${bugs.length} bugs planted in WGSL, ${sound}`);
  process.exit(0);
}
console.log(`bugs planted in WGSL, on ${sound.opened.title}`);

/** A case or a probe by a variant; the finding when it is not as it should be, else null. */
async function wrong(runner, suite, one, variant) {
  const device = webGpuDevice(runner);
  const found =
    'cases' in one
      ? await verifyProbe(device, suite, one, variant)
      : await verifyCase(device, suite, one, variant, effortOf(device, true));
  return found.status === 'passed' || found.status === 'unsupported' ? null : found;
}

/** Variants, those first that take every type: their first cases are the smallest. */
function variantsOf(runner, { operator }) {
  const all = wgslKernels.find((kernel) => kernel.operator.name === operator).variants;
  const needs = (name) => all.find((variant) => variant.name === name).needs.length;
  return [...runner.variants(operator)].sort((a, b) => needs(a) - needs(b));
}

/** What caught the bug, or null. */
async function caught(runner, bug) {
  const suite = suites.find(({ operator }) => operator.name === bug.operator);
  for (const variant of variantsOf(runner, bug)) {
    for (const one of [...suite.cases(), ...suite.probes()]) {
      const found = await wrong(runner, suite, one, variant);
      if (found === null) continue;
      const why = `${one.id} [${variant}] ${found.status}: ${found.message}`;
      if (found.status === 'fault') throw new Error(`${bug.name}: ${why}`);
      const before = await wrong(sound, suite, one, variant);
      if (before === null) return why;
      throw new Error(`${one.id} [${variant}] fails without the bug: ${before.message}`);
    }
  }
  return null;
}

let survivors = 0;
for (const bug of bugs) {
  const kernel = wgslKernels.find(({ operator }) => operator.name === bug.operator);
  const runner = await openWebGpuRunner([plant(kernel, bug)]);
  const why = await caught(runner, bug);
  runner.close();
  if (why === null) survivors++;
  console.log(`${why === null ? 'SURVIVED' : 'caught  '} ${bug.operator}: ${bug.name}`);
  if (why !== null) console.log(`         ${why.split('\n')[0].slice(0, 160)}`);
}
sound.close();
console.log(`${bugs.length - survivors} of ${bugs.length} planted bugs caught in WGSL`);
process.exit(survivors > 0 ? 1 : 0);
