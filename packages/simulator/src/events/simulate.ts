import type { SchedulerFactory } from '@beamline/scheduler';
import { inputError } from '../base/errors.ts';
import { RandomStream } from '../base/random.ts';
import {
  type EngineSpec,
  emptyStepShape,
  extrapolationWarning,
  type MeasuredOperators,
  requireFit,
  StepCost,
  type StepShape,
} from '../cost/index.ts';
import { evaluateSlo, MetricsCollector, parseSlo, speedupOf, verdictOf } from '../metrics/index.ts';
import { compareReplay, type RecordedRun, type ReplayComparison } from '../replay/index.ts';
import type { Metrics, Origin, Run } from '../run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Acceptance, acceptanceOf } from '../speculation/index.ts';
import { scheduleOf } from '../speculation/schedule/schedule.ts';
import { engineWith, type ParameterFactors } from '../uncertainty/factors.ts';
import { type ArrivalSource, arrivalsOf, type TraceOpener } from '../workload/index.ts';
import { SimulatedExecutor } from './executor.ts';
import { type RequestLatencies, RequestRecorder } from './request-recorder.ts';
import { RequestTable } from './request-table.ts';
import { Router } from './router.ts';
import { Simulation, type SimulationParts, type StepRecord } from './simulation.ts';

/**
 * What a simulation needs from outside: the scheduler's core, the trace's bytes, someone who
 * watches.
 */
export interface SimulationPorts {
  createScheduler: SchedulerFactory;
  openTrace: TraceOpener;
  /** Times from a kernel bench that replace modelled ones, in the run and in its baseline. */
  measured?: MeasuredOperators;
  /** Moves the model's parameters, in the run and in its baseline. */
  factors?: ParameterFactors;
  /** A recorded run of the same requests to compare with; the run then has `replay`. */
  recorded?: RecordedSlice;
  /**
   * Latencies of every single request, of the run and of its baseline, each when it is over. With
   * them 2,000 evenly spaced quantiles of the gaps between tokens.
   */
  onLatencies?: (
    latencies: RequestLatencies,
    itlSampleMs: readonly number[],
    of: 'run' | 'baseline',
  ) => void;
  onStep?: ((step: StepRecord) => void) | undefined;
  onProgress?: (completed: number, total: number | null, of: 'run' | 'baseline') => void;
}

/** The requests of a recorded run from place `from` up to `to`, in order of arrival. */
export interface RecordedSlice {
  run: RecordedRun;
  from: number;
  to: number;
  /** Also compares this many blocks of consecutive requests, as even as can be. */
  parts?: number;
}

export interface SimulationOptions {
  /** Also runs the same workload without drafting; default true. */
  withBaseline?: boolean;
}

/**
 * Simulates a scenario and, unless told not to, the same workload without drafting beside it.
 * Throws an input error for what the user can mend, an infeasible error where the model does not
 * fit.
 */
export function simulate(
  scenario: Scenario,
  ports: SimulationPorts,
  options: SimulationOptions = {},
): Run {
  const withBaseline = (options.withBaseline ?? true) && scenario.speculation.method !== 'none';
  const main = simulateOnce(scenario, ports, 'run');
  const plain: Scenario = {
    ...scenario,
    speculation: { ...scenario.speculation, method: 'none', beams: 0, schedule: 'fixed' },
  };
  const baseline = withBaseline
    ? simulateOnce(plain, baselinePorts(ports), 'baseline').metrics
    : null;
  return {
    version: 1,
    scenario,
    metrics: main.metrics,
    baseline,
    speedup: baseline === null ? null : speedupOf(main.metrics, baseline),
    verdict: main.verdict,
    slo: scenario.slo === null ? null : evaluateSlo(parseSlo(scenario.slo), main.metrics),
    warnings: main.warnings,
    provenance: main.provenance,
    ...(main.replay === null ? {} : { replay: main.replay }),
  };
}

function baselinePorts({ recorded: _, ...ports }: SimulationPorts): SimulationPorts {
  return { ...ports, onStep: undefined };
}

interface Outcome {
  metrics: Metrics;
  verdict: Run['verdict'];
  warnings: string[];
  provenance: Record<string, Origin>;
  replay: ReplayComparison | null;
}

