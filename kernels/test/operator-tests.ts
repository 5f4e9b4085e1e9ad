/**
 * The tests that every operator's kernels have in common: all cases of its suite on every variant
 * forced by name, on the plain simt build under a schedule that changes from case to case, a part
 * of them on the checked build; the probes; the same bits again on a second run.
 *
 * Example: `testOperator(packBeamsSuite)` is the whole of a kernel.test.ts.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { openSuite, type Suite, SuiteError, scheduleNames, suitePath } from '../suite.ts';
import type { Case, OperatorSuite, Problem, Tensors } from '../suite-record.ts';
import { runCase } from './device-run.ts';

const isBuilt = ['simt', 'simt-checked'].every((kind) => existsSync(suitePath(kind as 'simt')));
if (!isBuilt) console.log('skipped: kernels, not built (npm run suite -w @beamline/kernels)');

export interface OperatorTests {
  /** Largest number of requests or rows that the checked build gets; 16 when absent. */
  readonly checkedRows?: number;
  /** Every how manieth of those cases it gets; 2 when absent. */
  readonly checkedEvery?: number;
}

function variantsOf(suite: Suite, name: string): readonly string[] {
  const found = suite.operators().find((operator) => operator.name === name);
  return ['', ...(found?.variants ?? [])];
}

/** Outputs, or null where the variant does not take the case. */
function attempt(
  suite: Suite,
  operator: OperatorSuite,
  call: Case,
  variant: string,
  workspaceByte?: number,
) {
  try {
    return runCase(suite, operator, call, variant, workspaceByte);
  } catch (error) {
    if (error instanceof SuiteError && error.status === 'unsupported') return null;
    throw error;
  }
}

function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ output, message }) => `${output}: ${message}`).join('; ');
}

interface Prepared {
  readonly call: Case;
  readonly reference: Tensors;
  readonly twin: Tensors;
}

/** Runs cases and says which are wrong, and how many the variant took. */
function runAll(
  suite: Suite,
  operator: OperatorSuite,
  cases: readonly Prepared[],
  variant: string,
) {
  const wrong: string[] = [];
  let taken = 0;
  cases.forEach(({ call, reference, twin }, i) => {
    suite.schedule(scheduleNames[(i + variant.length) % scheduleNames.length]!, i);
    const where = `${call.id} [${variant}]`;
    try {
      // Every other run finds a workspace that looks like numbers.
      const outputs = attempt(suite, operator, call, variant, i % 2 === 0 ? undefined : 0x41);
      if (outputs === null) return;
      taken++;
      const problems = compare(operator, call, outputs, reference, twin);
      if (problems.length > 0) wrong.push(`${where} ${describeProblems(problems)}`);
    } catch (error) {
      wrong.push(`${where} ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  suite.schedule('round-robin');
  return { wrong, taken };
}

function isSmall({ axes }: Case, rows: number): boolean {
  return Math.max(axes['requests'] ?? 0, axes['rows'] ?? 0) <= rows && (axes['vocab'] ?? 0) <= 5000;
}

/** Whether two runs agree to the bit, signs of zeros included. */
function sameBits(a: Tensors, b: Tensors): boolean {
  return Object.keys(a).every((name) =>
    a[name]!.data.every((x, i) => Object.is(x, b[name]!.data[i])),
  );
}

export function testOperator(operator: OperatorSuite, options: OperatorTests = {}): void {
  const { name } = operator.operator;
  describe.skipIf(!isBuilt)(`${name} on simt`, () => {
    const plain = isBuilt ? openSuite(suitePath('simt')) : null;
    const checked = isBuilt ? openSuite(suitePath('simt-checked')) : null;
    const variants = plain === null ? [''] : variantsOf(plain, name);
    const prepared = operator.cases().map((call) => ({
      call,
      reference: operator.reference(call),
      twin: operator.twin(call),
    }));
    const small = prepared
      .filter(({ call }) => isSmall(call, options.checkedRows ?? 16))
      .filter((_, i) => i % (options.checkedEvery ?? 2) === 0);

    it.each(variants)('agrees with float64 in every case [%s]', (variant) => {
      const { wrong, taken } = runAll(plain!, operator, prepared, variant);
      expect(wrong).toEqual([]);
      expect(taken).toBeGreaterThan(0);
    });
    it.each(variants)('has no race, no stray access and no divergent barrier [%s]', (variant) => {
      expect(runAll(checked!, operator, small, variant).wrong).toEqual([]);
    });
    it.each(variants)('keeps the exact probes [%s]', (variant) => {
      for (const probe of operator.probes()) {
        const outputs = probe.cases.map((call) => attempt(plain!, operator, call, variant));
        if (outputs.includes(null)) continue;
        expect(probe.check(outputs as Tensors[]), probe.id).toEqual([]);
      }
    });
    it.each(variants)('gives the same bits whatever the order of its threads [%s]', (variant) => {
      for (const { call } of small.slice(0, 6)) {
        const runs = scheduleNames.map((schedule) => {
          plain!.schedule(schedule, 11);
          return attempt(plain!, operator, call, variant);
        });
        const [first] = runs;
        if (first == null) continue;
        for (const run of runs) expect(sameBits(first, run!), call.id).toBe(true);
      }
      plain!.schedule('round-robin');
    });
  });
}
