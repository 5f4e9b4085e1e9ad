/**
 * The scenario: one object that says everything a run depends on. A file, command-line flags, a
 * page's address and a form are spellings of it; `schema.ts` holds every field's range, default,
 * unit and help.
 */

export type DraftMethodName =
  | 'none'
  | 'redrafter'
  | 'medusa'
  | 'eagle'
  | 'eagle-2'
  | 'eagle-3'
  | 'p-eagle'
  | 'mtp'
  | 'dflash'
  | 'dspark'
  | 'ngram'
  | 'draft-model';

export type RouterPolicy = 'round-robin' | 'least-loaded' | 'prefix-affinity' | 'central-queue';
export type WeightType = 'bf16' | 'fp8' | 'int8' | 'int4';
export type KvType = 'bf16' | 'fp8';
export type CapacityPolicy = 'guaranteed-no-evict' | 'max-utilization' | 'static-batch';
/** Serving engines whose overheads are known, see fixtures/engines. */
export type EngineName = 'tensorrt-llm' | 'vllm';
export type ContextChunking = 'off' | 'first-come-first-served' | 'equal-progress';

/**
 * One row of a draft-length schedule: used while at most `maxBatch` requests generate (no bound
 * when absent).
 */
export interface ScheduleRow {
  maxBatch?: number;
  /** 0 switches drafting off. */
  beams: number;
  draftLength?: number;
}

export type DraftSchedule = 'fixed' | 'adaptive' | 'confidence' | ScheduleRow[];

/** A named profile, a profile file's content, or survival given directly per depth. */
export type AcceptanceSetting = string | { perDepth: number[] } | AcceptanceProfile;

/**
 * How a drafter fares on a kind of text: fitted on published or measured figures, see
 * fixtures/drafters.
 */
export interface AcceptanceProfile {
  name: string;
  /** Where the figures are from; shown beside every number that depends on them. */
  origin: { kind: 'measured' | 'modelled' | 'assumed'; source: string };
  /**
   * Conditional acceptance of the single best chain at depth 1, 2, …; the last entry holds for
   * deeper ones.
   */
  perDepth: number[];
  /** 1 − a(d, W) = (1 − a(d, 1)) · W^(−beamGain): how much a beam of W candidates adds. */
  beamGain: number;
  /** Standard deviation of a request's own shift in log-odds: some texts are easier than others. */
  requestSpread: number;
}

export type LengthDistribution =
  | { kind: 'constant'; value: number }
  | { kind: 'uniform'; min: number; max: number }
  | { kind: 'lognormal'; mean: number; p99: number }
  /** Piecewise linear between given quantiles, for example `[[0, 1], [0.5, 928], [1, 14050]]`. */
  | { kind: 'empirical'; quantiles: [number, number][] }
  | { kind: 'from-trace' };

export type WorkloadKind = 'poisson' | 'gamma' | 'closed-loop' | 'trace' | 'burst' | 'ramp';

export interface Scenario {
  version: 1;
  seed: number;
  /** A name of fixtures/models, or an inline HuggingFace-style config. */
  model: string | Record<string, unknown>;
  hardware: {
    /** A name of fixtures/hardware, or an inline object of the same form. */
    gpu: string | Record<string, unknown>;
    tensorParallel: number;
    pipelineParallel: number;
    replicas: number;
    router: RouterPolicy;
  };
  precision: { weights: WeightType; kv: KvType };
  serving: {
    engine: EngineName;
    maxBatchSize: number;
    maxNumTokens: number;
    maxQueuedRequests: number;
    tokensPerBlock: number;
    kvCacheFraction: number;
    /** Blocks of one engine's KV pool; null: what `kvCacheFraction` gives. */
    kvBlocks: number | null;
    capacityPolicy: CapacityPolicy;
    contextChunking: ContextChunking;
    blockReuse: boolean;
  };
  speculation: {
    method: DraftMethodName;
    beams: number;
    draftLength: number;
    prefixDedup: boolean;
    placement: 'in-engine' | 'runtime';
    schedule: DraftSchedule;
    acceptance: AcceptanceSetting;
    sampling: 'greedy' | 'exact' | 'redrafter';
  };
  workload: {
    kind: WorkloadKind;
    ratePerSecond: number;
    /** gamma: squared coefficient of variation of the gaps (1 = Poisson, above 1 = bursty). */
    burstiness: number;
    concurrency: number | null;
    /** Number of requests; null = the whole trace. A trace shorter than this is repeated. */
    requests: number | null;
    durationSeconds: number | null;
    inputTokens: LengthDistribution;
    outputTokens: LengthDistribution;
    trace: string | null;
    timeScale: number;
  };
  /** For example `ttft_p95 < 500ms and itl_p99 < 50ms`; null = none. */
  slo: string | null;
}

/** A scenario in which any part may be left out. */
export type PartialScenario = {
  [K in keyof Scenario]?: Scenario[K] extends string | number | null | unknown[]
    ? Scenario[K]
    : Scenario[K] extends Record<string, unknown>
      ? Partial<Scenario[K]>
      : Scenario[K];
};
