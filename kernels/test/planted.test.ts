import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSuite, type Suite, SuiteError, scheduleNames } from '../suite.ts';

// 1. Every check of the simt runtime catches the bug planted for it, in every schedule, and says
//    what it is and on which line; its clean twin passes.
// 2. A fault ends the launch and not the process: the next call runs.
// The bugs stand in lib/simt/test, one pair of kernels each.

const folder = fileURLToPath(new URL('../lib/simt/test/', import.meta.url));
const build = fileURLToPath(new URL('../build/', import.meta.url));
const plainPath = `${build}libbeamline_tests.so`;
const checkedPath = `${build}libbeamline_tests_checked.so`;
const isBuilt = existsSync(plainPath) && existsSync(checkedPath);
if (!isBuilt) console.log('skipped: planted bugs, not built (npm run suite -w @beamline/kernels)');

/** The kind of fault by the first word of a pair's name. */
const kinds: Record<string, string> = {
  race: 'data race',
  bounds: 'out of bounds',
  uninitialised: 'uninitialised read',
  wait: 'missing wait',
  misaligned: 'misaligned',
  barrier: 'divergent barrier',
  mask: 'wrong mask',
  deadlock: 'deadlock',
  trap: 'trap',
  stack: 'stack overflow',
  arithmetic: 'arithmetic',
};

interface Pair {
  name: string;
  kind: string;
  file: string;
  /** First and last line of the kernel. */
  lines: [number, number];
}

function pairsOf(file: string): Pair[] {
  const lines = readFileSync(folder + file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const match = /^BL_PLANTED\((\w+), bl::planted::(\w+),/.exec(line);
    if (match === null) return [];
    const first = lines.findIndex((other) => other.startsWith(`__global__ void ${match[2]}(`));
    const last = lines.findIndex((other, at) => at > first && other === '}');
    const name = match[1]!;
    return [{ name, kind: kinds[name.split('_')[0]!]!, file, lines: [first + 1, last + 1] }];
  });
}

const pairs = readdirSync(folder)
  .filter((name) => name.endsWith('.cu'))
  .flatMap(pairsOf);

/** Runs one variant on fresh buffers; the fault's text, or null. */
function run(suite: Suite, name: string, variant: string): string | null {
  const values = Float32Array.from({ length: 256 }, (_, i) => i);
  const input = suite.tensorOf('fp32', [256], values);
  const output = suite.tensor('fp32', [256]);
  const counters = suite.tensorOf('u32', [4], new Uint32Array(4));
  try {
    suite.call(name, variant, [input], [output, counters]);
    return null;
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    expect(error.status).toBe('faulted');
    return error.message;
  } finally {
    for (const tensor of [input, output, counters]) suite.free(tensor);
  }
}

/** Lines of `file` that a text names, in order. */
function linesNamed(text: string, file: string): number[] {
  return [...text.matchAll(new RegExp(`${file.replace('.', '\\.')}:(\\d+)`, 'g'))].map((match) =>
    Number(match[1]),
  );
}

const orders = [
  ...scheduleNames.map((schedule) => ({ schedule, seed: 1 })),
  ...[2, 3, 4].map((seed) => ({ schedule: 'random' as const, seed })),
];

describe.skipIf(!isBuilt)('1. planted bugs, checked build', () => {
  const suite = isBuilt ? openSuite(checkedPath) : null;

  it('has a pair for every kind of fault', () => {
    expect(new Set(pairs.map(({ kind }) => kind))).toEqual(new Set(Object.values(kinds)));
    const planted = suite!.operators().filter(({ variants }) => variants.includes('planted'));
    expect(pairs.map(({ name }) => name).sort()).toEqual(planted.map(({ name }) => name));
  });

  it.each(pairs)('$name: caught, its twin passes', ({ name, kind, file, lines }) => {
    for (const { schedule, seed } of orders) {
      suite!.schedule(schedule, seed);
      const where = `${name}, ${schedule} ${seed}`;
      const text = run(suite!, name, 'planted');
      expect(text, where).not.toBeNull();
      expect(text!.startsWith(`${kind}: `), `${where}: ${text}`).toBe(true);
      if (kind === 'arithmetic') continue; // the processor stops it: only the launch is known
      const named = linesNamed(text!, file);
      expect(named.length, `${where}: ${text}`).toBeGreaterThan(0);
      for (const line of named) {
        expect(line >= lines[0] && line <= lines[1], `${where}: ${text}`).toBe(true);
      }
      expect(run(suite!, name, 'clean'), `${where}, clean`).toBeNull();
    }
  });
});

describe.skipIf(!isBuilt)('2. planted bugs, plain build', () => {
  const suite = isBuilt ? openSuite(plainPath) : null;
  // What the plain build sees without looking at every access.
  const seen =
    /^(barrier|mask|deadlock|trap|arithmetic|misaligned_copy|bounds_(copy|write|dynamic|null))/;

  // A stack that is too small is seen by the checked build alone.
  it.each(pairs.filter(({ name }) => !/stack/.test(name)))('$name', ({ name, kind }) => {
    for (const { schedule, seed } of orders) {
      suite!.schedule(schedule, seed);
      const text = run(suite!, name, 'planted');
      if (seen.test(name)) expect(text?.startsWith(`${kind}: `), `${text}`).toBe(true);
      expect(run(suite!, name, 'clean'), `${schedule} ${seed}, clean`).toBeNull();
    }
  });
});
