import type { PartialScenario, Scenario } from './scenario.ts';

/**
 * The one table of a scenario's fields: kind, range, default, unit, flag and a sentence of help.
 * Files, `--set`, flags, help, completions, the JSON Schema, YAML comments and a page's address are
 * all read from it, so none of them can disagree (law: scenario → any spelling → the same
 * scenario).
 */

/** The question that a field answers; help and forms group by it. */
export type FieldGroup = 'load' | 'model' | 'hardware' | 'speculation' | 'serving' | 'output';

export const fieldGroups: Record<FieldGroup, string> = {
  load: 'Load: which requests come, and when',
  model: 'Model: what is served, and in which number format',
  hardware: 'Hardware: on what it runs',
  speculation: 'Speculation: how tokens are drafted and accepted',
  serving: 'Serving: how the engine batches and keeps its KV cache',
  output: 'Output: what is asked of the result',
};

type Section = 'hardware' | 'precision' | 'serving' | 'speculation' | 'workload';

/** `seed`, `speculation.beams`, …: every leaf of a scenario. */
export type ScenarioPath =
  | Exclude<keyof Scenario, Section>
  | { [S in Section]: `${S}.${Extract<keyof Scenario[S], string>}` }[Section];

export type ValueAt<P extends ScenarioPath> = P extends `${infer S extends Section}.${infer K}`
  ? K extends keyof Scenario[S]
    ? Scenario[S][K]
    : never
  : P extends keyof Scenario
    ? Scenario[P]
    : never;

/** What a field's value may be. Both ends of a range belong to it unless `above` says otherwise. */
export type FieldKind =
  | { kind: 'integer'; min: number; max: number; nullable?: true }
  | { kind: 'number'; min: number; max: number; above?: true; nullable?: true }
  | { kind: 'boolean' }
  | { kind: 'enum'; choices: readonly string[] }
  | { kind: 'string'; nullable?: true }
  /** A name of a catalogue, or an inline object. */
  | { kind: 'reference'; catalogue: 'models' | 'gpus' }
  | { kind: 'distribution'; of: 'inputTokens' | 'outputTokens' }
  | { kind: 'schedule' }
  | { kind: 'acceptance' };

export interface Field<V = unknown> {
  value: FieldKind;
  /** A function where the default follows from other fields that were given. */
  default: V | ((given: PartialScenario) => V);
  /** The default in words where it is a function. */
  defaultNote?: string;
  group: FieldGroup;
  unit?: string;
  /** Name of the short flag, without dashes. */
  flag?: string;
  /** One sentence. */
  help: string;
}

const integer = (min: number, max: number) => ({ kind: 'integer', min, max }) as const;
const positive = (max: number) => ({ kind: 'number', min: 0, max, above: true }) as const;
const oneOf = (...choices: string[]) => ({ kind: 'enum', choices }) as const;

const replaysTrace = (given: PartialScenario) => given.workload?.kind === 'trace';

type FieldTable = { readonly [P in ScenarioPath]: Field<ValueAt<P>> };

/**
 * Most draft tokens of one path, and most paths: what the engine's plugin and the papers stay well
 * below.
 */
export const MAX_BEAMS = 64;
export const MAX_DRAFT_LENGTH = 64;

