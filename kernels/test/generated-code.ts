/**
 * What nvcc makes of the kernels, without a GPU: registers, spills, shared memory and the
 * instructions of every .cu for each architecture, held against limits.json. Results are kept in
 * generated-code.json under a hash of the source and all that it includes, so that only what
 * changed is compiled again.
 *
 * scripts/generated-code.mjs is its command.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Architecture = 'sm_80' | 'sm_90a' | 'sm_100';

/** What the compiler says of one file for one architecture: the worst of its kernels. */
export interface Compiled {
  kernels: number;
  registers: number;
  spillBytes: number;
  sharedBytes: number;
  /** Kernels that spill. */
  spilling: string[];
  instructions: string[];
}

export type CompiledFile = Record<Architecture, Compiled> & { hash?: string };
export interface Kept {
  nvcc?: string | null;
  files: Record<string, CompiledFile>;
}
export type Limits = Record<string, { registers: number; sharedBytes: number }>;

const root = fileURLToPath(new URL('..', import.meta.url));
const keptPath = join(root, 'generated-code.json');
export const architectures: readonly Architecture[] = ['sm_80', 'sm_90a', 'sm_100'];
const flags = ['-std=c++20', '-O3', '-cubin', '-Xptxas', '-v', '--keep'];

/** Instructions whose presence is recorded; a README may promise any of them. */
const watched = [
  'cp.async',
  'cp.async.bulk',
  'ldmatrix',
  'mma.sync',
  'wgmma',
  'mbarrier',
  'shfl.sync',
  'redux.sync',
  'vote.sync',
  'bar.sync',
  'ld.global.nc',
  'atom.',
  'red.',
  'ex2.approx',
  'griddepcontrol',
];

export function operatorFolders(): string[] {
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'operator.ts')))
    .sort();
}

/** Every .cu of every operator, as paths from kernels/. */
export function sourceFiles(): string[] {
  return operatorFolders().flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.cu'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
}

/** The file and all that it includes by a quoted path, in the order found. */
function withIncludes(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path) || !existsSync(path)) return seen;
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, name] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    withIncludes(join(dirname(path), name!), seen);
  }
  return seen;
}

