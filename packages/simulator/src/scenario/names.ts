import { hardwareOf } from '../hardware/hardware.ts';
import { parseSlo } from '../metrics/slo.ts';
import { modelOf } from '../model/model.ts';
import { draftMethod } from '../speculation/methods.ts';
import { acceptanceProfile } from '../speculation/profiles.ts';
import type { Scenario } from './scenario.ts';
import type { Problem } from './values.ts';

/**
 * What a scenario refers to: its model, GPU, acceptance profile and SLO. The parts that read these
 * throw on their own; here all of them are tried, so that a form or a command can tell every
 * problem at once.
 */
export function examineReferences(scenario: Scenario): Problem[] {
  const { model, hardware, speculation, slo } = scenario;
  const attempts: [string, () => unknown][] = [
    ['model', () => modelOf(model)],
    ['hardware.gpu', () => hardwareOf(hardware.gpu)],
    [
      'speculation.acceptance',
      // Without drafting nothing is accepted, and no profile is read.
      () =>
        speculation.method === 'none' ||
        acceptanceProfile(speculation.acceptance, draftMethod(speculation.method)),
    ],
    ['slo', () => (slo === null ? null : parseSlo(slo))],
  ];
  return attempts.flatMap(([path, act]) => {
    try {
      act();
      return [];
    } catch (error) {
      return [{ path, message: withoutPath((error as Error).message, path) }];
    }
  });
}

/** A problem is shown after its path, so a message that starts with the path leaves it out. */
function withoutPath(message: string, path: string): string {
  return message.startsWith(path)
    ? message.slice(path.length).replace(/^:?\s*/, '')
    : `is not right: ${message}`;
}
