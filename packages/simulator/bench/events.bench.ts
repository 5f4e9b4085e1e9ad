import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { sharedData } from '../../../test/support/shared-data.ts';
import { expandGrid, type SweepPoint, sweep } from '../src/planning/index.ts';
import type { Run } from '../src/run.ts';

/**
 * The event loop as a planner meets it: a million requests in one process, and a sweep on one core
 * and on two. The processes and threads run from the sources, as everything in a benchmark does.
 */

export interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

const TRACE = 'traces/AzureLLMInferenceTrace_conv.csv';
const REQUESTS = 1_000_000;

interface MillionReport {
  seconds: number;
  cpuSeconds: number;
  peakMegabytes: number;
  completed: number;
  steps: number;
  output: number;
}

async function million(schedule: string): Promise<MillionReport & { of: string }> {
  const trace = sharedData(TRACE);
  const script = fileURLToPath(new URL('./million-requests.ts', import.meta.url));
  const flags = [...process.execArgv.filter((flag) => !/prof|inspect/.test(flag))];
  const given = [trace ?? '-', String(REQUESTS), schedule];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, ...given]);
  const of =
    trace === null
      ? `synthetic, by the trace's quantiles: the trace ${TRACE} is not beside the checkout`
      : 'the Azure conversation trace, repeated';
  return { ...(JSON.parse(stdout) as MillionReport), of };
}

function millionBenchmark(schedule: string, target: string): Benchmark {
  return {
    name: `simulate ${REQUESTS} requests, llama-3.1-8b on one H100, ReDrafter ${schedule}`,
    target,
    run: async () => {
      const report = await million(schedule);
      const perStep = ((report.seconds * 1e9) / report.steps).toFixed(0);
      const rate = Math.round(report.completed / report.seconds);
      const detail =
        `${report.of}; peak ${report.peakMegabytes.toFixed(0)} MB, target at most 1000; ` +
        `${report.cpuSeconds.toFixed(1)} s of CPU; ${rate} requests/s, ${perStep} ns for each ` +
        `step of a request`;
      return { value: report.seconds, unit: 's', detail };
    },
  };
}

/** 200 points of load, shape and schedule. */
function sweepPoints(): SweepPoint[] {
  return expandGrid({ workload: { requests: 2000 } }, [
    'workload.ratePerSecond=0.5:32:log10',
    'speculation.beams=1,2,4,8',
    'speculation.draftLength=1,2,3,4,5',
  ]);
}

async function sweepSeconds(points: SweepPoint[], jobs: number): Promise<[number, string]> {
  const script = new URL('./simulate-worker.ts', import.meta.url);
  const idle = Array.from({ length: jobs }, () => new Worker(script));
  const all = [...idle];
  const run = async (point: SweepPoint): Promise<Run> => {
    const worker = idle.pop()!;
    worker.postMessage(point.scenario);
    const [result] = (await once(worker, 'message')) as [Run];
    idle.push(worker);
    return result;
  };
  // Each thread is warm before the clock starts: a sweep's gain, not the start of a thread.
  await Promise.all(points.slice(0, jobs).map(run));
  const started = performance.now();
  const { records } = await sweep(points, { run, jobs });
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(all.map((worker) => worker.terminate()));
  return [seconds, JSON.stringify(records)];
}

export const benchmarks: Benchmark[] = [
  millionBenchmark('fixed', 'at most 20 s and 1000 MB on one core'),
  millionBenchmark('adaptive', 'no target'),
  {
    name: 'sweep of 200 points, 2 jobs against 1',
    target: 'at least 1.8x on two free cores',
    run: async () => {
      const points = sweepPoints();
      const [one, first] = await sweepSeconds(points, 1);
      const [two, second] = await sweepSeconds(points, 2);
      if (first !== second) throw new Error('one job and two give different results');
      const detail = `${one.toFixed(1)} s with one job, ${two.toFixed(1)} s with two; same bytes`;
      return { value: one / two, unit: 'x', detail };
    },
  },
];
