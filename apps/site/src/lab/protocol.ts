/** What the page of the lab and its engine say to each other, in a worker or without one. */
import type { Ceilings, Environment, KernelRecord } from '@beamline/bench/webgpu';
import type { KernelRoofline } from '@beamline/figures/kernel_roofline/model';

export type LabDevice = 'webgpu' | 'reference';

/** Which of the machine's adapters the browser is asked for. */
export const adapterChoices = ['default', 'high-performance', 'low-power', 'software'] as const;
export type AdapterChoice = (typeof adapterChoices)[number];

/** Sizes of what is timed. */
export const timedSizes = ['small', 'medium', 'large'] as const;
export type TimedSize = (typeof timedSizes)[number];

export interface VerifyRequest {
  kind: 'verify';
  device: LabDevice;
  adapter: AdapterChoice;
  operators: string[];
  environment: Environment;
}

export interface TimeRequest {
  kind: 'time';
  adapter: AdapterChoice;
  operators: string[];
  size: TimedSize;
  environment: Environment;
}

export type LabRequest = VerifyRequest | TimeRequest | { kind: 'stop' };

/** Why a run could not go on. */
export type Obstacle =
  | 'no-webgpu'
  | 'no-adapter'
  | 'no-device'
  | 'no-clock'
  | 'no-memory'
  | 'error';

/** A timed record beside what the adapter's ceilings allow. */
export interface TimedRow {
  record: KernelRecord;
  /** Null where nothing was timed. */
  floor: { ns: number; bound: 'memory' | 'compute' | 'exp' | 'launch'; share: number } | null;
}

export type LabReply =
  | { kind: 'opened'; title: string; isSoftware: boolean; takesTimes: boolean }
  /** Results that an operator will have, before the first of them. */
  | { kind: 'operator'; operator: string; total: number }
  | { kind: 'begin'; operator: string; id: string; variant: string }
  | { kind: 'record'; record: KernelRecord }
  | { kind: 'ceilings'; ceilings: Ceilings }
  | { kind: 'timed'; row: TimedRow }
  | { kind: 'roofline'; model: KernelRoofline }
  | { kind: 'done'; wasStopped: boolean }
  | { kind: 'failed'; obstacle: Obstacle; message: string };
