/** What a page and its worker say to each other. */

export interface ComputeRequest {
  id: number;
  /** The figure's folder. */
  figure: string;
  input: unknown;
}

export type ComputeReply =
  | { id: number; kind: 'model'; model: unknown }
  | { id: number; kind: 'progress'; done: number; total: number }
  | { id: number; kind: 'error'; message: string };
