/**
 * The one table of commands and options. Parsing, help, completions and the reference page are made
 * from it; `Commands` below is a mapped type, so that an option that a command reads cannot go
 * undocumented. Options that set a scenario's fields come from the scenario's own table.
 */

import { type KernelValues, kernelCommand } from './kernel-options.ts';

export interface GlobalValues {
  format: string;
  out: string | null;
  quiet: boolean;
  jobs: number | null;
  color: boolean;
  progress: boolean;
  debug: boolean;
  help: boolean;
}

/** What each command reads beside the global options. */
export interface CommandValues {
  demo: { html: string };
  estimate: {
    batch: number | null;
    kvTokens: number | null;
    contextTokens: number | null;
    kernels: string | null;
  };
  simulate: {
    baseline: boolean;
    perfetto: string | null;
    kernels: string | null;
    bands: number | null;
  };
  sweep: {
    over: string[];
    journal: string | null;
    baseline: boolean;
    measure: string | null;
    bands: number | null;
  };
  size: {
    objective: string;
    gpus: string | null;
    tensorParallel: string;
    schedules: string;
    maxGpus: number;
  };
  compare: { threshold: number };
  report: {
    html: string | null;
    svg: string | null;
    csv: string | null;
    parquet: string | null;
    perfetto: string | null;
    measure: string | null;
  };
  replay: {
    baseline: boolean;
    perfetto: string | null;
    kernels: string | null;
    against: string | null;
    svg: string | null;
  };
  kernels: KernelValues;
  calibrate: { outHardware: string | null; force: boolean };
  validate: { data: string | null; html: string | null; svg: string | null };
  doctor: Record<never, never>;
  scenario: Record<never, never>;
  completions: Record<never, never>;
  help: Record<never, never>;
  version: Record<never, never>;
}

export type CommandName = keyof CommandValues;

interface OptionBase {
  help: string;
  /** One letter, without the dash. */
  short?: string;
  /** Its name on the command line where that differs from the key. */
  name?: string;
}

export type OptionSpec = OptionBase &
  (
    | { kind: 'boolean'; default: boolean }
    | { kind: 'text'; value: string; default: string | null; choices?: readonly string[] }
    | { kind: 'integer'; value: string; default: number | null; min: number; max: number }
    | { kind: 'number'; value: string; default: number; min: number; max: number }
    | { kind: 'list'; value: string }
  );

/** The specification that fits an option's type: a boolean cannot be described as a text. */
type SpecFor<T> = T extends boolean
  ? Extract<OptionSpec, { kind: 'boolean' }>
  : T extends string[]
    ? Extract<OptionSpec, { kind: 'list' }>
    : T extends number | null
      ? Extract<OptionSpec, { kind: 'integer' | 'number' }>
      : Extract<OptionSpec, { kind: 'text' }>;

export interface CommandSpec<Values> {
  summary: string;
  /** One or two sentences more, for its own help. */
  details: string;
  /** `SCENARIO`, `RUN…`: shown in the usage line. */
  arguments: string;
  /** How many arguments it takes at most. */
  maxArguments: number;
  /** Whether a scenario's fields can be set with --set and flags. */
  takesScenario: boolean;
  examples: readonly string[];
  /** Formats of its result, the first being the default. */
  formats: readonly string[];
  options: { readonly [K in keyof Values]: SpecFor<Values[K]> };
}

export type Commands = { readonly [C in CommandName]: CommandSpec<CommandValues[C]> };

export const globalOptions: { readonly [K in keyof GlobalValues]: SpecFor<GlobalValues[K]> } = {
  format: {
    kind: 'text',
    value: 'FORMAT',
    default: null,
    short: 'f',
    help: 'Form of the result.',
  },
  out: {
    kind: 'text',
    value: 'FILE',
    default: null,
    short: 'o',
    help: 'Write the result to a file, whole or not at all, instead of stdout.',
  },
  quiet: { kind: 'boolean', default: false, short: 'q', help: 'No progress and no notes.' },
  jobs: {
    kind: 'integer',
    value: 'N',
    default: null,
    min: 1,
    max: 256,
    short: 'j',
    help: 'Simulations that run at the same time; default: one for each core. Same bytes with any.',
  },
  color: {
    kind: 'boolean',
    default: true,
    help: 'No colour; so does the environment variable NO_COLOR.',
  },
  progress: { kind: 'boolean', default: true, help: 'No progress line; there is none in a pipe.' },
  debug: { kind: 'boolean', default: false, help: 'Show where in the code an error arose.' },
  help: { kind: 'boolean', default: false, short: 'h', help: 'Help for a command.' },
};

const tableFormats = ['table', 'json', 'csv', 'md'] as const;

