import {
  type Device,
  type Environment,
  type RunOptions,
  type RunResult,
  referenceDevice,
} from '@beamline/bench';
import { type Case, type OperatorSuite, suites } from '@beamline/kernels/suites';

/** What tests of the bench share: an environment, suites by name, and devices with a defect. */

export const environment: Environment = {
  platform: 'linux x64',
  cpu: 'a CPU',
  cores: 2,
  node: '24.0.0',
  commit: 'abc',
  hasChanges: false,
};

export function suiteOf(name: string): OperatorSuite {
  return suites.find(({ operator }) => operator.name === name)!;
}

export function caseOf(suite: OperatorSuite, id: string): Case {
  return suite.cases().find((call) => call.id === id)!;
}

export type Run = (suite: OperatorSuite, call: Case, options: RunOptions) => RunResult;

const twin = referenceDevice('twin');

/** The reference as a device with graphs, schedules and checks, its results changed by `change`. */
export function deviceThat(
  change: (result: RunResult, call: Case, options: RunOptions) => RunResult,
): Device {
  return {
    ...twin,
    schedules: ['default', 'reversed'],
    hasChecks: true,
    hasGraphs: true,
    run: (suite, call, options) => change(twin.run(suite, call, options), call, options),
  };
}
