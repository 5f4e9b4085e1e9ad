/** What stands in the way of a run, by a name that each language has words for. */
import type { Obstacle } from './protocol.ts';

export class LabProblem extends Error {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle, message = '') {
    super(message);
    this.obstacle = obstacle;
  }
}