const withoutBaseline = {
  kind: 'boolean',
  default: true,
  help: 'Leave out the same load without drafting, and with it the speedup.',
} as const;

const perfetto = {
  kind: 'text',
  value: 'FILE',
  default: null,
  help: 'Also write every engine step as a timeline for Perfetto (Chrome trace JSON).',
} as const;

const kernels = {
  kind: 'text',
  value: 'FILE',
  default: null,
  help: "Take operators' times from these records of beamline kernels perf, where a GPU made them.",
} as const;

const measure = {
  kind: 'text',
  value: 'NAME',
  default: null,
  choices: ['itlMean', 'outputTokensPerSecond', 'e2eP50', 'joulesPerOutputToken'],
  help: 'Speedup to draw; default: itlMean, or outputTokensPerSecond for closed loops.',
} as const;

const bands = {
  kind: 'integer',
  value: 'N',
  default: null,
  min: 2,
  max: 1000,
  help: 'Also run N draws of uncertain parameters and seeds; report 10 to 90 % of them.',
} as const;

export const commands: Commands = {
  demo: {
    summary: 'load against speedup for a bundled workload; what beamline does without arguments',
    details:
      'Sweeps the load over synthetic traffic with the published quantiles of real traces, shows ' +
      'where drafting stops paying and why, and writes a report.',
    arguments: '',
    maxArguments: 0,
    takesScenario: false,
    examples: ['beamline', 'beamline demo --html out/report.html'],
    formats: tableFormats,
    options: {
      html: {
        kind: 'text',
        value: 'FILE',
        default: 'beamline-report.html',
        help: 'Where the report goes.',
      },
    },
  },
  estimate: {
    summary: 'one decode step and one prefill, itemised by operator',
    details: 'Bytes, FLOP, time, what binds, and the origin of each number.',
    arguments: '[SCENARIO]',
    maxArguments: 1,
    takesScenario: true,
    examples: ['beamline estimate --model llama-3.1-70b --gpu h100-sxm --tp 4 --batch 8'],
    formats: tableFormats,
    options: {
      batch: {
        kind: 'integer',
        value: 'N',
        default: null,
        min: 1,
        max: 65_536,
        help: 'Requests that decode together; default: the concurrency, else serving.maxBatchSize.',
      },
      kvTokens: {
        kind: 'integer',
        name: 'kv-tokens',
        value: 'N',
        default: null,
        min: 0,
        max: 100_000_000,
        help: 'Past tokens of each; default: the mean prompt and half the mean answer.',
      },
      contextTokens: {
        kind: 'integer',
        name: 'context-tokens',
        value: 'N',
        default: null,
        min: 1,
        max: 100_000_000,
        help: 'Prompt tokens of the prefill; default: the mean prompt.',
      },
      kernels,
    },
  },
  simulate: {
    summary: 'the event simulation of one scenario, beside the same load without drafting',
    details:
      'The result is a run: metrics, baseline, speedup and verdict. With --bands, parameters are ' +
      'drawn as far from their values as they are uncertain (achieved memory and matrix rates, ' +
      'host times, acceptance, price), each draw with a seed of its own, from the stream named ' +
      'parameters; the run then has bands.',
    arguments: '[SCENARIO]',
    maxArguments: 1,
    takesScenario: true,
    examples: [
      'beamline simulate --rate 8 --beams 4 --draft-length 4',
      'beamline simulate scenario.yaml --slo "ttft_p95 < 500ms" --format json --out run.json',
      'beamline simulate --rate 8 --bands 20',
    ],
    formats: tableFormats,
    options: { baseline: withoutBaseline, perfetto, kernels, bands },
  },
  sweep: {
    summary: 'a grid of scenarios, in parallel and resumable',
    details:
      'Each --over names a field and its values: a list 1,2,4 · a range 0.5:64:log8 (eight ' +
      'numbers of equal ratio), 1:8:lin8 (of equal distance), 1:64:pow2 · values with commas ' +
      'between bars: fixed|4:8x5,0. With --journal, finished points are kept and a second call ' +
      'goes on where the first stopped. With --bands, every point has bands, and the load at ' +
      'which ' +
      'drafting stops paying has an interval.',
    arguments: '[SCENARIO]',
    maxArguments: 1,
    takesScenario: true,
    examples: [
      'beamline sweep --over workload.ratePerSecond=0.5:64:log8 --over speculation.beams=1,2,4,8',
      'beamline sweep scenario.yaml --over workload.ratePerSecond=1,4,16 --journal sweep.jsonl',
    ],
    formats: tableFormats,
    options: {
      over: {
        kind: 'list',
        value: 'PATH=VALUES',
        help: 'A field and the values it takes; several make a grid.',
      },
      journal: {
        kind: 'text',
        value: 'FILE',
        default: null,
        help: 'Keep each finished point in this file, and take from it what it holds already.',
      },
      baseline: withoutBaseline,
      measure,
      bands,
    },
  },
  size: {
    summary: 'fewest GPUs, least cost or least energy that meet an SLO',
    details:
      'Tries hardware and drafting shapes, ranks those that meet --slo, and says what binds.',
    arguments: '[SCENARIO]',
    maxArguments: 1,
    takesScenario: true,
    examples: ['beamline size --rate 40 --slo "ttft_p95 < 500ms and itl_p99 < 50ms"'],
    formats: tableFormats,
    options: {
      objective: {
        kind: 'text',
        value: 'NAME',
        default: 'gpus',
        choices: ['gpus', 'cost', 'energy'],
        help: 'What to have least of.',
      },
      gpus: {
        kind: 'text',
        value: 'NAMES',
        default: null,
        help: "GPUs to try, separated by commas; default: the scenario's own.",
      },
      tensorParallel: {
        kind: 'text',
        name: 'tensor-parallel',
        value: 'NUMBERS',
        default: '1,2,4,8',
        help: 'Tensor parallelism to try, separated by commas.',
      },
      schedules: {
        kind: 'text',
        value: 'NAMES',
        default: 'none,fixed,adaptive,confidence',
        help: 'Draft schedules to try, separated by commas.',
      },
      maxGpus: {
        kind: 'integer',
        name: 'max-gpus',
        value: 'N',
        default: 1024,
        min: 1,
        max: 100_000,
        help: 'Most GPUs of a fleet.',
      },
    },
  },
  compare: {
    summary: 'two runs or two sweeps, paired: faster, slower, same or unclear',
    details: 'Points are paired by scenario. What differs by less than the threshold is the same.',
    arguments: 'A.json B.json',
    maxArguments: 2,
    takesScenario: false,
    examples: ['beamline compare before.json after.json'],
    formats: tableFormats,
    options: {
      threshold: {
        kind: 'number',
        value: 'PERCENT',
        default: 1,
        min: 0,
        max: 100,
        help: 'Smallest difference that counts.',
      },
    },
  },
  report: {
    summary: 'a page, a picture or a data file from finished runs',
    details: 'Reads runs or sweeps as JSON and writes only what is asked for.',
    arguments: 'RUN…',
    maxArguments: 1000,
    takesScenario: false,
    examples: ['beamline report sweep.json --html out.html --csv out.csv'],
    formats: tableFormats,
    options: {
      html: { kind: 'text', value: 'FILE', default: null, help: 'One self-contained page.' },
      svg: { kind: 'text', value: 'FILE', default: null, help: 'Load against speedup as SVG.' },
      csv: { kind: 'text', value: 'FILE', default: null, help: 'One line a run.' },
      parquet: { kind: 'text', value: 'FILE', default: null, help: 'One row a run.' },
      perfetto: {
        kind: 'text',
        value: 'FILE',
        default: null,
        help: 'Timeline of the first run, simulated again from its scenario.',
      },
      measure,
    },
  },
  replay: {
    summary: 'simulate with a trace, or beside a recorded run of the same requests',
    details:
      'Short for simulate --workload trace --trace TRACE; - reads stdin, .gz is unpacked. With ' +
      '--against, the distributions of the recorded and of the simulated latencies are compared: ' +
      'quantiles, the median error over them, the Kolmogorov-Smirnov distance. A recorded run ' +
      'has ' +
      'one JSON object a line: arrivalSeconds, inputTokens, outputTokens, firstTokenSeconds, ' +
      'lastTokenSeconds (and admittedSeconds, tokenSeconds), or the request log of vLLM, whose ' +
      'latencies count from queued_ts. TRACE may then be left out: the recorded arrivals are ' +
      'replayed.',
    arguments: 'TRACE',
    maxArguments: 1,
    takesScenario: true,
    examples: [
      'beamline replay AzureLLMInferenceTrace_conv.csv --time-scale 0.5',
      'beamline replay --against requests.jsonl --method none --gpu rtx-4090 --svg quantiles.svg',
    ],
    formats: tableFormats,
    options: {
      baseline: withoutBaseline,
      perfetto,
      kernels,
      against: {
        kind: 'text',
        value: 'FILE',
        default: null,
        help: 'Compare with this recorded run of the same requests.',
      },
      svg: {
        kind: 'text',
        value: 'FILE',
        default: null,
        help: 'With --against: also draw the quantiles of both, as SVG.',
      },
    },
  },
  kernels: kernelCommand,
  calibrate: {
    summary: 'fit the overheads of an engine to measurements of your own deployment',
    details:
      'Measurements are three points or more, a CSV with a header or JSONL: concurrency or ' +
      'ratePerSecond, inputTokens, outputTokens, and any of ttftMs, tpotMs, itlMs, e2eMs ' +
      '(means), ' +
      'outputTokensPerSecond, requestsPerSecond; also requests and label. Or a recorded run, as ' +
      'replay --against reads it, cut in two halves. Four factors are fitted, on achieved memory ' +
      'and matrix rates and on host time per step and per request, and held near 1 where the ' +
      'points say little. Errors before and after are shown, after by leaving each point (or ' +
      'half) ' +
      'out of its own fit. --out-hardware writes what hardware.gpu takes as a path; nothing is ' +
      'written when the cross-validated error is not below the error before, unless --force.',
    arguments: 'MEASUREMENTS [SCENARIO]',
    maxArguments: 2,
    takesScenario: true,
    examples: [
      'beamline calibrate measurements.csv --method none --gpu l40s --out-hardware mine.json',
      'beamline simulate --gpu ./mine.json',
    ],
    formats: tableFormats,
    options: {
      outHardware: {
        kind: 'text',
        name: 'out-hardware',
        value: 'FILE',
        default: null,
        help: 'Write the calibrated GPU to this file, whole or not at all.',
      },
      force: {
        kind: 'boolean',
        default: false,
        help: 'Write it also when the cross-validated error did not fall.',
      },
    },
  },
  validate: {
    summary: 'predictions beside published measurements, each with its source',
    details:
      'Median, 90th percentile and bias of the error by quantity, GPU, model and engine, on ' +
      'points that no parameter was fitted to, with what is asked beside them; then with one ' +
      'model or GPU left out, facts of shape, and published tables cell by cell.',
    arguments: '',
    maxArguments: 0,
    takesScenario: false,
    examples: [
      'beamline validate',
      'beamline validate --format md',
      'beamline validate --html validation.html',
      'beamline validate --data measurements/',
    ],
    formats: tableFormats,
    options: {
      data: {
        kind: 'text',
        value: 'FOLDER',
        default: null,
        help: 'Compare with the measurements in a folder anew, instead of the stored comparison.',
      },
      html: { kind: 'text', value: 'FILE', default: null, help: 'One self-contained page.' },
      svg: {
        kind: 'text',
        value: 'FILE',
        default: null,
        help: 'Predicted against measured values as SVG.',
      },
    },
  },
  doctor: {
    summary: 'what this machine has, what is missing, and the command that installs it',
    details: 'Nothing is changed.',
    arguments: '',
    maxArguments: 0,
    takesScenario: false,
    examples: ['beamline doctor'],
    formats: tableFormats,
    options: {},
  },
  scenario: {
    summary:
      'the complete scenario, defaults filled in, as YAML, JSON, an address or --set options',
    details: 'Any spelling can be turned into any other; url gives the query part of an address.',
    arguments: '[SCENARIO]',
    maxArguments: 1,
    takesScenario: true,
    examples: ['beamline scenario --beams 8 > scenario.yaml', 'beamline scenario --format url'],
    formats: ['yaml', 'json', 'url', 'set', 'schema'],
    options: {},
  },
  completions: {
    summary: 'a completion script for bash, zsh or fish',
    details: 'Source it from the file that your shell reads at its start.',
    arguments: 'bash|zsh|fish',
    maxArguments: 1,
    takesScenario: false,
    examples: ['beamline completions bash > ~/.local/share/bash-completion/completions/beamline'],
    formats: ['text'],
    options: {},
  },
  help: {
    summary: 'help for a command or a field of the scenario',
    details: '',
    arguments: '[COMMAND | FIELD]',
    maxArguments: 1,
    takesScenario: false,
    examples: ['beamline help sweep', 'beamline help speculation.beams'],
    formats: ['text'],
    options: {},
  },
  version: {
    summary: 'the version',
    details: '',
    arguments: '',
    maxArguments: 0,
    takesScenario: false,
    examples: ['beamline version'],
    formats: ['text'],
    options: {},
  },
};

export const commandNames = Object.keys(commands) as CommandName[];

/**
 * `max-replicas` for the option `maxReplicas`; booleans that are on by default are spelt `no-…`.
 */
export function flagName(key: string, spec: OptionSpec): string {
  const name = spec.name ?? key;
  return spec.kind === 'boolean' && spec.default ? `no-${name}` : name;
}

/** Every option of a command by the name it has on the command line, without dashes. */
export function optionsOf(command: CommandName): Map<string, { key: string; spec: OptionSpec }> {
  const specs = { ...commands[command].options, ...globalOptions } as Record<string, OptionSpec>;
  return new Map(Object.entries(specs).map(([key, spec]) => [flagName(key, spec), { key, spec }]));
}
