import { costParetoOfRuns } from '@beamline/figures/cost_pareto/model';
import { latencySlo } from '@beamline/figures/latency_slo/model';
import type { SchedulerFactory } from '@beamline/scheduler';
import {
  arrivalsOf,
  BeamlineError,
  examineReferences,
  hardwareOf,
  type Metrics,
  type ParameterFactors,
  parseScenario,
  type Run,
  reasonOf,
  runWithBands,
  type Scenario,
  type SimulationPorts,
  simulate,
  size,
  speedupOf,
  type TraceOpener,
} from '@beamline/simulator';
import { openText } from './open-file.ts';
import type { Job, JobResult, PointResult, TraceSummary } from './protocol.ts';

/**
 * Does the jobs of `protocol.ts`, wherever it runs. Law: a run is the one that `simulate` gives,
 * byte for byte; the baseline, which many scenarios share (all shapes of a heat map, all schedules
 * at a load), is simulated once and kept.
 */
export interface ComputePorts {
  createScheduler: SchedulerFactory;
  openTrace: TraceOpener;
  /** Size of a trace's file. */
  bytesOf: (trace: string) => number;
}

export type Emit = (result: JobResult) => void;
export type EmitProgress = (done: number, total: number, runs: number) => void;

const MAX_BASELINES = 256;
/** Requests of a trace that its summary rests on. */
const SUMMARY_REQUESTS = 5000;

export class Computer {
  readonly #ports: ComputePorts;
  readonly #baselines = new Map<string, Metrics>();

  constructor(ports: ComputePorts) {
    this.#ports = ports;
  }

  /** Files have changed: what was made with the old ones no longer holds. */
  forget(): void {
    this.#baselines.clear();
  }

  async do(job: Job, emit: Emit, progress: EmitProgress): Promise<void> {
    switch (job.kind) {
      case 'runs':
        for (const [index, scenario] of job.scenarios.entries()) {
          emit({ kind: 'runs', index, point: await this.point(scenario, job.draws) });
        }
        return;
      case 'size':
        return this.#size(job, emit, progress);
      case 'latency': {
        const { createScheduler, openTrace } = this.#ports;
        const latency = latencySlo({ scenario: job.scenario }, { createScheduler, openTrace });
        return emit({ kind: 'latency', latency });
      }
      case 'cost':
        return emit({ kind: 'cost', cost: costParetoOfRuns(job.runs) });
      case 'check':
        return emit({ kind: 'check', problems: examineReferences(job.scenario) });
      case 'trace':
        return emit({ kind: 'trace', trace: this.#trace(job.name) });
      case 'open':
        return emit({ kind: 'open', opened: openText(job.name, job.text) });
    }
  }

  async point(scenario: Scenario, draws: number): Promise<PointResult> {
    try {
      const run =
        draws === 0
          ? this.run(scenario)
          : await runWithBands(scenario, draws, async (drawn, factors) =>
              this.run(drawn, factors ?? undefined),
            );
      const { price } = hardwareOf(scenario.hardware.gpu);
      return { ok: true, run, reason: reasonOf(run), price };
    } catch (error) {
      return { ok: false, ...failureOf(error) };
    }
  }

  /** The same run as `simulate(scenario)` gives. */
  run(scenario: Scenario, factors?: ParameterFactors): Run {
    const { createScheduler, openTrace } = this.#ports;
    const ports: SimulationPorts = {
      createScheduler,
      openTrace,
      ...(factors === undefined ? {} : { factors }),
    };
    const run = simulate(scenario, ports, { withBaseline: false });
    if (scenario.speculation.method === 'none') return run;
    const baseline = this.#baseline(scenario, ports);
    return { ...run, baseline, speedup: speedupOf(run.metrics, baseline) };
  }

  #baseline(scenario: Scenario, ports: SimulationPorts): Metrics {
    const plain: Scenario = {
      ...scenario,
      // As `simulate` has it, less what only drafting reads; equal keys are then equal loads.
      speculation: {
        ...scenario.speculation,
        method: 'none',
        beams: 0,
        draftLength: 1,
        prefixDedup: true,
        schedule: 'fixed',
        acceptance: 'chat',
      },
    };
    const key = JSON.stringify([plain, ports.factors ?? null]);
    const known = this.#baselines.get(key);
    if (known !== undefined) return known;
    const { metrics } = simulate(plain, ports, { withBaseline: false });
    if (this.#baselines.size >= MAX_BASELINES) this.#baselines.clear();
    this.#baselines.set(key, metrics);
    return metrics;
  }

  async #size(job: Extract<Job, { kind: 'size' }>, emit: Emit, progress: EmitProgress) {
    const { objective, gpus, tensorParallel, maxGpus } = job.question;
    const result = await size(job.scenario, job.slo, {
      objective,
      candidates: {
        ...(gpus === null ? {} : { gpus: [...gpus] }),
        tensorParallel: [...tensorParallel],
        maxGpus,
      },
      run: async (scenario) => {
        const { createScheduler, openTrace } = this.#ports;
        return simulate(scenario, { createScheduler, openTrace }, { withBaseline: false });
      },
      onProgress: progress,
    });
    emit({ kind: 'size', size: result });
  }

  /** Reads no further than it must, so that a file of any size is answered at once. */
  #trace(name: string): TraceSummary {
    const whole = arrivalsOf(
      parseScenario({ workload: { kind: 'trace', trace: name } }, name),
      this.#ports.openTrace,
    );
    let requests = 0;
    let input = 0;
    let output = 0;
    let lastNs = 0;
    let isWhole = false;
    while (requests < SUMMARY_REQUESTS) {
      const arrival = whole.next();
      if (arrival === null) {
        isWhole = true;
        break;
      }
      requests++;
      input += arrival.inputTokens;
      output += arrival.outputTokens;
      lastNs = arrival.arrivalNs;
    }
    return {
      name,
      bytes: this.#ports.bytesOf(name),
      requests,
      isWhole,
      spanSeconds: lastNs / 1e9,
      meanInputTokens: input / requests,
      meanOutputTokens: output / requests,
      warnings: [...whole.warnings],
    };
  }
}

export function failureOf(error: unknown): {
  code: 'input' | 'infeasible' | 'failed';
  message: string;
} {
  if (error instanceof BeamlineError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'failed', message };
}
