/**
 * The host's side of draw.wgsl: how a vocabulary is cut into chunks, and what that takes.
 *
 * Example: 128,256 tokens are 63 chunks of 2,048, 32 tokens an invocation.
 */
import { groupsFor, rowBytes } from './forms.ts';

/** Invocations of a workgroup: the most chunks of a row. */
export const DRAW_GROUP = 64;

/** Workgroup memory of rows, weights, their partial sums and a place. */
export const drawLimits = {
  invocations: DRAW_GROUP,
  workgroupBytes: rowBytes(DRAW_GROUP) + 4 * DRAW_GROUP + 64 + 16,
};

/** Chunks of a row, and a chunk's tokens for each invocation: an even number. */
export function chunksOf(vocab: number): { chunks: number; each: number } {
  let each = 16;
  while (vocab > each * DRAW_GROUP * DRAW_GROUP) each *= 2;
  return { chunks: groupsFor(vocab, each * DRAW_GROUP), each };
}
