import { parseScenario } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { WorkerPool, type WorkerPort } from '../../apps/site/src/explorer/pool.ts';
import type { FromWorker, Job, ToWorker } from '../../apps/site/src/explorer/protocol.ts';
import { Questions } from '../../apps/site/src/explorer/questions.ts';
import { Session } from '../../apps/site/src/explorer/session.ts';
import { initialState, seriesOf, setLoad } from '../../apps/site/src/explorer/state.ts';

// The pool with workers that answer when they are told to: what runs, in which order, what is still
// heard of what was given up.

class SlowWorker implements WorkerPort {
  onmessage: ((event: MessageEvent<FromWorker>) => unknown) | null = null;
  onerror: ((event: ErrorEvent) => unknown) | null = null;
  isEnded = false;
  readonly jobs: { id: number; job: Job }[] = [];

  postMessage(message: ToWorker): void {
    if (message.type === 'job') this.jobs.push(message);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(message: FromWorker): void {
    this.onmessage?.({ data: message } as MessageEvent<FromWorker>);
  }

  /** Answers the job that it has. */
  finish(): void {
    const { id } = this.jobs.at(-1)!;
    this.say({ type: 'result', id, result: { kind: 'check', problems: [] } });
    this.say({ type: 'done', id });
  }
}

function poolOf(size: number) {
  const workers: SlowWorker[] = [];
  const timers: (() => void)[] = [];
  const pool = new WorkerPool({
    createWorker: () => {
      const worker = new SlowWorker();
      workers.push(worker);
      return worker;
    },
    module: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
    size,
    setTimer: (act) => timers.push(act),
  });
  return { pool, workers, timers };
}

const scenario = parseScenario({}, 'test');
const check: Job = { kind: 'check', scenario };
const job = (seed: number): Job => ({ kind: 'check', scenario: { ...scenario, seed } });
const seedOf = ({ job: { kind, ...rest } }: { job: Job }) =>
  kind === 'check' ? (rest as { scenario: { seed: number } }).scenario.seed : null;

describe('the pool of workers', () => {
  it('starts jobs by priority, then in order, one a worker', () => {
    const { pool, workers } = poolOf(2);
    const ask = (seed: number, priority: number) =>
      pool.ask(job(seed), priority, { onResult: () => {}, onFailed: () => {} });
    for (const [seed, priority] of [
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 0],
      [5, 1],
    ] as const) {
      ask(seed, priority);
    }
    expect(workers.map(({ jobs }) => jobs.length)).toEqual([1, 1]);
    for (let i = 0; i < 3; i++) workers[0]!.finish();
    expect(workers[0]!.jobs.map(seedOf)).toEqual([1, 4, 5, 3]);
    expect(workers[1]!.jobs.map(seedOf)).toEqual([2]);
  });

  it('says nothing of a cancelled job, and ends the worker of one that goes on', () => {
    const { pool, workers, timers } = poolOf(1);
    const heard: string[] = [];
    const callbacks = (name: string) => ({
      onResult: () => heard.push(`${name} result`),
      onDone: () => heard.push(`${name} done`),
      onFailed: () => heard.push(`${name} failed`),
    });
    const first = pool.ask(check, 0, callbacks('first'));
    pool.cancel(new Set([first]));
    pool.ask(check, 0, callbacks('second'));
    workers[0]!.say({ type: 'result', id: first, result: { kind: 'check', problems: [] } });
    expect(heard).toEqual([]);
    for (const act of timers) act();
    expect(workers[0]!.isEnded).toBe(true);
    workers[1]!.finish();
    expect(heard).toEqual(['second result', 'second done']);
  });

  it('lets a cancelled job that ends soon keep its worker', () => {
    const { pool, workers, timers } = poolOf(1);
    const first = pool.ask(check, 0, { onResult: () => {}, onFailed: () => {} });
    pool.cancel(new Set([first]));
    workers[0]!.finish();
    pool.ask(check, 0, { onResult: () => {}, onFailed: () => {} });
    for (const act of timers) act();
    expect(workers).toHaveLength(1);
    expect(workers[0]!.isEnded).toBe(false);
  });

  it('goes on with a new worker when one breaks', () => {
    const { pool, workers } = poolOf(1);
    const heard: string[] = [];
    const onFailed = (_code: string, message: string) => heard.push(message);
    pool.ask(check, 0, { onResult: () => {}, onFailed });
    pool.ask(check, 0, { onResult: () => heard.push('next'), onFailed });
    workers[0]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    workers[1]!.finish();
    expect(heard).toEqual(['out of memory', 'next']);
  });
});

describe('the session', () => {
  it('gives up what a newer state does not want, and keeps what it has', () => {
    const asked = new Map<number, Job>();
    const cancelled = new Set<number>();
    const heard: ((job: Job) => void)[] = [];
    let next = 0;
    const session = new Session(
      {
        ask: (asking, _priority, { onFailed }) => {
          asked.set(++next, asking);
          heard.push(() => onFailed('infeasible', 'none'));
          return next;
        },
        cancel: (ids) => {
          for (const id of ids) cancelled.add(id);
        },
      },
      () => {},
    );
    const state = { ...initialState(), view: 'latency' as const };
    const series = seriesOf(state, ['a']);
    session.update(state, series);
    expect(asked.size).toBe(1);
    expect(session.progress).toEqual({ stage: 'yours', done: 0, total: 1 });
    const moved = setLoad(state, 9);
    session.update(moved, seriesOf(moved, ['a']));
    expect([...cancelled]).toEqual([1]);
    heard[1]!(check);
    expect(session.progress).toBeNull();
    // Back again, and to what is known: the first is asked anew, the second is not.
    session.update(state, series);
    session.update(moved, seriesOf(moved, ['a']));
    expect(asked.size).toBe(3);
    expect(session.progress).toBeNull();
  });
});

describe('a question', () => {
  it('is answered for its latest asking only, and keeps its last answer meanwhile', () => {
    const { pool, workers } = poolOf(1);
    const questions = new Questions(pool, () => {});
    questions.ask(check, 'a', 0);
    questions.ask(check, 'a', 0);
    expect(workers[0]!.jobs).toHaveLength(1);
    workers[0]!.finish();
    expect(questions.answer('check')).toMatchObject({ isCurrent: true });
    questions.ask(job(2), 'b', 0);
    expect(questions.answer('check')).toMatchObject({
      isCurrent: false,
      result: { kind: 'check' },
    });
    expect(questions.isBusy('check')).toBe(true);
    questions.stop('check');
    expect(questions.isBusy('check')).toBe(false);
  });
});
