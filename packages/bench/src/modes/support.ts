/** Which cases each variant takes, by running every case once and looking at nothing else. */
import type { OperatorSuite } from '@beamline/kernels/suites';
import { type Device, isFailure, plainRun } from '../device.ts';

export interface SupportRow {
  readonly operator: string;
  readonly device: string;
  readonly variant: string;
  readonly supported: number;
  readonly cases: number;
  /** Why the first case that it does not take is refused; '' when it takes all. */
  readonly reason: string;
}

export async function supportOf(
  device: Device,
  suite: OperatorSuite,
  variant: string,
): Promise<SupportRow> {
  const cases = suite.cases();
  let supported = 0;
  let reason = '';
  for (const call of cases) {
    const result = await device.run(suite, call, { ...plainRun, variant });
    if (!isFailure(result) || result.status !== 'unsupported') supported++;
    else if (reason === '') reason = `${call.id}: ${result.message}`;
  }
  return {
    operator: suite.operator.name,
    device: device.name,
    variant,
    supported,
    cases: cases.length,
    reason,
  };
}
