// The planted bugs of test/mutants.json: each changes a line of a kernel, and the operator's cases
// must catch it, on the plain build under four schedules or else on the checked build.
//
//   node scripts/mutants.mjs            all of them
//   node scripts/mutants.mjs draft_topk those of one operator
//
// Needs the suite built once (scripts/build.mjs): its runtime's objects are linked to the mutant.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = join(root, `build/mutants-${process.pid}`); // two runs at once do not meet
const only = process.argv[2];
const mutants = JSON.parse(readFileSync(join(root, 'test/mutants.json'), 'utf8')).filter(
  ({ operator }) => only === undefined || operator === only,
);
const flags = [
  ...['-std=c++20', '-fPIC', '-fvisibility=hidden', '-fno-exceptions', '-fno-rtti'],
  ...['-ffp-contract=off', '-w', '-DBEAMLINE_SIMT', '-O1'],
];
const builds = {
  simt: [],
  checked: [
    ...['-DBEAMLINE_SIMT_CHECKED', '-g1', '-fsanitize=thread'],
    '--param=tsan-instrument-func-entry-exit=0',
  ],
};

function run(command, args, timeout) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout });
}

/** Head sizes that a mutant is not built for: one of each kind is enough, and compiles sooner. */
const trims = [
  ['tree_attention/mma.cuh', 'dispatchInt<64, 80, 96, 128, 256>', 'dispatchInt<64, 80>'],
  ['tree_attention/mma.cuh', 'dispatchInt<64, 80, 96, 128>', 'dispatchInt<64>'],
  ['tree_attention/tree_attention.cuh', 'dispatchInt<64, 80, 96, 128, 256>', 'dispatchInt<64>'],
];

/** Sources of the kernels in a folder of their own, with one of them changed. */
function plant({ file, edits, name }) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const folder of ['lib', ...operatorFolders()]) {
    cpSync(join(root, folder), join(work, folder), {
      recursive: true,
      filter: (path) => !/\/(?:build|node_modules)(?:\/|$)/.test(path.slice(root.length)),
    });
  }
  for (const [from, to] of edits) replace(name, file, from, to);
  for (const [trimmed, from, to] of trims) replace(name, trimmed, from, to);
}

function replace(name, file, from, to) {
  const text = readFileSync(join(work, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${name}: ${file} does not hold: ${from}`);
  writeFileSync(join(work, file), text.replaceAll(from, to));
}

function operatorFolders() {
  return readdirSync(root).filter((name) => existsSync(join(root, name, 'operator.ts')));
}

/** Compiles and links one operator; the path of the library. */
function build(operator, kind) {
  const library = join(work, `${operator}.${kind}.so`);
  const compiler = process.env.CXX ?? 'g++';
  const sources = readdirSync(join(work, operator)).filter((name) => name.endsWith('.cu'));
  const compiledObjects = sources.map((source) => {
    const object = join(work, `${source}.${kind}.o`);
    const compiled = run(compiler, [
      ...[...flags, ...builds[kind]],
      ...['-x', 'c++', '-c', join(work, operator, source), '-o', object],
    ]);
    if (compiled.status !== 0) throw new Error(compiled.stderr);
    return object;
  });
  const objects = join(root, 'build/obj', kind);
  const runtime = readdirSync(objects)
    .filter((name) => /^lib\.(?:simt\.[^.]+\.cc|cuda\.registry\.cc)\.o$/.test(name))
    .map((name) => join(objects, name));
  const link = ['-shared', '-Wl,-Bsymbolic', ...compiledObjects, ...runtime, '-o', library, '-ldl'];
  const linked = run(compiler, link);
  if (linked.status !== 0) throw new Error(linked.stderr);
  return library;
}

/** What caught the mutant on a build, or null. */
function catchOn(operator, kind) {
  const script = join(root, 'scripts/mutant-run.mjs');
  const library = build(operator, kind);
  const result = run(process.execPath, ['--conditions=source', script, library, operator], 120000);
  if (result.status === 0) return null;
  if (result.error !== undefined || result.status === null) return 'did not end, or crashed';
  if (result.status !== 3) throw new Error(result.stderr);
  return result.stdout.trim().split('\n')[0];
}

let survivors = 0;
for (const mutant of mutants) {
  plant(mutant);
  const { operator, name } = mutant;
  const why = catchOn(operator, 'simt') ?? catchOn(operator, 'checked');
  if (why === null) survivors++;
  console.log(`${why === null ? 'SURVIVED' : 'caught  '} ${operator}: ${name}`);
  if (why !== null) console.log(`         ${why.slice(0, 160)}`);
}
rmSync(work, { recursive: true, force: true });
console.log(`${mutants.length - survivors} of ${mutants.length} planted bugs caught`);
process.exit(survivors > 0 ? 1 : 0);
