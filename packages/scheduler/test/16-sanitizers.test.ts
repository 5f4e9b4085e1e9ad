/**
 * The bare core under AddressSanitizer and UndefinedBehaviorSanitizer: a random blast in C++ with
 * every structural law verified after each step. Needs g++ or clang++ with the sanitizer libraries;
 * where they are missing the test says so and is skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const flags = [
  '-std=c++20',
  '-g',
  '-O1',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];
const directory = mkdtempSync(join(tmpdir(), 'beamline-blast-'));

function compiler(): string | null {
  const probe = join(directory, 'probe.cc');
  writeFileSync(probe, 'int main() { return 0; }\n');
  for (const name of ['g++', 'clang++']) {
    const made = spawnSync(name, [...flags, probe, '-o', join(directory, 'probe')]);
    if (made.status === 0 && spawnSync(join(directory, 'probe')).status === 0) return name;
  }
  return null;
}

const found = compiler();
if (found === null) console.warn('skips the sanitizer run: no C++ compiler with ASan and UBSan');

test.skipIf(found === null)('the core is clean under ASan and UBSan, all laws verified', () => {
  const source = fileURLToPath(new URL('../native/test/blast.cc', import.meta.url));
  const binary = join(directory, 'blast');
  const compiled = spawnSync(found!, [...flags, '-fno-exceptions', source, '-o', binary]);
  expect(String(compiled.stderr)).toBe('');
  const run = spawnSync(binary, ['1', '400'], { encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatch(/^blast: 400 configurations, \d+ steps, all laws hold\n$/);
  expect(run.status).toBe(0);
});
