/**
 * What runs a case. A device answers with outputs or with what went wrong; it never judges whether
 * the outputs are right (law: whoever computes does not check).
 *
 * Example: `device.run(call, { variant: 'block', poison: 'nan', … })` gives `{ outputs, bits }`.
 */
import type { Case, OperatorSuite, Tensors } from '@beamline/kernels/suites';
import type { Status } from './record.ts';
import type { Peaks } from './roofline.ts';

export const deviceNames = ['reference', 'simt', 'cuda', 'webgpu'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** WebGPU answers later, the others at once; whoever asks waits for both alike. */
export type Eventually<T> = T | Promise<T>;

/** The order in which the threads of simt run; other devices have their own and only that. */
export type Schedule = 'default' | 'reversed' | 'one-ahead' | `random-${number}`;

/**
 * What fills outputs and workspace before a run. A kernel that reads neither before it writes gives
 * the same bits with each of them.
 */
export type Poison = 'nan' | 'large' | 'zero';

export interface RunOptions {
  /** Forced by name; '' leaves the choice to the library. */
  readonly variant: string;
  readonly poison: Poison;
  readonly schedule: Schedule;
  /** The build that looks at every access, where there is one. */
  readonly isChecked: boolean;
  /** Capture the launch as a graph and replay it. */
  readonly asGraph: boolean;
}

export const plainRun: RunOptions = {
  variant: '',
  poison: 'nan',
  schedule: 'default',
  isChecked: false,
  asGraph: false,
};

/** A finished run. `bits` are the outputs as the device left them, byte for byte. */
export interface Finished {
  readonly outputs: Tensors;
  readonly bits: Readonly<Record<string, Uint8Array>>;
  /** Bytes written outside the outputs: red zones, inputs. Empty when all is well. */
  readonly trespasses: readonly string[];
}

export interface Failure {
  readonly status: Extract<Status, 'fault' | 'unsupported' | 'crash'>;
  readonly message: string;
}

export type RunResult = Finished | Failure;

export function isFailure(result: RunResult): result is Failure {
  return 'status' in result;
}

/** A case lying ready on a device, to be launched again and again. */
export interface PreparedCall {
  /**
   * Milliseconds of one sample by the device's own events: `launches` launches, one behind the
   * other. `isCold` empties the caches first, outside the time.
   */
  sampleMs(launches: number, mode: { isCold: boolean; asGraph: boolean }): Eventually<number>;
  /** The outputs as they now are. */
  outputs(): Eventually<Tensors>;
  free(): void;
}

/** What a device can do at most; `kind` of the time that it gives. */
export interface DeviceFacts {
  readonly title: string;
  /** Compute capability of a GPU, such as 90; null elsewhere. */
  readonly arch: number | null;
  readonly multiprocessors: number | null;
  readonly l2Bytes: number | null;
}

/** What one must know of a device to plan work for it, without having it. */
export interface DeviceTraits {
  readonly name: DeviceName;
  readonly facts: DeviceFacts;
  /** True where a time says nothing about a GPU. */
  readonly isFunctional: boolean;
  /** Whether it keeps a time of its own. */
  readonly takesTimes: boolean;
  /** Names that can be forced; empty when the operator is not there. */
  variants(operator: string): readonly string[];
}

export interface Device extends DeviceTraits {
  /** Schedules that it can run in, the default first. */
  readonly schedules: readonly Schedule[];
  readonly hasChecks: boolean;
  readonly hasGraphs: boolean;
  run(suite: OperatorSuite, call: Case, options: RunOptions): Eventually<RunResult>;
  /** Measures what it reaches at most; null where only a data sheet can tell. */
  peaks: (() => Promise<Peaks>) | null;
  /** Null where the device keeps no time of its own. */
  prepare: ((suite: OperatorSuite, call: Case, variant: string) => Eventually<PreparedCall>) | null;
}

/** A device that is not here, and the words that say so. */
export interface AbsentDevice {
  readonly name: DeviceName;
  /** `no CUDA device` */
  readonly missing: string;
  /** Variants that are compiled all the same, by operator; null when nothing is. */
  readonly compiled: ((operator: string) => readonly string[]) | null;
}

export function isAbsent(device: DeviceTraits | AbsentDevice): device is AbsentDevice {
  return 'missing' in device;
}
