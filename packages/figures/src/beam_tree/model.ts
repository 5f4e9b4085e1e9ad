/**
 * Beams and the prefix tree that they pack into, as pack_beams' reference gives it.
 *
 * Laws: packed[unpack] = beams; a parent stands before its child; positions = rows + saved.
 * Example: beams 91 92 93 95 / 91 92 94 96 / 91 92 93 97 are 12 positions in 7 rows.
 */
import { loopStep } from './loop.ts';
import { type LoopInput, type LoopStep, wordOf } from './step.ts';

export interface BeamTree {
  readonly step: LoopStep;
  /** Words of the tree's rows. */
  readonly words: readonly string[];
  /** Beam that brought each row in. */
  readonly owner: readonly number[];
  /** How many beams pass through each row. */
  readonly shared: readonly number[];
  /** Rows after the first k + 1 beams. */
  readonly rowsAfter: readonly number[];
  /** Beam positions, the certain token of every beam included. */
  readonly positions: number;
  readonly rows: number;
  /** 1 − rows / positions; 0 without beams. */
  readonly saved: number;
}

export function beamTreeModel(input: LoopInput): BeamTree {
  return beamTreeOf(loopStep(input));
}

export function beamTreeOf(step: LoopStep): BeamTree {
  const { tree, beams, positions } = step;
  const rows = tree.tokens.length;
  const shared = new Array<number>(rows).fill(0);
  const owner = new Array<number>(rows).fill(-1);
  const rowsAfter: number[] = [];
  let known = 0;
  for (let beam = 0; beam < beams; beam++) {
    for (let j = 0; j < positions; j++) {
      const row = tree.unpack[beam * positions + j]!;
      shared[row]!++;
      if (owner[row]! < 0) {
        owner[row] = beam;
        known++;
      }
    }
    rowsAfter.push(known);
  }
  const all = beams * positions;
  return {
    step,
    words: tree.tokens.map((token) => wordOf(step, token)),
    owner,
    shared,
    rowsAfter,
    positions: all,
    rows,
    saved: all === 0 ? 0 : 1 - rows / all,
  };
}
