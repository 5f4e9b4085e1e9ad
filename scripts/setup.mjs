// Brings a fresh clone to where it can run: npm packages, system packages, build. Both `npm start`
// and `npm test` call it; what is already there is left alone, so that a second time takes seconds.
// Plain Node built-ins only: nothing is installed yet when it runs.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasVulkanDriver, vulkanPackages, vulkanSuite } from './vulkan-driver.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What the two commands need from the system, by what it is for. Debian's names. */
const systemPackages = [
  {
    packages: ['g++', 'make', 'python3'],
    command: 'g++',
    for: ['start', 'test'],
    gives: 'the native scheduler',
  },
  { packages: ['chromium'], command: 'chromium', for: ['test'], gives: 'the tests in a browser' },
];

/** Environment of every child: the pinned Node first, no telemetry. */
export function childEnvironment() {
  return {
    ...process.env,
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  };
}

function has(command) {
  const paths = (process.env.PATH ?? '').split(delimiter);
  return paths.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/** Runs a command, keeps its output for the case that it fails, and tells how long it took. */
async function step(title, command, args) {
  const started = process.hrtime.bigint();
  process.stderr.write(`  ${title} …`);
  const output = [];
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => output.push(data));
    child.on('error', (error) => {
      output.push(Buffer.from(String(error.message)));
      resolve(127);
    });
    child.on('close', resolve);
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.stderr.write(code === 0 ? ` ${seconds.toFixed(1)} s\n` : ' failed\n');
  return { code, text: Buffer.concat(output).toString() };
}

async function mustStep(title, command, args) {
  const { code, text } = await step(title, command, args);
  if (code === 0) return;
  process.stderr.write(
    `${text}\nSet-up stopped: ${command} ${args.join(' ')} ended with ${code}.\n`,
  );
  process.exit(1);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

async function installNpmPackages() {
  const stamp = join(root, 'node_modules', '.beamline-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return;
  await mustStep('npm packages', 'npm', ['ci']);
  writeFileSync(stamp, lockHash());
}

async function installSystemPackages(goal, notes) {
  const missing = systemPackages.filter((entry) => entry.for.includes(goal) && !has(entry.command));
  if (missing.length === 0) return;
  const names = missing.flatMap((entry) => entry.packages);
  const canInstall = has('apt-get') && process.getuid?.() === 0;
  if (canInstall) {
    await step('apt-get update', 'apt-get', ['update', '-q']);
    const install = ['install', '-y', '-q', '--no-install-recommends', ...names];
    await step(`system packages ${names.join(' ')}`, 'apt-get', install);
  }
  for (const entry of missing) {
    if (has(entry.command)) continue;
    const how = `apt-get install ${entry.packages.join(' ')}`;
    notes.push(`without ${entry.command}: ${entry.gives} left out (as root: ${how})`);
  }
}

/** The software Vulkan driver of the WebGPU tests. */
async function installVulkanDriver(goal, notes) {
  if (goal !== 'test' || process.platform !== 'linux' || hasVulkanDriver()) return;
  if (has('apt-get') && process.getuid?.() === 0) {
    await step('apt-get update', 'apt-get', ['update', '-q']);
    const suite = vulkanSuite();
    if (suite !== null) await step(`apt-get update (${suite})`, 'apt-get', ['update', '-q']);
    const from = suite === null ? [] : ['-t', suite];
    const install = ['install', '-y', '-q', '--no-install-recommends', ...from];
    await step('software Vulkan driver', 'apt-get', [...install, ...vulkanPackages]);
  }
  if (hasVulkanDriver()) return;
  const how = `apt-get install ${vulkanPackages.join(' ')}, Mesa 25 or later`;
  notes.push(`without a Vulkan driver: the WebGPU kernels are left out (as root: ${how})`);
}

async function build(goal, notes) {
  const run = (task) => ['turbo', 'run', task, '--output-logs=errors-only', '--log-order=grouped'];
  const turbo = (title, task) => step(title, 'npx', ['--no-install', ...run(task)]);
  const isSite = goal === 'site'; // Its pages bundle the sources and plan with WebAssembly.
  if (!isSite && (has('g++') || has('clang++'))) {
    const native = await turbo('scheduler core for this machine', 'native');
    if (native.code !== 0) {
      notes.push(
        `the native scheduler did not build, WebAssembly takes its place:\n${native.text}`,
      );
    }
  }
  if (goal === 'test' && has('g++')) {
    // The suite's build compiles only what changed, and for GPUs of one architecture here.
    const build = ['run', 'suite', '-w', '@beamline/kernels', '--', '--arch=90a'];
    const suite = await step('operator suite', 'npm', build);
    if (suite.code !== 0) notes.push(`the operator suite did not build:\n${suite.text}`);
  }
  await mustStep('scheduler core as WebAssembly', 'npx', ['--no-install', ...run('wasm')]);
  if (!isSite) await mustStep('packages', 'npx', ['--no-install', ...run('build')]);
  if (isSite) await mustStep('the site', 'npx', ['--no-install', ...run('site')]);
  if (goal === 'test') {
    const built = await turbo('the site', 'site');
    if (built.code !== 0) notes.push(`the site did not build:\n${built.text}`);
  }
}

/** Sets up for `goal` ('start', 'site' or 'test') and returns what could not be done, in words. */
export async function setUp(goal) {
  const notes = [];
  process.stderr.write('Setting up\n');
  await installSystemPackages(goal, notes);
  await installVulkanDriver(goal, notes);
  await installNpmPackages();
  await build(goal, notes);
  mkdirSync(join(root, 'out'), { recursive: true });
  for (const note of notes) process.stderr.write(`Not on this machine: ${note}\n`);
  return notes;
}

/** The version of a program, or null: for the summary of what this machine has. */
export function versionOf(command, args = ['--version']) {
  try {
    return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .split('\n')[0];
  } catch {
    return null;
  }
}
