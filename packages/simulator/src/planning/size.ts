import { inputError } from '../base/errors.ts';
import { parseSlo, type Slo } from '../metrics/index.ts';
import type { Metrics, Run } from '../run.ts';
import { parseScenario, setValue } from '../scenario/parse.ts';
import type { PartialScenario, Scenario } from '../scenario/scenario.ts';
import { errorCode, messageOf } from './error-code.ts';
import { inOrder } from './pool.ts';
import { compareMisses, describeMiss, type Judgement, judge } from './service-level.ts';

/**
 * The smallest fleet that meets a service level: over GPUs, tensor parallelism and draft schedules,
 * the fewest replicas of each, ranked by GPUs, cost or energy.
 *
 * Assumption: more replicas never make a service level worse. Under it, doubling until the level is
 * met and bisection find the fewest. What is found is checked: one replica fewer was simulated and
 * misses (or there is none), one more was simulated too, and a candidate where that one misses
 * carries a note. Example: met first at 4 of 1, 2, 4; then 3 is tried; then the neighbour.
 */

export type Objective = 'gpus' | 'cost' | 'energy';
export type SizeSchedule = 'none' | 'fixed' | 'adaptive' | 'confidence';

export const OBJECTIVES: Record<Objective, { metric: string; unit: string }> = {
  gpus: { metric: 'GPUs', unit: '' },
  cost: { metric: 'dollarsPerMillionOutputTokens', unit: '$ per million output tokens' },
  energy: { metric: 'joulesPerOutputToken', unit: 'J per output token' },
};

export interface SizeCandidates {
  /** Default: the scenario's GPU. */
  gpus?: Scenario['hardware']['gpu'][];
  /** Default 1, 2, 4, 8. */
  tensorParallel?: number[];
  /** Default none, fixed, adaptive, confidence; only none where the scenario has no method. */
  schedules?: SizeSchedule[];
  /** Most GPUs of a fleet; default 1024. */
  maxGpus?: number;
}

export interface SizeOptions {
  objective: Objective;
  candidates?: SizeCandidates;
  /** Simulates one scenario; the baseline is not needed. Infeasible errors become results. */
  run: (scenario: Scenario, signal?: AbortSignal) => Promise<Run>;
  /** Candidates searched at once; default 1. Changes no result. */
  jobs?: number;
  onProgress?: (done: number, total: number, runs: number) => void;
  signal?: AbortSignal;
}

/** One fleet that was simulated. */
export interface SizeTrial {
  replicas: number;
  gpus: number;
  meets: boolean;
  objective: number;
  /** Every request was served, and the queue did not grow without end. */
  served: boolean;
  /** Worst value / bound over the clauses: at most 1 when all are met. */
  worstRatio: number;
}

export interface SizeEntry {
  gpu: Scenario['hardware']['gpu'];
  tensorParallel: number;
  schedule: SizeSchedule;
  status: 'meets' | 'misses' | 'infeasible';
  /** Of the fleet found or, when it misses, of the closest one tried; null when infeasible. */
  fleet: {
    replicas: number;
    gpus: number;
    objective: number;
    scenario: Scenario;
    metrics: Metrics;
    verdict: Run['verdict'];
    clauses: Judgement['clauses'];
  } | null;
  /** Why not one replica fewer, or why it misses, in words. */
  binding: string;
  notes: string[];
  /** In the order tried. */
  trials: SizeTrial[];
}

export interface SizeResult {
  objective: Objective;
  slo: string;
  /** Those that meet the level, best first; then those that miss, closest first; then the rest. */
  ranking: SizeEntry[];
  best: SizeEntry | null;
  /** When nothing meets the level: what comes closest, and why it misses. Never a silent pick. */
  closest: { entry: SizeEntry; why: string } | null;
}

interface Candidate {
  gpu: Scenario['hardware']['gpu'];
  tensorParallel: number;
  schedule: SizeSchedule;
}

const MAX_GPUS = 1024;

/** @throws BeamlineError `input` on a wrong SLO or candidate list */
export async function size(
  base: Scenario,
  sloExpression: string,
  options: SizeOptions,
): Promise<SizeResult> {
  const slo = parseSlo(sloExpression);
  const candidates = candidatesOf(base, options.candidates ?? {});
  // Heads that a candidate's GPUs do not share evenly are wrong input to the cost model, but here a
  // result. What is wrong for every candidate is the user's: a trace that does not parse.
  const wrongInput = new Map<SizeEntry, unknown>();
  let done = 0;
  let runs = 0;
  const report = () => options.onProgress?.(done, candidates.length, runs);
  report();
  const search = async (candidate: Candidate) => {
    const entry = await searchCandidate(base, slo, candidate, options, wrongInput, () => {
      runs++;
      report();
    });
    done++;
    report();
    return entry;
  };
  const entries = (await inOrder(candidates, options.jobs ?? 1, search)) as SizeEntry[];
  const wrong = entries.map((entry) => wrongInput.get(entry));
  if (wrong.every((error) => error !== undefined)) throw wrong[0];
  return resultOf(options.objective, sloExpression, entries);
}

