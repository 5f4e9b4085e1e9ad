import type { Job, JobResult } from './protocol.ts';
import type { Asker } from './session.ts';

/**
 * Questions to the workers with one answer each, other than runs: a figure's model, a search. Laws:
 * of each kind only the latest question is answered; its last answer stays until the next is there.
 */
export interface Answer {
  /** The latest answer, which may be to an older question. */
  result: JobResult | null;
  /** Whether `result` answers what was asked last. */
  isCurrent: boolean;
  problem: string;
  progress: { done: number; total: number; runs: number } | null;
}

interface Slot extends Answer {
  key: string;
  id: number | null;
}

export class Questions {
  readonly #pool: Asker;
  readonly #onChange: () => void;
  readonly #slots = new Map<Job['kind'], Slot>();

  constructor(pool: Asker, onChange: () => void) {
    this.#pool = pool;
    this.#onChange = onChange;
  }

  /** What is known for a kind of question. */
  answer(kind: Job['kind']): Answer | null {
    return this.#slots.get(kind) ?? null;
  }

  /** Asks unless the same was asked last; equal keys are the same question. */
  ask(job: Job, key: string, priority: number): void {
    const old = this.#slots.get(job.kind);
    if (old?.key === key) return;
    if (old !== undefined && old.id !== null) this.#pool.cancel(new Set([old.id]));
    const slot: Slot = {
      key,
      id: null,
      result: old?.result ?? null,
      isCurrent: false,
      problem: '',
      progress: null,
    };
    this.#slots.set(job.kind, slot);
    slot.id = this.#pool.ask(job, priority, {
      onResult: (result) => {
        slot.result = result;
        slot.isCurrent = true;
      },
      onDone: () => {
        slot.id = null;
        slot.progress = null;
        this.#onChange();
      },
      onFailed: (_code, message) => {
        slot.id = null;
        slot.progress = null;
        slot.problem = message;
        this.#onChange();
      },
      onProgress: (done, total, runs) => {
        slot.progress = { done, total, runs };
        this.#onChange();
      },
    });
  }

  /** Gives a question up; what was known before it stays. */
  stop(kind: Job['kind']): void {
    const slot = this.#slots.get(kind);
    if (slot === undefined) return;
    if (slot.id !== null) this.#pool.cancel(new Set([slot.id]));
    slot.id = null;
    slot.key = '';
    slot.progress = null;
  }

  isBusy(kind: Job['kind']): boolean {
    const slot = this.#slots.get(kind);
    return slot !== undefined && slot.id !== null;
  }
}