function simulateOnce(scenario: Scenario, ports: SimulationPorts, of: 'run' | 'baseline'): Outcome {
  const named = engineWith(scenario, ports.factors);
  const engine = ports.measured === undefined ? named : { ...named, measured: ports.measured };
  const { serving, speculation, hardware } = scenario;
  const { acceptance, origin } = acceptanceOf(scenario, ports.factors?.acceptance);
  const memory = requireFit(engine, serving);
  const cost = new StepCost(engine);
  const requests = new RequestTable();
  const isRecorded = ports.recorded !== undefined || ports.onLatencies !== undefined;
  const recorder = isRecorded ? new RequestRecorder(requests) : null;
  const metrics = new MetricsCollector(scenario.slo === null ? null : parseSlo(scenario.slo));
  const source = arrivalsOf(scenario, ports.openTrace);
  const bounds = { beams: speculation.beams, draftLength: speculation.draftLength };
  if (speculation.method === 'none') bounds.beams = 0;
  const replicas = Array.from({ length: hardware.replicas }, () => ({
    scheduler: ports.createScheduler({
      maxBatchSize: serving.maxBatchSize,
      maxNumTokens: serving.maxNumTokens,
      maxQueuedRequests: serving.maxQueuedRequests,
      tokensPerBlock: serving.tokensPerBlock,
      kvBlocks: memory.kvBlocks,
      capacityPolicy: serving.capacityPolicy,
      contextChunking: serving.contextChunking,
      blockReuse: serving.blockReuse,
      maxDraftTokens: maxDraftTokens(scenario, acceptance),
    }),
    executor: new SimulatedExecutor(
      requests,
      cost,
      scheduleOf(speculation.schedule, bounds, acceptance, cost),
    ),
  }));
  const simulation = new Simulation({
    source,
    replicas,
    router: new Router(hardware.router, serving.maxBatchSize),
    requests,
    metrics,
    ...watched(
      recorder,
      drawFrom(scenario.seed, requests, acceptance),
      fitCheck(scenario, memory.kvBlocks),
    ),
    limits: {
      maxBatchSize: serving.maxBatchSize,
      maxNumTokens: serving.maxNumTokens,
      chunkUnitTokens: serving.tokensPerBlock,
    },
    tracksWorstGap: scenario.slo !== null,
    ...(ports.onStep === undefined ? {} : { onStep: ports.onStep }),
    onProgress: (completed) => ports.onProgress?.(completed, source.total, of),
  });
  const simulatedNs = simulation.run();
  for (const { scheduler } of replicas) scheduler.free();
  if (recorder !== null) ports.onLatencies?.(recorder.latencies, metrics.itlSample(), of);
  const replay =
    recorder === null || ports.recorded === undefined
      ? null
      : replayOf(recorder, metrics, ports.recorded);
  return { ...outcomeOf(engine, scenario, metrics, simulatedNs, source, origin), replay };
}

/** What the simulation calls for each arrival, seen by the recorder where there is one. */
function watched(
  recorder: RequestRecorder | null,
  draw: (id: number) => void,
  canEverFit: (inputTokens: number, outputTokens: number) => boolean,
): Pick<SimulationParts, 'draw' | 'canEverFit' | 'onCompleted'> {
  if (recorder === null) return { draw, canEverFit };
  return {
    canEverFit: (inputTokens, outputTokens) => {
      recorder.arrived(inputTokens, outputTokens);
      return canEverFit(inputTokens, outputTokens);
    },
    draw: (id) => {
      recorder.named(id);
      draw(id);
    },
    onCompleted: (id, nowNs) => recorder.completed(id, nowNs),
  };
}

/** Both sides must have served the same requests: the first that differs is named. */
function replayOf(
  { latencies }: RequestRecorder,
  metrics: MetricsCollector,
  { run, from, to, parts = 0 }: RecordedSlice,
): ReplayComparison {
  const { inputTokens, outputTokens } = latencies;
  const count = outputTokens.length;
  if (run.outputTokens.length < count) {
    throw inputError(
      `the recorded run holds ${run.outputTokens.length} requests and the simulated load more; ` +
        'both must hold the same requests in the same order.',
    );
  }
  for (let i = 0; i < count; i++) {
    const [input, output] = [run.inputTokens[i]!, run.outputTokens[i]!];
    if (input === inputTokens[i] && output === outputTokens[i]) continue;
    throw inputError(
      `request ${i + 1} has ${input} input and ${output} output tokens in the recorded run, and ` +
        `${inputTokens[i]} and ${outputTokens[i]} in the simulated load; both must hold the same ` +
        'requests in the same order.',
    );
  }
  const end = Math.min(to, count);
  const whole = compareReplay(run, latencies, metrics.itlSample(), from, end);
  if (parts === 0) return whole;
  const cut = (i: number) => from + Math.round(((end - from) * i) / parts);
  const blocks = Array.from({ length: parts }, (_, i) =>
    compareReplay(run, latencies, [], cut(i), cut(i + 1)),
  );
  return { ...whole, parts: blocks };
}

