import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

/** The script for a GPU machine, run dry: every stage but those that need the GPU or a compiler. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'beamline-measure-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const isBuilt = ['libbeamline_simt.so', 'beamline_suite.node'].every((name) =>
  existsSync(join(root, 'kernels/build', name)),
);
if (!isBuilt) console.log('simt is not built: the dry run of measure.sh is left out');

function measure(...args: string[]) {
  // Without nvcc on the path the build stage says so and the others go on.
  const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
  const result = spawnSync('bash', ['kernels/scripts/measure.sh', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH },
  });
  return { code: result.status, text: result.stdout, errors: result.stderr };
}

describe('measure.sh', () => {
  it.skipIf(!isBuilt)('leaves records of every stage', { timeout: 300_000 }, () => {
    const { code, text } = measure('--dry-run', '--out', out);
    expect(text).toMatch(/build: (skipped|done)/);
    expect(text).toMatch(/verify: done/);
    expect(text).toMatch(/perf: done/);
    expect(text).toMatch(/sanitizer: skipped/);
    expect(text).toMatch(/all stages done/);
    expect(code).toBe(0);
    for (const name of ['verify.jsonl', 'perf.jsonl']) {
      const lines = readFileSync(join(out, name), 'utf8').trim().split('\n');
      const records = lines.map((line) => JSON.parse(line) as { status: string });
      expect([name, records.length > 3]).toEqual([name, true]);
      expect(records.every(({ status }) => status === 'passed')).toBe(true);
    }
    const machine = JSON.parse(readFileSync(join(out, 'machine.json'), 'utf8'));
    expect(machine.dryRun).toBe(true);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('none failed');
  });

  it('refuses what it does not know', () => {
    expect(measure('--dryrun')).toMatchObject({ code: 2, errors: /--dryrun is not an option/ });
    expect(measure('--seconds', 'x')).toMatchObject({ code: 2, errors: /is no whole number/ });
  });
});