export const fields: FieldTable = {
  version: {
    value: integer(1, 1),
    default: 1,
    group: 'output',
    help: 'Version of this format.',
  },
  seed: {
    value: integer(0, Number.MAX_SAFE_INTEGER),
    default: 1,
    group: 'output',
    flag: 'seed',
    help: 'Master seed of every random stream; same seed, same bytes.',
  },
  model: {
    value: { kind: 'reference', catalogue: 'models' },
    default: 'llama-3.1-8b',
    group: 'model',
    flag: 'model',
    help: 'A known model, the path of a HuggingFace config.json, or such an object inline.',
  },
  'hardware.gpu': {
    value: { kind: 'reference', catalogue: 'gpus' },
    default: 'h100-sxm',
    group: 'hardware',
    flag: 'gpu',
    help: 'A known GPU, the path of a file of the same form, or such an object inline.',
  },
  'hardware.tensorParallel': {
    value: integer(1, 64),
    default: 1,
    group: 'hardware',
    unit: 'GPUs',
    flag: 'tp',
    help: 'GPUs that split every layer of one engine.',
  },
  'hardware.pipelineParallel': {
    value: integer(1, 64),
    default: 1,
    group: 'hardware',
    unit: 'stages',
    flag: 'pp',
    help: 'Stages that the layers of one engine are cut into.',
  },
  'hardware.replicas': {
    value: integer(1, 4096),
    default: 1,
    group: 'hardware',
    unit: 'engines',
    flag: 'replicas',
    help: 'Identical engines behind one router.',
  },
  'hardware.router': {
    value: oneOf('round-robin', 'least-loaded', 'prefix-affinity', 'central-queue'),
    default: 'least-loaded',
    group: 'hardware',
    flag: 'router',
    help: 'How the router picks a replica for a request.',
  },
  'precision.weights': {
    value: oneOf('bf16', 'fp8', 'int8', 'int4'),
    default: 'bf16',
    group: 'model',
    flag: 'weights',
    help: 'Number format of the weights.',
  },
  'precision.kv': {
    value: oneOf('bf16', 'fp8'),
    default: 'bf16',
    group: 'model',
    flag: 'kv',
    help: 'Number format of the KV cache.',
  },
  'serving.engine': {
    value: oneOf('tensorrt-llm', 'vllm'),
    default: 'tensorrt-llm',
    group: 'serving',
    flag: 'engine',
    help: 'Whose time on the host between kernels is taken; schedule and KV cache stay as below.',
  },
  'serving.maxBatchSize': {
    value: integer(1, 65536),
    default: 64,
    group: 'serving',
    unit: 'requests',
    flag: 'max-batch-size',
    help: 'Most requests of one engine step.',
  },
  'serving.maxNumTokens': {
    value: integer(1, 16_777_216),
    default: 8192,
    group: 'serving',
    unit: 'tokens',
    flag: 'max-num-tokens',
    help: 'Most tokens of one engine step, context and generation together.',
  },
  'serving.maxQueuedRequests': {
    value: integer(1, 100_000_000),
    default: 1_000_000,
    group: 'serving',
    unit: 'requests',
    help: 'Requests that may wait for one engine; more are refused.',
  },
  'serving.tokensPerBlock': {
    value: integer(1, 4096),
    default: 64,
    group: 'serving',
    unit: 'tokens',
    help: 'Tokens that one KV block holds.',
  },
  'serving.kvCacheFraction': {
    value: { kind: 'number', min: 0, max: 1, above: true },
    default: 0.9,
    group: 'serving',
    unit: 'share',
    flag: 'kv-cache-fraction',
    help: 'Share of the memory left after weights and activations that the KV cache gets.',
  },
  'serving.kvBlocks': {
    value: { kind: 'integer', min: 1, max: 2_147_483_647, nullable: true },
    default: null,
    group: 'serving',
    unit: 'blocks',
    flag: 'kv-blocks',
    help: 'KV blocks of one engine, as its log states them, in place of the share of memory.',
  },
  'serving.capacityPolicy': {
    value: oneOf('guaranteed-no-evict', 'max-utilization', 'static-batch'),
    default: 'guaranteed-no-evict',
    group: 'serving',
    flag: 'capacity-policy',
    help: 'Which waiting requests are let into the batch.',
  },
  'serving.contextChunking': {
    value: oneOf('off', 'first-come-first-served', 'equal-progress'),
    default: 'first-come-first-served',
    group: 'serving',
    flag: 'context-chunking',
    help: 'How long prompts are cut into chunks that share steps with generation.',
  },
  'serving.blockReuse': {
    value: { kind: 'boolean' },
    default: true,
    group: 'serving',
    help: 'Whether requests with the same prefix share its KV blocks.',
  },
  'speculation.method': {
    value: oneOf(
      'none',
      'redrafter',
      'medusa',
      'eagle',
      'eagle-2',
      'eagle-3',
      'p-eagle',
      'mtp',
      'dflash',
      'dspark',
      'ngram',
      'draft-model',
    ),
    default: 'redrafter',
    group: 'speculation',
    flag: 'method',
    help: 'Drafting method; none is plain autoregressive decoding.',
  },
  'speculation.beams': {
    value: integer(0, MAX_BEAMS),
    default: 4,
    group: 'speculation',
    unit: 'sequences',
    flag: 'beams',
    help: 'Candidate sequences of one draft; 0 is the same as method none.',
  },
  'speculation.draftLength': {
    value: integer(1, MAX_DRAFT_LENGTH),
    default: 4,
    group: 'speculation',
    unit: 'tokens',
    flag: 'draft-length',
    help: 'Drafted tokens of each sequence, without the first, certain one.',
  },
  'speculation.prefixDedup': {
    value: { kind: 'boolean' },
    default: true,
    group: 'speculation',
    help: 'Whether identical prefixes of the beams are merged into a token tree.',
  },
  'speculation.placement': {
    value: oneOf('in-engine', 'runtime'),
    default: 'in-engine',
    group: 'speculation',
    flag: 'placement',
    help: 'Whether verifying and accepting run inside the engine step or on the host beside it.',
  },
  'speculation.schedule': {
    value: { kind: 'schedule' },
    default: 'fixed',
    group: 'speculation',
    flag: 'schedule',
    help: 'fixed, adaptive (shape chosen every step), confidence, or rows such as 4:8x5,16:4x4,0.',
  },
  'speculation.acceptance': {
    value: { kind: 'acceptance' },
    default: 'chat',
    group: 'speculation',
    flag: 'acceptance',
    help: 'A known profile, the path of a measured one, or survival per depth such as 0.8,0.6,0.4.',
  },
  'speculation.sampling': {
    value: oneOf('greedy', 'exact', 'redrafter'),
    default: 'greedy',
    group: 'speculation',
    flag: 'sampling',
    help: 'Rule that accepts draft tokens; redrafter is the published stochastic rule.',
  },
  'workload.kind': {
    value: oneOf('poisson', 'gamma', 'closed-loop', 'trace', 'burst', 'ramp'),
    default: 'poisson',
    group: 'load',
    flag: 'workload',
    help: 'How requests arrive.',
  },
  'workload.ratePerSecond': {
    value: positive(1e6),
    default: 4,
    group: 'load',
    unit: 'requests/s',
    flag: 'rate',
    help: 'Mean arrival rate; a trace and a closed loop have their own.',
  },
  'workload.burstiness': {
    value: { kind: 'number', min: 0, max: 1e4 },
    default: 1,
    group: 'load',
    unit: 'CV²',
    flag: 'burstiness',
    help: 'gamma: squared coefficient of variation of the gaps; 0 is even, 1 is Poisson.',
  },
  'workload.concurrency': {
    value: { kind: 'integer', min: 1, max: 1_000_000, nullable: true },
    default: null,
    group: 'load',
    unit: 'requests',
    flag: 'concurrency',
    help: 'closed-loop: requests kept in flight.',
  },
  'workload.requests': {
    value: { kind: 'integer', min: 1, max: 1_000_000_000, nullable: true },
    default: (given) =>
      replaysTrace(given) || (given.workload?.durationSeconds ?? null) !== null ? null : 2000,
    defaultNote: '2000; null for a trace (the whole file) or when a duration is given',
    group: 'load',
    unit: 'requests',
    flag: 'requests',
    help: 'Requests in total; a trace that is shorter is repeated.',
  },
  'workload.durationSeconds': {
    value: { kind: 'number', min: 0, max: 1e9, above: true, nullable: true },
    default: null,
    group: 'load',
    unit: 's',
    flag: 'duration',
    help: 'Time after which no request arrives any more.',
  },
  'workload.inputTokens': {
    value: { kind: 'distribution', of: 'inputTokens' },
    default: (given) =>
      replaysTrace(given) ? { kind: 'from-trace' } : { kind: 'lognormal', mean: 1000, p99: 4000 },
    defaultNote: 'lognormal:1000:4000; from-trace for a trace',
    group: 'load',
    unit: 'tokens',
    flag: 'input-tokens',
    help: 'Prompt lengths; a workload of fixtures/workloads by name, as azure-chat, or any shape.',
  },
  'workload.outputTokens': {
    value: { kind: 'distribution', of: 'outputTokens' },
    default: (given) =>
      replaysTrace(given) ? { kind: 'from-trace' } : { kind: 'lognormal', mean: 250, p99: 1000 },
    defaultNote: 'lognormal:250:1000; from-trace for a trace',
    group: 'load',
    unit: 'tokens',
    flag: 'output-tokens',
    help: 'Lengths of the answers.',
  },
  'workload.trace': {
    value: { kind: 'string', nullable: true },
    default: null,
    group: 'load',
    flag: 'trace',
    help: 'Path of a trace, or -: azure-llm, burstgpt (CSV), mooncake, beamline, vllm (JSONL).',
  },
  'workload.timeScale': {
    value: positive(1e6),
    default: 1,
    group: 'load',
    unit: 'factor',
    flag: 'time-scale',
    help: "Factor on a trace's gaps; 0.5 is twice the load.",
  },
  slo: {
    value: { kind: 'string', nullable: true },
    default: null,
    group: 'output',
    flag: 'slo',
    help: 'Service levels to meet, such as "ttft_p95 < 500ms and itl_p99 < 50ms".',
  },
};

/** Every path, in the order in which a scenario is written. */
export const scenarioPaths = Object.keys(fields) as ScenarioPath[];

/** The sections that hold fields: hardware, precision, … */
export const sections: readonly string[] = [
  ...new Set(scenarioPaths.filter((path) => path.includes('.')).map((path) => path.split('.')[0]!)),
];

export function isScenarioPath(path: string): path is ScenarioPath {
  return Object.hasOwn(fields, path);
}

/** A field's default, given what the scenario already says. */
export function defaultOf(path: ScenarioPath, given: PartialScenario): unknown {
  const value = fields[path].default;
  return typeof value === 'function' ? value(given) : structuredCloneOf(value);
}

function structuredCloneOf<T>(value: T): T {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}

/** The value at a path, or undefined; reads own properties only. */
export function valueAt(scenario: object, path: string): unknown {
  let value: unknown = scenario;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
