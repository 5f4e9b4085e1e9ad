import type { Language } from '@beamline/figures/frame';
import type { AddressReport } from './address.ts';
import { en } from './messages-en.ts';
import { ja } from './messages-ja.ts';
import type { Stage } from './plan.ts';
import type { Measure, Overlay, View } from './state.ts';

/** Every sentence of the explorer outside the form's fields, in both languages. */
export interface Messages {
  undo: string;
  redo: string;
  share: string;
  command: string;
  yaml: string;
  link: string;
  open: string;
  save: string;
  copy: string;
  close: string;
  copied: string;
  copyByHand: string;
  spelling: Record<'command' | 'yaml' | 'link', string>;
  scenarios: string;
  add: string;
  remove: (name: string) => string;
  rename: string;
  name: string;
  settings: string;
  applyTo: string;
  thisOne: string;
  allOfThem: string;
  moreOf: (group: string, count: number) => string;
  own: string;
  views: Record<View, string>;
  measure: string;
  measures: Record<Measure, string>;
  also: string;
  overlays: Record<Overlay, string>;
  bands: string;
  noBands: string;
  draws: (count: number) => string;
  axis: string;
  axisHelp: string;
  atYourLoad: (load: string) => string;
  progress: (stage: Stage, done: number, total: number) => string;
  finished: (requests: string) => string;
  starting: string;
  cards: {
    speedup: string;
    itl: string;
    ttft: string;
    throughput: string;
    cost: string;
    energy: string;
  };
  units: { ms: string; s: string; tokensPerSecondPerGpu: string; dollars: string; joules: string };
  without: (value: string) => string;
  overloadedWithout: string;
  bandOf: (low: string, high: string) => string;
  states: Record<'stable' | 'backlogged' | 'overloaded', string>;
  why: string;
  provenance: string;
  provenanceHelp: string;
  origins: Record<'measured' | 'modelled' | 'assumed', string>;
  what: string;
  origin: string;
  source: string;
  noNumbers: (reason: string) => string;
  notComputed: (count: number, reason: string) => string;
  otherUnit: (names: string) => string;
  cut: (requests: string) => string;
  price: string;
  priceLow: string;
  priceHigh: string;
  priceOwn: (low: string, high: string) => string;
  priceWrong: string;
  size: SizeMessages;
  shape: { help: string; none: string };
  drop: string;
  dropNow: string;
  trace: {
    reading: (name: string) => string;
    read: (name: string, size: string, count: string, rate: string) => string;
    first: string;
    long: (requests: string) => string;
    gone: (name: string) => string;
    wrongType: (name: string) => string;
    folder: string;
    forget: string;
  };
  opened: {
    scenario: (name: string) => string;
    same: (name: string, count: number) => string;
    differs: (name: string, count: number, of: number) => string;
    comparing: (name: string) => string;
    full: string;
  };
  tooLarge: (name: string, size: string, most: string) => string;
  address: (report: AddressReport) => string;
  addressHead: string;
  dismiss: string;
  noWorkers: string;
  noWasm: string;
  brokenWasm: (reason: string) => string;
  commandInstead: string;
  failed: (reason: string) => string;
  historyDenied: string;
  /** The link of an embedded explorer. */
  whole: string;
  limit: string;
  yes: string;
  no: string;
}

export interface SizeMessages {
  needsSlo: string;
  objective: string;
  objectives: Record<'gpus' | 'cost' | 'energy', string>;
  gpus: string;
  ownGpu: string;
  tensorParallel: string;
  maxGpus: string;
  find: string;
  stop: string;
  searching: (done: number, total: number, runs: number) => string;
  requests: (count: string) => string;
  best: (gpus: string, gpu: string, replicas: number, degree: number, drafting: string) => string;
  closest: (
    gpus: string,
    gpu: string,
    replicas: number,
    degree: number,
    drafting: string,
  ) => string;
  infeasible: string;
  why: (reason: string) => string;
  use: string;
  ranking: string;
  columns: readonly string[];
  status: Record<'meets' | 'misses' | 'infeasible', string>;
  schedules: Record<'none' | 'fixed' | 'adaptive' | 'confidence', string>;
  clause: string;
  value: string;
}

export const messages: Record<Language, Messages> = { en, ja };
