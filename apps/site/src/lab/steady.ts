/**
 * A device whose samples are long enough for a browser's clock, which rounds to a tenth of a
 * millisecond: one sample is as many launches as fill 10 ms. The record says how many.
 */
import type { Device, KernelRecord, PreparedCall } from '@beamline/bench/webgpu';

const SAMPLE_LEAST_MS = 10;
const LAUNCHES_MOST = 1000;

export class SteadyClock {
  /** Launches that stand for one, of the case that was prepared last. */
  #repeats = 1;

  device(device: Device): Device {
    const { prepare } = device;
    if (prepare === null) return device;
    return {
      ...device,
      prepare: async (suite, call, variant) => this.#steady(await prepare(suite, call, variant)),
    };
  }

  async #steady(prepared: PreparedCall): Promise<PreparedCall> {
    const how = { isCold: false, asGraph: false };
    let repeats = 1;
    let ms = await prepared.sampleMs(1, how);
    while (ms < SAMPLE_LEAST_MS && repeats < LAUNCHES_MOST) {
      const factor = Math.ceil(SAMPLE_LEAST_MS / Math.max(ms, SAMPLE_LEAST_MS / 10));
      repeats = Math.min(LAUNCHES_MOST, repeats * factor);
      if (factor === 1) break;
      ms = await prepared.sampleMs(repeats, how);
    }
    this.#repeats = repeats;
    return {
      // The bench's own repetition fills a sample of 0.2 ms: ours is longer already.
      sampleMs: async (launches, mode) =>
        ((await prepared.sampleMs(repeats, mode)) / repeats) * launches,
      outputs: () => prepared.outputs(),
      free: () => prepared.free(),
    };
  }

  /** The record with the launches that a sample really had. */
  stated(record: KernelRecord): KernelRecord {
    if (record.timing === null) return record;
    return { ...record, timing: { ...record.timing, launchesPerSample: this.#repeats } };
  }
}
