/**
 * The options of `beamline kernels`: one set for all of its modes, because most of them mean the
 * same in several.
 */
import type { CommandSpec } from './options.ts';

export interface KernelValues {
  device: string | null;
  adapter: string | null;
  variant: string | null;
  filter: string[];
  axis: string[];
  coverage: boolean;
  requireDevice: boolean;
  seed: number;
  time: string;
  choices: string | null;
  timeout: number;
  launch: string;
  gpu: string | null;
  case: string | null;
  records: string | null;
  html: string | null;
}

export const kernelModes = [
  'list',
  'verify',
  'fuzz',
  'perf',
  'compare',
  'support',
  'run',
  'report',
] as const;
export type KernelMode = (typeof kernelModes)[number];

const selection = {
  device: {
    kind: 'text',
    value: 'NAMES',
    default: null,
    help:
      'Devices, separated by commas: reference, simt, cuda, webgpu. Default: all for verify and ' +
      'list, the first of cuda and simt for the others.',
  },
  adapter: {
    kind: 'text',
    value: 'NAME',
    default: null,
    help:
      'The adapter of webgpu: system, lavapipe or swiftshader. Default: what the system offers, ' +
      'else a driver in software.',
  },
  variant: {
    kind: 'text',
    value: 'NAMES',
    default: null,
    help:
      'Variants, separated by commas; auto leaves the choice to the library. Default: all; two ' +
      'for compare.',
  },
  filter: {
    kind: 'list',
    value: 'ID',
    help: 'Only these cases: ids as printed, with * for any letters; can be repeated.',
  },
  axis: {
    kind: 'list',
    value: 'NAME=VALUES',
    help:
      'Cases of these sizes instead of the listed ones: T=1:64:pow2, B=1,8, D=64:256:lin4, ' +
      'float=fp16. T and L count one request; can be repeated.',
  },
} as const;

export const kernelCommand: CommandSpec<KernelValues> = {
  summary: 'the test bench of the operator suite: whether a kernel is right, and how fast',
  details:
    'Modes: list · verify · fuzz · perf · compare · support · run · report. A device that is not ' +
    'here is skipped with a note; exit code 1 when a result is wrong.',
  arguments: 'MODE [OPERATOR…]',
  maxArguments: 1000,
  takesScenario: false,
  examples: [
    'beamline kernels list tree_attention',
    'beamline kernels verify --device simt --coverage',
    'beamline kernels verify tree_mask --filter "tree_mask/b1_*"',
    'beamline kernels fuzz --seed 1 --time 60s',
    'beamline kernels perf tree_attention --axis T=1:64:pow2 --axis L=1024,16384',
    'beamline kernels run scan_lengths --device simt --case case.json',
    'beamline kernels compare before.jsonl after.jsonl',
    'beamline kernels report records.jsonl --html kernels.html',
  ],
  formats: ['table', 'json', 'jsonl', 'csv', 'md'],
  options: {
    ...selection,
    coverage: {
      kind: 'boolean',
      default: false,
      help: 'verify: fail when an operator has no cases or a variant was never forced by name.',
    },
    requireDevice: {
      kind: 'boolean',
      name: 'require-device',
      default: false,
      help: 'Exit with 3 when a device is not here, instead of skipping its cases.',
    },
    seed: {
      kind: 'integer',
      value: 'N',
      default: 1,
      min: 0,
      max: 4_294_967_295,
      help: 'fuzz: where the random cases begin.',
    },
    time: {
      kind: 'text',
      value: 'TIME',
      default: '60s',
      help: 'fuzz: how long, such as 60s, 5m or 500ms.',
    },
    choices: {
      kind: 'text',
      value: 'NUMBERS',
      default: null,
      help: 'fuzz: this one case again, from the choices that a failure printed; - for none.',
    },
    timeout: {
      kind: 'integer',
      value: 'SECONDS',
      default: 120,
      min: 1,
      max: 86_400,
      help: 'Longest time of one case before its process is ended.',
    },
    launch: {
      kind: 'text',
      value: 'NAMES',
      default: 'cold-plain,cold-graph,warm-plain,warm-graph',
      help: 'perf, compare: ways of launching, separated by commas.',
    },
    gpu: {
      kind: 'text',
      value: 'NAME',
      default: null,
      help: "perf: hardware whose limits make the floor; default: the one with the device's name.",
    },
    case: {
      kind: 'text',
      value: 'FILE',
      default: null,
      help: 'run: a case or a list of cases as JSON; - reads stdin.',
    },
    records: {
      kind: 'text',
      value: 'FILE',
      default: null,
      help: 'Add every result to this file as a JSON line.',
    },
    html: {
      kind: 'text',
      value: 'FILE',
      default: null,
      help: 'report: write one self-contained page.',
    },
  },
};
