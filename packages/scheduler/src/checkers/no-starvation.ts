/**
 * Law: no starvation. The request at the front (highest priority, earliest) is served within as
 * many plans as there was work left when it came to the front: each plan does at least one token of
 * it. Work that arrives later adds to the allowance, so the law is about bounded input.
 */
import type { RequestState, SchedulerState } from '../state.ts';
import {
  type Checker,
  contextTarget,
  demand,
  type Observation,
  requestsOf,
  standsBefore,
} from './checker.ts';

const workOf = (r: RequestState): number =>
  contextTarget(r) - r.computed + r.maxNewTokens - r.emitted;

function frontOf(state: SchedulerState): RequestState | undefined {
  const [started, waiting] = [state.active[0], state.waiting[0]];
  if (started === undefined || waiting === undefined) return started ?? waiting;
  return standsBefore(started, waiting) ? started : waiting;
}

export class NoStarvation implements Checker {
  readonly law = 'no starvation';
  private front = -1;
  private patience = 0;

  check({ event, after }: Observation): void {
    if (event.kind === 'submitted' && event.accepted) {
      this.patience += event.request.promptTokens + event.request.maxNewTokens;
    }
    if (event.kind !== 'planned') return;
    const front = frontOf(after);
    if (front === undefined || front.planned || front.id !== this.front) {
      this.front = front?.id ?? -1;
      this.patience = requestsOf(after).reduce((sum, r) => sum + workOf(r), 0);
      return;
    }
    this.patience -= 1;
    demand(
      this.law,
      this.patience >= 0,
      () => `request ${front.id} stands at the front and is not served`,
    );
  }
}
