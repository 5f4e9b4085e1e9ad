import { runKey, type Stage, stages, type Wanted, wantedOf } from './plan.ts';
import type { JobCallbacks } from './pool.ts';
import type { Job, PointResult } from './protocol.ts';
import type { ExplorerState, Series } from './state.ts';

/**
 * What has been computed and what is being computed for the state of the page. Laws: the latest
 * state wins, jobs that it does not want are cancelled; a result, once there, is there for good (an
 * undo costs nothing); no result of an older state is ever taken for one of the present.
 */

/** What the session needs of the pool. */
export interface Asker {
  ask(job: Job, priority: number, callbacks: JobCallbacks): number;
  cancel(ids: ReadonlySet<number>): void;
}

export interface Progress {
  stage: Stage;
  done: number;
  total: number;
}

/** Results that are kept; a curve of six series in three stages has about 400. */
const MAX_RESULTS = 4000;

export class Session {
  readonly #pool: Asker;
  readonly #onChange: () => void;
  readonly #results = new Map<string, PointResult>();
  readonly #asked = new Map<string, number>();
  #wanted: { key: string; stage: Stage }[] = [];
  #version = 0;

  constructor(pool: Asker, onChange: () => void) {
    this.#pool = pool;
    this.#onChange = onChange;
  }

  /** Grows with every result. */
  get version(): number {
    return this.#version;
  }

  result(wanted: Pick<Wanted, 'scenario' | 'draws'>): PointResult | null {
    return this.#results.get(runKey(wanted)) ?? null;
  }

  /** Asks for what the state needs and has not, and gives up what it does not need. */
  update(state: ExplorerState, series: readonly Series[], gpus: readonly string[] = []): void {
    const wanted = wantedOf(state, series, gpus).map((one) => ({ ...one, key: runKey(one) }));
    const keys = new Set(wanted.map(({ key }) => key));
    const stale = [...this.#asked].filter(([key]) => !keys.has(key));
    for (const [key] of stale) this.#asked.delete(key);
    if (stale.length > 0) this.#pool.cancel(new Set(stale.map(([, id]) => id)));
    for (const { key, scenario, draws, stage } of wanted) {
      if (this.#results.has(key) || this.#asked.has(key)) continue;
      this.#ask(key, { scenario, draws, stage });
    }
    this.#wanted = wanted.map(({ key, stage }) => ({ key, stage }));
  }

  /** A file has changed: what rests on traces is computed anew. */
  forget(): void {
    this.#pool.cancel(new Set(this.#asked.values()));
    this.#asked.clear();
    this.#results.clear();
    this.#version++;
  }

  /** The first stage that is not finished; null when everything is there. */
  get progress(): Progress | null {
    for (const stage of stages) {
      const keys = new Set(this.#wanted.filter((w) => w.stage === stage).map(({ key }) => key));
      const done = [...keys].filter((key) => this.#results.has(key)).length;
      if (done < keys.size) return { stage, done, total: keys.size };
    }
    return null;
  }

  #ask(key: string, { scenario, draws, stage }: Wanted): void {
    const finish = (point: PointResult) => {
      this.#asked.delete(key);
      this.#keep(key, point);
      this.#onChange();
    };
    const id = this.#pool.ask(
      { kind: 'runs', scenarios: [scenario], draws },
      stages.indexOf(stage),
      {
        onResult: (result) => {
          if (result.kind === 'runs') finish(result.point);
        },
        onFailed: (code, message) => finish({ ok: false, code, message }),
      },
    );
    this.#asked.set(key, id);
  }

  #keep(key: string, point: PointResult): void {
    if (this.#results.size >= MAX_RESULTS) {
      const oldest = this.#results.keys().next().value;
      if (oldest !== undefined) this.#results.delete(oldest);
    }
    this.#results.set(key, point);
    this.#version++;
  }
}
