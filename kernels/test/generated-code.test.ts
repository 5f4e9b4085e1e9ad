import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  architectures,
  type Compiled,
  type CompiledFile,
  instructionsIn,
  type Kept,
  nvccVersion,
  operatorFolders,
  problemsOf,
  promisedIn,
  readKept,
  readLimits,
  readLog,
  readmeOf,
  staleFiles,
  update,
} from './generated-code.ts';

/**
 * The generated code stays within its limits: registers, no spills, shared memory, and the
 * instructions that the READMEs name. What did not change since it was compiled is not compiled
 * again.
 */

const log = `ptxas info    : Compiling entry function '_Z1aPi' for 'sm_80'
ptxas info    : Function properties for _Z1aPi
    8 bytes stack frame, 12 bytes spill stores, 16 bytes spill loads
ptxas info    : Used 30 registers, used 1 barriers, 16 bytes smem
ptxas info    : Compiling entry function '_Z1bPi' for 'sm_80'
ptxas info    : Function properties for _Z1bPi
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers, 128 bytes smem
`;

describe('reading what the compiler says', () => {
  it('takes the worst of all kernels, and names those that spill', () => {
    expect(readLog(log)).toEqual({
      kernels: 2,
      registers: 40,
      spillBytes: 28,
      sharedBytes: 128,
      spilling: ['_Z1aPi'],
    });
  });

  it('finds instructions, and none in the name of another', () => {
    const ptx = '\tmma.sync.aligned.m16n8k16.row.col.f32 {%f1};\n\tcp.async.cg.shared [%r1];\n';
    expect(instructionsIn(ptx)).toEqual(['cp.async', 'mma.sync']);
    expect(instructionsIn('\tatom.global.add.u32 %r1;\n\tshared.red.x;\n')).toEqual(['atom.']);
    expect(instructionsIn('.visible .entry wgmma_like()')).toEqual([]);
  });

  it('takes a README at its word', () => {
    const readme = 'Uses `mma.sync.m16n8k16` and `wgmma` (sm_90a), not ldmatrix.';
    expect(promisedIn(readme)).toEqual([
      { name: 'mma.sync', architecture: undefined },
      { name: 'wgmma', architecture: 'sm_90a' },
    ]);
  });
});

describe('holding it against the limits', () => {
  const good = { kernels: 1, registers: 32, spillBytes: 0, sharedBytes: 0, spilling: [] };
  const folder = operatorFolders()[0]!;
  const each = (compiled: Compiled): CompiledFile => ({
    sm_80: compiled,
    sm_90a: compiled,
    sm_100: compiled,
  });
  const all = (change: Partial<Compiled>): Kept['files'] =>
    Object.fromEntries(
      operatorFolders().map((name) => [
        `${name}/${name}.cu`,
        each({ ...good, instructions: ['mma.sync'], ...(name === folder ? change : {}) }),
      ]),
    );
  const limits = Object.fromEntries(
    operatorFolders().map((name) => [name, { registers: 32, sharedBytes: 0 }]),
  );
  const problems = (change: Partial<Compiled>, readme = '') =>
    problemsOf({ files: all(change) }, limits, () => readme);

  it.each<[string, Partial<Compiled>, RegExp]>([
    ['registers', { registers: 33 }, /33 registers, at most 32/],
    ['spills', { spillBytes: 4, spilling: ['_Z1aPi'] }, /spills 4 bytes in _Z1aPi/],
    ['shared memory', { sharedBytes: 1 }, /1 bytes of shared memory, at most 0/],
  ])('%s', (_, change, message) => {
    expect(problems({})).toEqual([]);
    expect(problems(change)).toHaveLength(architectures.length);
    for (const problem of problems(change)) expect(problem).toMatch(message);
  });

  it('promises', () => {
    expect(problems({}, '`mma.sync`')).toEqual([]);
    const broken = problems({ instructions: [] }, '`mma.sync` (sm_90a)');
    expect(broken).toEqual([`${folder} for sm_90a: no mma.sync in its PTX, as README.md promises`]);
  });

  it('an operator without limits or without code', () => {
    const { [folder]: _, ...others } = limits;
    const found = problemsOf({ files: all({}) }, others, () => '');
    expect(found).toEqual([`${folder}: has no limits in limits.json`]);
    expect(problemsOf({ files: {} }, limits, () => '')).toContain(`${folder}: has no .cu`);
  });
});

describe('the kernels as they are', () => {
  it('keep their limits and promises', { timeout: 600_000 }, async () => {
    const stale = staleFiles();
    if (stale.length > 0 && nvccVersion() === null) {
      console.log(`no nvcc here: ${stale.length} changed files are not compiled: ${stale}`);
    }
    const kept = stale.length > 0 && nvccVersion() !== null ? await update() : readKept();
    expect(problemsOf(kept, readLimits(), readmeOf)).toEqual([]);
  });

  it('are kept with limits for nothing else', () => {
    const limits = JSON.parse(
      readFileSync(fileURLToPath(new URL('../limits.json', import.meta.url)), 'utf8'),
    );
    expect(Object.keys(limits)).toEqual(operatorFolders());
  });
});
