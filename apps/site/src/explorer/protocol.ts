import type { CostPareto } from '@beamline/figures/cost_pareto/model';
import type { LatencySlo } from '@beamline/figures/latency_slo/model';
import type { Problem, Run, Scenario, SizeResult, SpeedupReason } from '@beamline/simulator';
import type { SizeQuestion } from './state.ts';

/**
 * What the page and its workers say to each other: plain data that survives a structured clone. A
 * worker does one job at a time, in the order given, and answers every job with exactly one `done`
 * or `failed`; `result` and `progress` come before it.
 */

export interface Price {
  low: number;
  typical: number;
  high: number;
}

/** What became of one scenario. A message is the simulator's own, as the command prints it. */
export type PointResult =
  | {
      ok: true;
      run: Run;
      reason: SpeedupReason | null;
      /** Dollars per GPU and hour of the GPU that it ran on. */
      price: Price;
    }
  | { ok: false; code: 'input' | 'infeasible' | 'failed'; message: string };

export type Job =
  /** One result a scenario, in order. `draws` above 0 also gives bands. */
  | { kind: 'runs'; scenarios: readonly Scenario[]; draws: number }
  | { kind: 'size'; scenario: Scenario; slo: string; question: SizeQuestion }
  /** The models of the figures that need more than runs. */
  | { kind: 'latency'; scenario: Scenario }
  | { kind: 'cost'; runs: readonly Run[] }
  /** What the names in a scenario refer to. */
  | { kind: 'check'; scenario: Scenario }
  /** The first requests of a trace. */
  | { kind: 'trace'; name: string }
  /** A scenario file or a run of the command. */
  | { kind: 'open'; name: string; text: string };

export interface TraceSummary {
  name: string;
  bytes: number;
  /** Read for this summary; `isWhole` when the file has no more. */
  requests: number;
  isWhole: boolean;
  spanSeconds: number;
  meanInputTokens: number;
  meanOutputTokens: number;
  warnings: readonly string[];
}

export interface OpenedFile {
  kind: 'scenario' | 'run' | 'sweep';
  scenarios: Scenario[];
  /** JSON of the runs as the file has them, to be compared with what is computed here. */
  runs: string[];
}

export type JobResult =
  | { kind: 'runs'; index: number; point: PointResult }
  | { kind: 'size'; size: SizeResult }
  | { kind: 'latency'; latency: LatencySlo }
  | { kind: 'cost'; cost: CostPareto }
  | { kind: 'check'; problems: Problem[] }
  | { kind: 'trace'; trace: TraceSummary }
  | { kind: 'open'; opened: OpenedFile };

export type ToWorker =
  | { type: 'start'; module: WebAssembly.Module }
  | { type: 'files'; files: Record<string, File> }
  | { type: 'job'; id: number; job: Job };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'result'; id: number; result: JobResult }
  | { type: 'progress'; id: number; done: number; total: number; runs: number }
  | { type: 'done'; id: number }
  | { type: 'failed'; id: number; code: 'input' | 'infeasible' | 'failed'; message: string };
