import { parentPort } from 'node:worker_threads';
import { createNativeScheduler } from '@beamline/scheduler';
import { simulate } from '../src/events/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';

/** One hand of the sweep benchmark: takes a scenario, gives back its run. */

const ports = { createScheduler: createNativeScheduler, openTrace: () => [] };

parentPort!.on('message', (scenario: Scenario) => {
  parentPort!.postMessage(simulate(scenario, ports));
});