/** A hash of all that decides what the compiler makes of a file. */
export function hashOf(file: string): string {
  const hash = createHash('sha256').update([...flags, ...architectures].join('\0'));
  for (const path of [...withIncludes(join(root, file))].sort()) {
    // Code of the CPU build stands in the same headers and changes nothing here.
    const shown = relative(root, path);
    if (shown.startsWith('lib/simt/')) continue;
    hash.update(`\0${shown}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The worst of each over the kernels of a log of `ptxas -v`. */
export function readLog(text: string): Omit<Compiled, 'instructions'> {
  const numbers = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, n]) => Number(n));
  const most = (pattern: RegExp) => Math.max(0, ...numbers(pattern));
  return {
    kernels: [...text.matchAll(/Compiling entry function '/g)].length,
    registers: most(/Used (\d+) registers/g),
    spillBytes: most(/(\d+) bytes spill stores/g) + most(/(\d+) bytes spill loads/g),
    sharedBytes: most(/(\d+) bytes smem/g),
    spilling: spillingIn(text),
  };
}

/** Names of the kernels that spill. */
function spillingIn(text: string): string[] {
  const names: string[] = [];
  for (const [, name, report] of text.matchAll(/properties for (\S+)\n(.*)\n/g)) {
    if (/[1-9]\d* bytes spill/.test(report!)) names.push(name!);
  }
  return names;
}

export function instructionsIn(ptx: string): string[] {
  return watched.filter((name) => {
    const pattern = name.replace(/[.]/g, '\\.').replace(/\\\.$/, '\\.');
    return new RegExp(`(?:^|[\\s;{}])${pattern}${name.endsWith('.') ? '' : '\\b'}`, 'm').test(ptx);
  });
}

function execute(command: string, args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root });
    const output: Buffer[] = [];
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => output.push(data));
    child.on('error', (error) => resolve({ code: 127, text: error.message }));
    child.on('close', (code) => resolve({ code, text: Buffer.concat(output).toString() }));
  });
}

async function compile(file: string, architecture: Architecture): Promise<Compiled> {
  const folder = mkdtempSync(join(tmpdir(), 'beamline-ptx-'));
  try {
    const compute = architecture.replace('sm_', 'compute_');
    const { code, text } = await execute('nvcc', [
      ...flags,
      ...['-gencode', `arch=${compute},code=${architecture}`],
      ...['--keep-dir', folder, '-o', join(folder, 'kernel.cubin'), file],
    ]);
    if (code !== 0) throw new Error(`${file} for ${architecture}:\n${text}`);
    const ptx = readFileSync(join(folder, `${basename(file, '.cu')}.ptx`), 'utf8');
    return { ...readLog(text), instructions: instructionsIn(ptx) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lists of names stand in the file as words, a line each. */
function asWords(_key: string, value: unknown): unknown {
  return Array.isArray(value) ? value.join(' ') : value;
}

function asLists(key: string, value: unknown): unknown {
  if (key !== 'instructions' && key !== 'spilling') return value;
  return (value as string).split(' ').filter((word) => word !== '');
}

export function readKept(): Kept {
  if (!existsSync(keptPath)) return { files: {} };
  return JSON.parse(readFileSync(keptPath, 'utf8'), asLists) as Kept;
}

/** Files whose kept result is of another content, or that have none. */
export function staleFiles(kept: Kept = readKept()): string[] {
  return sourceFiles().filter((file) => kept.files[file]?.hash !== hashOf(file));
}

export function nvccVersion(): string | null {
  const { status, stdout } = spawnSync('nvcc', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/V(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown') : null;
}

/** Compiles what changed, keeping each file's result as soon as it is there; returns all. */
export async function update(say: (text: string) => void = () => {}): Promise<Kept> {
  const all = sourceFiles();
  const before = readKept();
  const stale = staleFiles(before).filter((file) => all.includes(file));
  const version = stale.length > 0 ? nvccVersion() : (before.nvcc ?? null);
  const files = new Map(Object.entries(before.files).filter(([file]) => all.includes(file)));
  const result = (): Kept => ({
    nvcc: version,
    files: Object.fromEntries(all.flatMap((file) => entryOf(files, file))),
  });
  let next = 0;
  const worker = async () => {
    while (next < stale.length) {
      const file = stale[next++]!;
      const hash = hashOf(file);
      const entries: [Architecture, Compiled][] = [];
      for (const name of architectures) entries.push([name, await compile(file, name)]);
      files.set(file, { hash, ...Object.fromEntries(entries) } as CompiledFile);
      writeFileSync(keptPath, `${JSON.stringify(result(), asWords, 2)}\n`);
      say(`compiled ${file}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return result();
}

function entryOf(files: ReadonlyMap<string, CompiledFile>, file: string): [string, CompiledFile][] {
  const entry = files.get(file);
  return entry === undefined ? [] : [[file, entry]];
}

/** What breaks a limit or a promise, in words. Nothing means that all is well. */
export function problemsOf(
  kept: Pick<Kept, 'files'>,
  limits: Limits,
  readme: (folder: string) => string,
): string[] {
  const problems: string[] = [];
  for (const folder of operatorFolders()) {
    const limit = limits[folder];
    if (limit === undefined) {
      problems.push(`${folder}: has no limits in limits.json`);
      continue;
    }
    const own = Object.entries(kept.files).filter(([file]) => file.startsWith(`${folder}/`));
    if (own.length === 0) problems.push(`${folder}: has no .cu`);
    for (const [file, results] of own) {
      for (const name of architectures) {
        const { registers, spillBytes, sharedBytes, spilling } = results[name];
        const at = `${file} for ${name}`;
        if (spillBytes > 0) {
          problems.push(`${at}: spills ${spillBytes} bytes in ${spilling.join(', ')}`);
        }
        if (registers > limit.registers) {
          problems.push(`${at}: ${registers} registers, at most ${limit.registers}`);
        }
        if (sharedBytes > limit.sharedBytes) {
          problems.push(
            `${at}: ${sharedBytes} bytes of shared memory, at most ${limit.sharedBytes}`,
          );
        }
      }
    }
    problems.push(...promiseProblems(folder, own, readme(folder)));
  }
  return problems;
}

/**
 * Instructions that a README promises: those that it names in backticks, `mma.sync` or
 * `mma.sync.m16n8k16`; with `(sm_90a)` behind it, for that architecture alone.
 */
export function promisedIn(readme: string): { name: string; architecture: string | undefined }[] {
  return watched.flatMap((name) => {
    const pattern = new RegExp(
      `\`${name.replaceAll('.', '\\.')}[^\`\\s]*\`(?: \\((sm_\\w+)[,)])?`,
      'g',
    );
    return [...readme.matchAll(pattern)].map(([, architecture]) => ({ name, architecture }));
  });
}

function promiseProblems(
  folder: string,
  own: readonly [string, CompiledFile][],
  readme: string,
): string[] {
  const problems = new Set<string>();
  for (const { name, architecture } of promisedIn(readme)) {
    for (const at of architectures) {
      if (architecture !== undefined && architecture !== at) continue;
      const isThere = own.some(([, results]) => results[at].instructions.includes(name));
      if (!isThere)
        problems.add(`${folder} for ${at}: no ${name} in its PTX, as README.md promises`);
    }
  }
  return [...problems];
}

export function readLimits(): Limits {
  return JSON.parse(readFileSync(join(root, 'limits.json'), 'utf8')) as Limits;
}

export function readmeOf(folder: string): string {
  const path = join(root, folder, 'README.md');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Compiles what changed unless only checking; prints what is wrong and gives the exit code. */
export async function checkGeneratedCode(isCheck: boolean): Promise<number> {
  const stale = staleFiles();
  if (isCheck && stale.length > 0)
    console.log(`not compiled since they changed: ${stale.join(' ')}`);
  if (!isCheck && stale.length > 0 && nvccVersion() === null) {
    console.log(`skipped: no nvcc here; ${stale.length} files changed since they were compiled`);
    return 0;
  }
  const kept = isCheck ? readKept() : await update((text) => console.error(text));
  const problems = problemsOf(kept, readLimits(), readmeOf);
  for (const problem of problems) console.log(problem);
  const count = Object.keys(kept.files).length;
  console.log(`${count} files for ${architectures.join(', ')}: ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}
