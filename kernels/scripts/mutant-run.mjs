// Runs all cases of one operator on a library and says what caught it: the process of a mutant, of
// which nothing is certain, not even that it ends. Exit 3: caught.
//
//   node --conditions=source scripts/mutant-run.mjs LIBRARY OPERATOR
import { compare } from '../lib/compare.ts';
import { openSuite, SuiteError, scheduleNames } from '../suite.ts';
import { suites } from '../suites.ts';
import { runCase } from '../test/device-run.ts';

const [library, name] = process.argv.slice(2);
const suite = openSuite(library);
const operator = suites.find((one) => one.operator.name === name);
const { variants } = suite.operators().find((one) => one.name === name);

/** What is wrong with one run, or null. */
function caught(call, variant, workspaceByte) {
  try {
    const outputs = runCase(suite, operator, call, variant, workspaceByte);
    const [problem] = compare(operator, call, outputs);
    return problem === undefined ? null : `${problem.output}: ${problem.message}`;
  } catch (error) {
    if (error instanceof SuiteError && error.status === 'unsupported') return null;
    return error instanceof Error ? error.message : String(error);
  }
}

const isChecked = suite.kind === 'simt-checked';
const cases = operator
  .cases()
  .filter(({ axes }) => !isChecked || Math.max(axes.requests ?? 0, axes.rows ?? 0) <= 40);
const schedules = isChecked ? ['random'] : scheduleNames;
for (const [round, schedule] of schedules.entries()) {
  suite.schedule(schedule, 3);
  const workspaceByte = round % 2 === 0 ? undefined : 0x41;
  for (const call of cases) {
    for (const variant of variants) {
      const why = caught(call, variant, workspaceByte);
      if (why === null) continue;
      console.log(`${call.id} [${variant}] ${schedule}: ${why}`);
      process.exit(3);
    }
  }
}
