/** Every sentence of the lab, in both languages. */
import type { Bound, Status } from '@beamline/bench/webgpu';
import type { Language } from '@beamline/figures/frame';
import { en } from './messages-en.ts';
import { ja } from './messages-ja.ts';
import type { AdapterChoice, LabDevice, Obstacle, TimedSize } from './protocol.ts';

type Counted = (count: number) => string;

export interface Messages {
  gpuHead: string;
  which: string;
  choices: Record<AdapterChoice, string>;
  asking: string;
  facts: Record<'name' | 'kind' | 'vendor' | 'subgroups' | 'half' | 'clock', string>;
  kinds: Record<'gpu' | 'software', string>;
  lanes: (least: number, most: number) => string;
  lackLanes: string;
  half: (has: boolean) => string;
  clock: (has: boolean) => string;
  limitsAndFeatures: string;
  limits: string;
  limit: string;
  value: string;
  features: string;
  obstacles: Record<Obstacle, string>;
  said: (message: string) => string;
  noWorkers: string;
  verifyHead: string;
  verifyLead: string;
  device: string;
  devices: Record<LabDevice, string>;
  verify: Counted;
  stop: string;
  stopping: string;
  all: string;
  columns: Record<'operator' | 'passed' | 'failed' | 'untaken' | 'state', string>;
  states: {
    idle: string;
    running: (done: number, total: number) => string;
    right: string;
    wrong: string;
    partial: (done: number, total: number) => string;
    missing: string;
  };
  progress: (operator: string, done: number, total: number) => string;
  starting: string;
  verified: (passed: number, failed: number, untaken: number) => string;
  stopped: string;
  lost: Counted;
  wrongCases: Counted;
  untakenCases: Counted;
  more: Counted;
  reason: (reason: string, count: number) => string;
  statuses: Record<Status, string>;
  timeHead: string;
  timeLead: string;
  size: string;
  sizes: Record<TimedSize, string>;
  time: Counted;
  timed: Counted;
  ceilings: (copy: string, multiply: string, launch: string) => string;
  timeColumns: Record<
    'operator' | 'time' | 'noise' | 'moved' | 'computed' | 'share' | 'bound',
    string
  >;
  bounds: Record<Bound, string>;
  untimed: (reason: string) => string;
  fasterThanNaive: (times: string) => string;
  softwareTimes: string;
  cached: string;
  table: string;
  keepHead: string;
  keepLead: string;
  save: string;
  copy: string;
  copied: string;
  copyByHand: string;
  summary: string;
  nothing: string;
  count: Counted;
}

export const messages: Record<Language, Messages> = { en, ja };
