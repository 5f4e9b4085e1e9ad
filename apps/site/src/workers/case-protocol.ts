/** What the runner of cases and its worker say to each other. */
import type { Obstacle } from '../lab/protocol.ts';

export interface CaseRequest {
  operator: string;
  ids: string[];
  device: 'reference' | 'webgpu';
}

export interface ShownTensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  /** The first elements. */
  text: string;
}

/** An output beside what WebGPU made of it. */
export interface ComparedTensor extends ShownTensor {
  gpu: string;
  /** Greatest distance of two elements; where both are NaN or the same infinity, none. */
  difference: number;
}

export interface ShownCase {
  inputs: ShownTensor[];
  outputs: (ShownTensor | ComparedTensor)[];
}

export type CaseReply =
  | { kind: 'progress'; done: number }
  | {
      kind: 'done';
      device: string;
      problems: string[];
      /** Tensors of the one case that was asked for. */
      shown: ShownCase | null;
    }
  /** The obstacle, where it is one that has words in every language. */
  | { kind: 'failed'; message: string; obstacle?: Obstacle };
