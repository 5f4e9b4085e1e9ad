/** What the runner of cases and its worker say to each other. */

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

export type CaseReply =
  | { kind: 'progress'; done: number }
  | {
      kind: 'done';
      device: string;
      problems: string[];
      /** Tensors of the one case that was asked for. */
      shown: { inputs: ShownTensor[]; outputs: ShownTensor[] } | null;
    }
  | { kind: 'failed'; message: string };