/** Draws a request's key and difficulty from streams of their own, in order of arrival. */
function drawFrom(seed: number, requests: RequestTable, acceptance: Acceptance) {
  const keys = new RandomStream(seed, 'request-key');
  const difficulties = new RandomStream(seed, 'request-difficulty');
  return (id: number): void => {
    requests.key[id] = keys.uint32() | 0;
    requests.acceptanceClass[id] = acceptance.classOf(difficulties.uniform());
  };
}

function maxDraftTokens(scenario: Scenario, acceptance: Acceptance): number {
  const { method, schedule, beams, draftLength } = scenario.speculation;
  if (method === 'none' || beams === 0) return 0;
  const shapes = Array.isArray(schedule)
    ? schedule.map((row) => acceptance.shape(row.beams, row.draftLength ?? draftLength))
    : [acceptance.shape(beams, draftLength)];
  return Math.max(0, ...shapes.map((shape) => shape.maxDraftTokens));
}

/**
 * A request that no engine could ever hold is refused when it arrives, not left waiting for ever.
 */
function fitCheck(scenario: Scenario, kvBlocks: number) {
  const { tokensPerBlock, contextChunking, maxNumTokens } = scenario.serving;
  return (inputTokens: number, outputTokens: number): boolean => {
    if (contextChunking === 'off' && inputTokens + outputTokens > maxNumTokens) return false;
    return Math.ceil((inputTokens + Math.max(1, outputTokens)) / tokensPerBlock) <= kvBlocks;
  };
}

function outcomeOf(
  engine: EngineSpec,
  scenario: Scenario,
  collector: MetricsCollector,
  simulatedNs: number,
  source: ArrivalSource,
  acceptanceOrigin: Origin,
): Omit<Outcome, 'replay'> {
  const gpu = engine.hardware;
  const gpusPerReplica = engine.tensorParallel * engine.pipelineParallel;
  const metrics = collector.result({
    simulatedNs,
    replicas: scenario.hardware.replicas,
    gpusPerReplica,
    idleWatts: gpu.power.idleW,
    dollarsPerGpuHour: gpu.price.typical,
    peakBytesPerSecond: gpu.memoryBytesPerSecond,
  });
  const load = collector.load({
    concurrency: source.concurrency,
    peakBytesPerSecond: gpu.memoryBytesPerSecond,
    peakFlops: gpu.gemm[scenario.precision.weights].peakFlopPerSecond,
  });
  const warnings = [...source.warnings];
  if (metrics.requests.rejected > 0) {
    warnings.push(
      `${metrics.requests.rejected} requests were refused: they can never fit the KV cache or ` +
        'the token budget, or the queue was full.',
    );
  }
  const extrapolated = extrapolationWarning(new StepCost(engine).itemise(meanStep(metrics)));
  if (extrapolated !== null) warnings.push(extrapolated);
  const provenance: Record<string, Origin> = {
    time: { kind: 'modelled', source: 'roofline with efficiency curves, see `beamline estimate`' },
    matrixProducts: gpu.gemm[scenario.precision.weights].origin,
    memoryBandwidth: gpu.streamOrigin,
    energy: gpu.origins['power.memoryW']!,
    price: gpu.origins['price.typical']!,
    acceptance: acceptanceOrigin,
  };
  if (gpu.overheadsOrigin !== null) provenance['overheads'] = gpu.overheadsOrigin;
  if (engine.measured !== undefined) {
    const names = new Set(engine.measured.records.map(({ operator }) => operator));
    const source = `records of the kernel bench: ${[...names].join(', ')}`;
    provenance['kernels'] = { kind: 'measured', source };
  }
  return { metrics, verdict: verdictOf(load), warnings, provenance };
}

/** A plain decode step of the run's mean batch and lengths. */
function meanStep({ batchSize, requests, tokens }: Metrics): StepShape {
  const shape = emptyStepShape();
  const each = Math.max(1, requests.completed);
  const batch = Math.max(1, Math.round(batchSize.mean || 1));
  shape.generationRequests = batch;
  shape.generationRows = batch;
  shape.generationKvTokens = Math.round((batch * (tokens.input + tokens.output / 2)) / each);
  return shape;
}
