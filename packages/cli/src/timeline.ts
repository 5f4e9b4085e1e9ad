import type { Scenario, StepRecord } from '@beamline/simulator';
import { AtomicFile } from './files.ts';

/**
 * A run's engine steps as Chrome trace JSON, which Perfetto opens: one track a replica, a slice a
 * step with what it held, and counters of the queue and the KV blocks. Written step by step, never
 * held whole. Times in the file are microseconds.
 */
export class TimelineFile {
  readonly #file: AtomicFile;
  #isFirst = true;

  constructor(path: string, scenario: Scenario) {
    this.#file = new AtomicFile(path);
    this.#file.write('{"displayTimeUnit":"ms","traceEvents":[');
    for (let replica = 0; replica < scenario.hardware.replicas; replica++) {
      const name = `replica ${replica}`;
      this.#event({ ph: 'M', name: 'process_name', pid: replica, args: { name } });
      this.#event({ ph: 'M', name: 'thread_name', pid: replica, tid: 0, args: { name: 'steps' } });
    }
  }

  /** The record is reused by the simulation: all of it is written out here. */
  add(step: StepRecord): void {
    const { replica, startNs, contextRequests, generationRequests } = step;
    const kind =
      contextRequests === 0 ? 'generation' : generationRequests === 0 ? 'context' : 'mixed';
    const at = { pid: replica, tid: 0, ts: startNs / 1000 };
    const args = {
      contextRequests,
      contextTokens: step.contextTokens,
      generationRequests,
      generationTokens: step.generationTokens,
      drafted: step.drafted,
      accepted: step.accepted,
      emitted: step.emitted,
    };
    this.#event({ ph: 'X', name: kind, cat: 'step', ...at, dur: step.durationNs / 1000, args });
    const counters = { queued: step.queuedRequests, kvBlocks: step.kvBlocksUsed };
    for (const [name, value] of Object.entries(counters)) {
      this.#event({ ph: 'C', name, ...at, args: { [name]: value } });
    }
  }

  commit(): void {
    this.#file.write('\n]}\n');
    this.#file.commit();
  }

  discard(): void {
    this.#file.discard();
  }

  #event(event: Record<string, unknown>): void {
    this.#file.write(`${this.#isFirst ? '' : ','}\n${JSON.stringify(event)}`);
    this.#isFirst = false;
  }
}
