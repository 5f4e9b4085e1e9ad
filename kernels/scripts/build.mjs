// Builds the suite's libraries into build/: only what changed, as many jobs as there are cores.
//
//   libbeamline_simt.so           the kernels for this CPU
//   libbeamline_simt_checked.so   the same with every access instrumented (see lib/simt/hooks.cc)
//   libbeamline_tests*.so         planted bugs and probes that prove the runtime (lib/simt/test)
//   libbeamline_cuda.so           the kernels for GPUs, when nvcc is there
//   beamline_suite.node           the addon that opens any of them
//
// Every kernels/<operator>/*.cu belongs to it: a new operator needs no line here.
// `node scripts/build.mjs [simt] [checked] [tests] [cuda] [addon]`: those parts only.
//   --only=OPERATOR,…   libraries of those operators alone, in build/only/
//   --arch=90a,…        these GPU architectures instead of 80, 90a and 100 with PTX
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const buildFolder = join(root, 'build');
const parts = ['simt', 'checked', 'tests', 'cuda', 'addon'];
const given = process.argv.slice(2);
const listOf = (option) =>
  given
    .filter((name) => name.startsWith(`--${option}=`))
    .flatMap((name) => name.slice(option.length + 3).split(','));
const only = listOf('only');
const architectures = listOf('arch');
const named = given.filter((name) => !/^--(only|arch)=/.test(name));
const unknown = named.filter((name) => !parts.includes(name));
if (unknown.length > 0) {
  console.error(`build: ${unknown.join(' ')}? Parts: ${parts.join(' ')}`);
  process.exit(2);
}
const wanted = new Set(named.length > 0 ? named : parts);

function has(command) {
  const paths = (process.env.PATH ?? '').split(delimiter);
  return paths.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/** AVX2 and FMA when this CPU has them: the machine that builds is the one that runs. */
function architectureFlags() {
  if (process.arch !== 'x64') return [];
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8');
    const v3 = ['avx2', 'bmi2', 'fma', 'f16c', 'movbe'].every((flag) => flags.includes(flag));
    return v3 ? ['-march=x86-64-v3'] : [];
  } catch {
    return [];
  }
}

const compiler = process.env.CXX ?? 'g++';
const common = [
  '-std=c++20',
  '-fPIC',
  '-fvisibility=hidden',
  '-fno-exceptions',
  '-fno-rtti',
  '-ffp-contract=off', // the same bits whatever the optimiser likes
  '-Wall',
  '-Wextra',
  '-Wno-unknown-pragmas',
  '-DBEAMLINE_SIMT',
  ...architectureFlags(),
];
const checked = ['-DBEAMLINE_SIMT_CHECKED', '-g', `-ffile-prefix-map=${root}=.`];
const gencode =
  architectures.length > 0
    ? architectures.map((name) => `${name},code=sm_${name}`)
    : ['80,code=sm_80', '90a,code=sm_90a', '100,code=sm_100', '100,code=compute_100'];
const cuda = [
  '-std=c++20',
  '-O3',
  '-lineinfo',
  '-Xcompiler=-fPIC,-fvisibility=hidden,-Wall',
  ...gencode.flatMap((pair) => ['-gencode', `arch=compute_${pair}`]),
];

function filesIn(folder, pattern) {
  return readdirSync(join(root, folder))
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => (folder === '.' ? name : `${folder}/${name}`));
}

function operatorSources() {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'operator.ts')))
    .filter((entry) => only.length === 0 || only.includes(entry.name))
    .flatMap((entry) => filesIn(entry.name, /\.cu$/));
}

const runtimeSources = ['lib/cuda/registry.cc', ...filesIn('lib/simt', /\.cc$/)];

/** One library: its objects, each with its command, and how they are linked. */
function library(name, groups, link) {
  const objects = groups.flatMap(({ tag, sources, command }) =>
    sources.map((source) => {
      const object = `build/obj/${tag}/${source.replaceAll('/', '.')}.o`;
      return { source, object, command: command(source, object) };
    }),
  );
  const output = only.length > 0 ? `build/only/${name}` : `build/${name}`;
  return { name, objects, output, link: link(objects, output) };
}

function hostObject(flags) {
  return (source, object) => {
    const language = source.endsWith('.cu') ? ['-x', 'c++'] : [];
    return [compiler, ...common, ...flags, '-MMD', '-c', ...language, source, '-o', object];
  };
}

function hostLink(objects, output) {
  const flags = ['-shared', '-Wl,-Bsymbolic', '-Wl,--no-undefined'];
  return [compiler, ...flags, ...objects.map(({ object }) => object), '-o', output, '-ldl'];
}

const plainRuntime = { tag: 'simt', sources: runtimeSources, command: hostObject(['-O3']) };
const checkedRuntime = {
  tag: 'checked',
  sources: runtimeSources,
  command: hostObject(['-O2', ...checked]),
};
const plainKernels = (sources) => ({ tag: 'simt', sources, command: hostObject(['-O2']) });
// No libtsan: its entry points are ours, in lib/simt/hooks.cc.
const instrumented = [
  '-O1',
  ...checked,
  '-fsanitize=thread',
  '--param=tsan-instrument-func-entry-exit=0',
];
const checkedKernels = (sources) => ({
  tag: 'checked',
  sources,
  command: hostObject(instrumented),
});