function candidatesOf(base: Scenario, given: SizeCandidates): Candidate[] {
  const drafts = base.speculation.method !== 'none';
  const schedules = given.schedules ?? ['none', 'fixed', 'adaptive', 'confidence'];
  const usable = drafts ? schedules : schedules.filter((schedule) => schedule === 'none');
  if (usable.length === 0) {
    throw inputError(
      `size: schedules ${schedules.join(', ')} need a drafting method; ` +
        'set speculation.method, for example redrafter.',
    );
  }
  const gpus = given.gpus ?? [base.hardware.gpu];
  const degrees = given.tensorParallel ?? [1, 2, 4, 8];
  if (gpus.length === 0 || degrees.length === 0) throw inputError('size: no candidates are left.');
  return gpus.flatMap((gpu) =>
    degrees.flatMap((tensorParallel) =>
      usable.map((schedule) => ({ gpu, tensorParallel, schedule })),
    ),
  );
}

/** The base scenario on `replicas` engines of a candidate. */
function scenarioOf(base: Scenario, slo: string, candidate: Candidate, replicas: number): Scenario {
  const { schedule } = candidate;
  const changes: [Parameters<typeof setValue>[1], unknown][] = [
    ['hardware.gpu', candidate.gpu],
    ['hardware.tensorParallel', candidate.tensorParallel],
    ['hardware.replicas', replicas],
    ['slo', slo],
    schedule === 'none' ? ['speculation.method', 'none'] : ['speculation.schedule', schedule],
  ];
  let partial = base as PartialScenario;
  for (const [path, value] of changes) partial = setValue(partial, path, value);
  return parseScenario(partial, 'size');
}

interface Tried {
  trial: SizeTrial;
  run: Run;
  scenario: Scenario;
  judgement: Judgement;
}

/** Everything that one candidate's search tried, each number of replicas at most once. */
class Trials {
  readonly all = new Map<number, Tried>();
  readonly maxReplicas: number;
  readonly #simulate: (replicas: number) => Promise<Tried>;

  constructor(maxReplicas: number, simulate: (replicas: number) => Promise<Tried>) {
    this.maxReplicas = maxReplicas;
    this.#simulate = simulate;
  }

  async at(replicas: number): Promise<Tried> {
    let tried = this.all.get(replicas);
    if (tried === undefined) {
      tried = await this.#simulate(replicas);
      this.all.set(replicas, tried);
    }
    return tried;
  }
}

async function searchCandidate(
  base: Scenario,
  slo: Slo,
  candidate: Candidate,
  options: SizeOptions,
  wrongInput: Map<SizeEntry, unknown>,
  onRun: () => void,
): Promise<SizeEntry> {
  const perReplica = candidate.tensorParallel * base.hardware.pipelineParallel;
  const maxGpus = options.candidates?.maxGpus ?? MAX_GPUS;
  const trials = new Trials(Math.floor(maxGpus / perReplica), async (replicas) => {
    options.signal?.throwIfAborted();
    const scenario = scenarioOf(base, slo.expression, candidate, replicas);
    const run = await options.run(scenario, options.signal);
    onRun();
    const judgement = judge(slo, run);
    const gpus = replicas * perReplica;
    const { meets, worstRatio } = judgement;
    const objective = objectiveOf(options.objective, gpus, run.metrics);
    const served = judgement.unserved === '';
    const trial = { replicas, gpus, meets, objective, served, worstRatio };
    return { trial, run, scenario, judgement };
  });
  if (trials.maxReplicas < 1) {
    return infeasible(candidate, `one engine needs ${perReplica} GPUs, more than ${maxGpus}`);
  }
  try {
    const fewest = await fewestReplicas(trials);
    if (fewest === null) return missed(candidate, trials);
    return await found(candidate, trials, fewest, options.objective);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    const entry = infeasible(candidate, messageOf(error));
    if (errorCode(error) === 'input') wrongInput.set(entry, error);
    return entry;
  }
}

/** The fewest replicas that meet the level under the assumption above; null when none does. */
async function fewestReplicas(trials: Trials): Promise<number | null> {
  let misses = 0;
  let meets = 1;
  for (;;) {
    const tried = await trials.at(meets);
    if (tried.judgement.meets) break;
    if (meets === trials.maxReplicas || servesAlone(tried.run)) return null;
    misses = meets;
    meets = Math.min(2 * meets, trials.maxReplicas);
  }
  while (meets - misses > 1) {
    const middle = Math.floor((misses + meets) / 2);
    if ((await trials.at(middle)).judgement.meets) meets = middle;
    else misses = middle;
  }
  return meets;
}

