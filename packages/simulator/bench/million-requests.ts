import { closeSync, openSync, readSync } from 'node:fs';
import { workloadCatalogue } from '@beamline/fixtures';
import { createNativeScheduler } from '@beamline/scheduler';
import { simulate } from '../src/events/index.ts';
import { parseScenario } from '../src/scenario/parse.ts';
import type { PartialScenario, Scenario } from '../src/scenario/scenario.ts';

/**
 * A process of its own for the benchmark of a million requests, so that its peak of memory is that
 * of the simulation. Arguments: the trace's path, or `-` for the bundled synthetic workload; the
 * number of requests; the schedule. Prints one line of JSON.
 */

const [trace = '-', requests = '1000000', schedule = 'fixed'] = process.argv.slice(2);

function* chunksOf(path: string): Iterable<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(1 << 16);
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) {
      yield buffer.subarray(0, n);
    }
  } finally {
    closeSync(file);
  }
}

function workload(): PartialScenario['workload'] & object {
  const count = Number(requests);
  if (trace !== '-') return { kind: 'trace', trace, requests: count };
  const chat = workloadCatalogue['azure-chat'];
  return {
    kind: 'gamma',
    ratePerSecond: chat.ratePerSecond,
    burstiness: chat.burstiness,
    inputTokens: chat.inputTokens as Scenario['workload']['inputTokens'],
    outputTokens: chat.outputTokens as Scenario['workload']['outputTokens'],
    requests: count,
  };
}

const speculation = { schedule: schedule as 'fixed' };
const scenario = parseScenario({ speculation, workload: workload() }, 'benchmark');
const started = performance.now();
const { metrics } = simulate(
  scenario,
  { createScheduler: createNativeScheduler, openTrace: chunksOf },
  { withBaseline: false },
);
const seconds = (performance.now() - started) / 1000;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
const cpuSeconds = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
const { completed } = metrics.requests;
const { steps, output } = metrics.tokens;
console.log(JSON.stringify({ seconds, cpuSeconds, peakMegabytes, completed, steps, output }));