function libraries() {
  const kernels = operatorSources();
  const tests = filesIn('lib/simt/test', /\.cu$/);
  const list = {
    simt: [library('libbeamline_simt.so', [plainRuntime, plainKernels(kernels)], hostLink)],
    checked: [
      library('libbeamline_simt_checked.so', [checkedRuntime, checkedKernels(kernels)], hostLink),
    ],
    tests: [
      library('libbeamline_tests.so', [plainRuntime, plainKernels(tests)], hostLink),
      library('libbeamline_tests_checked.so', [checkedRuntime, checkedKernels(tests)], hostLink),
    ],
    cuda: [
      library(
        'libbeamline_cuda.so',
        [
          {
            tag: 'cuda',
            sources: ['lib/cuda/registry.cc', 'lib/cuda/api.cu', ...kernels],
            command: (source, object) => {
              const dependencies = ['-MMD', '-MF', object.replace(/\.o$/, '.d')];
              return ['nvcc', ...cuda, ...dependencies, '-c', source, '-o', object];
            },
          },
        ],
        (objects, output) => {
          const files = objects.map(({ object }) => object);
          return ['nvcc', '-shared', '-cudart', 'static', ...cuda.slice(4), ...files, '-o', output];
        },
      ),
    ],
  };
  return parts.flatMap((part) => (wanted.has(part) ? (list[part] ?? []) : []));
}

function modified(path) {
  try {
    return statSync(join(root, path)).mtimeMs;
  } catch {
    return null;
  }
}

function hashOf(command) {
  return createHash('sha256').update(command.join('\0')).digest('hex');
}

/** The files that a .d file names: all after the first colon, with line ends escaped. */
function dependenciesOf(object) {
  try {
    const text = readFileSync(join(root, object.replace(/\.o$/, '.d')), 'utf8');
    return text
      .slice(text.indexOf(':') + 1)
      .split(/[\s\\]+/)
      .filter((path) => path !== '');
  } catch {
    return null;
  }
}

function isFresh(output, inputs, command) {
  const made = modified(output);
  if (made === null || inputs === null) return false;
  const stamp = join(root, `${output}.command`);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hashOf(command)) return false;
  return inputs.every((path) => {
    const at = path.startsWith('/') ? path : join(root, path);
    return existsSync(at) && statSync(at).mtimeMs <= made;
  });
}

function execute(command) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { cwd: root });
    const output = [];
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => output.push(data));
    child.on('error', (error) => resolve({ code: 127, text: error.message }));
    child.on('close', (code) => resolve({ code, text: Buffer.concat(output).toString() }));
  });
}

async function make({ output, command }) {
  mkdirSync(join(root, output, '..'), { recursive: true });
  const { code, text } = await execute(command);
  if (text.trim() !== '') process.stderr.write(`${command[0]} ${output}\n${text}`);
  if (code === 0) writeFileSync(join(root, `${output}.command`), hashOf(command));
  return code === 0;
}

async function inParallel(jobs, run) {
  let next = 0;
  let allRight = true;
  const worker = async () => {
    while (next < jobs.length) allRight = (await run(jobs[next++])) && allRight;
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, worker));
  return allRight;
}

/** Compiles the addon with node-gyp, which knows where Node's headers are. */
async function buildAddon() {
  const output = 'build/beamline_suite.node';
  const inputs = ['addon.cc', 'library.h', 'binding.gyp'].map((name) => `lib/addon/${name}`);
  const command = ['npx', '--no-install', 'node-gyp', '-C', 'lib/addon', 'configure', 'build'];
  if (isFresh(output, [...inputs, 'lib/cuda/call.h'], command)) return true;
  const { code, text } = await execute(command);
  if (code !== 0) {
    process.stderr.write(text);
    return false;
  }
  mkdirSync(buildFolder, { recursive: true });
  copyFileSync(join(root, 'lib/addon/build/Release/beamline_suite.node'), join(root, output));
  writeFileSync(join(root, `${output}.command`), hashOf(command));
  return true;
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

if (wanted.has('cuda') && !has('nvcc')) {
  say('no nvcc here: libbeamline_cuda.so left out');
  wanted.delete('cuda');
}
if (!has(compiler)) {
  say(`no ${compiler} here: the simt libraries need a C++20 compiler`);
  process.exit(1);
}
const started = process.hrtime.bigint();
const all = libraries();
const objects = new Map();
for (const { objects: list } of all) {
  for (const { source, object, command } of list) objects.set(object, { source, object, command });
}
const stale = [...objects.values()]
  .filter(({ object, command }) => !isFresh(object, dependenciesOf(object), command))
  .map(({ object, command }) => ({ output: object, command }));
let good = await inParallel(stale, make);
if (good) {
  const links = all.filter(
    ({ output, objects: list, link }) =>
      !isFresh(
        output,
        list.map(({ object }) => object),
        link,
      ),
  );
  good = await inParallel(
    links.map(({ output, link }) => ({ output, command: link })),
    make,
  );
}
if (wanted.has('addon')) good = (await buildAddon()) && good;
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const names = all.map(({ output }) => basename(output)).join(', ');
const done = `${stale.length} compiled, ${seconds.toFixed(1)} s`;
say(`${good ? 'built' : 'failed'}: ${names || 'addon'} (${done})`);
process.exit(good ? 0 : 1);