/** No request ever shared a step or waited: more replicas can change nothing. */
function servesAlone(run: Run): boolean {
  const { batchSize, queueMs, requests } = run.metrics;
  return requests.rejected === 0 && batchSize.max <= 1 && queueMs.max === 0;
}

async function found(
  candidate: Candidate,
  trials: Trials,
  fewest: number,
  objective: Objective,
): Promise<SizeEntry> {
  const notes: string[] = [];
  let chosen = await trials.at(fewest);
  if (fewest < trials.maxReplicas) {
    const next = await trials.at(fewest + 1);
    if (!next.judgement.meets) {
      notes.push(
        `not monotone here: ${fewest} meets the level, ${fewest + 1} does not ` +
          `(${describeMiss(next.judgement)}); the load is too short or too near its limit`,
      );
    }
  }
  // More replicas may cost less energy: walk on while they do.
  if (objective !== 'gpus') {
    for (let replicas = fewest + 1; replicas <= trials.maxReplicas; replicas++) {
      const next = await trials.at(replicas);
      if (!next.judgement.meets || next.trial.objective >= chosen.trial.objective) break;
      chosen = next;
    }
  }
  const fewer = trials.all.get(fewest - 1);
  const binding =
    chosen.trial.replicas > fewest
      ? `${fewest} replicas meet the level too, at a higher ${OBJECTIVES[objective].metric}`
      : fewer === undefined
        ? `one replica is enough; ${chosen.run.verdict.binding}`
        : `with ${fewest - 1}: ${describeMiss(fewer.judgement)}; ${fewer.run.verdict.binding}`;
  return { ...entryOf(candidate, trials, chosen, binding), status: 'meets', notes };
}

function missed(candidate: Candidate, trials: Trials): SizeEntry {
  let closest: Tried | null = null;
  for (const tried of trials.all.values()) {
    if (closest === null || compareMisses(tried.trial, closest.trial) < 0) closest = tried;
  }
  const last = [...trials.all.values()].at(-1)!;
  const end = servesAlone(last.run)
    ? 'every request already runs alone, so that more replicas change nothing'
    : `${trials.maxReplicas} replicas are the most allowed`;
  const binding = `${describeMiss(closest!.judgement)}; ${end}; ${closest!.run.verdict.binding}`;
  return { ...entryOf(candidate, trials, closest!, binding), status: 'misses', notes: [] };
}

function entryOf(candidate: Candidate, trials: Trials, tried: Tried, binding: string) {
  const { replicas, gpus, objective } = tried.trial;
  const { metrics, verdict } = tried.run;
  const { clauses } = tried.judgement;
  return {
    ...candidate,
    fleet: { replicas, gpus, objective, scenario: tried.scenario, metrics, verdict, clauses },
    binding,
    trials: [...trials.all.values()].map(({ trial }) => trial),
  };
}

function infeasible(candidate: Candidate, message: string): SizeEntry {
  const none = { fleet: null, notes: [], trials: [] };
  return { ...candidate, status: 'infeasible', binding: message, ...none };
}

function objectiveOf(objective: Objective, gpus: number, metrics: Metrics): number {
  if (objective === 'gpus') return gpus;
  return objective === 'cost'
    ? metrics.dollarsPerMillionOutputTokens
    : metrics.joulesPerOutputToken;
}

const STATUS_ORDER = { meets: 0, misses: 1, infeasible: 2 };

function resultOf(objective: Objective, slo: string, entries: SizeEntry[]): SizeResult {
  const nearestTrial = (entry: SizeEntry) =>
    entry.trials.reduce((least, trial) => (compareMisses(trial, least) < 0 ? trial : least));
  const compare = (a: SizeEntry, b: SizeEntry): number => {
    if (a.status !== b.status) return STATUS_ORDER[a.status] - STATUS_ORDER[b.status];
    if (a.status === 'misses') return compareMisses(nearestTrial(a), nearestTrial(b));
    if (a.status === 'infeasible') return 0;
    return a.fleet!.objective - b.fleet!.objective || a.fleet!.gpus - b.fleet!.gpus;
  };
  // The sort is stable: equals keep the order of the candidates.
  const ranking = [...entries].sort(compare);
  const best = ranking[0]?.status === 'meets' ? ranking[0] : null;
  const nearest = best === null ? ranking.find((entry) => entry.status === 'misses') : undefined;
  const closest = nearest === undefined ? null : { entry: nearest, why: nearest.binding };
  return { objective, slo, ranking, best, closest };
}
