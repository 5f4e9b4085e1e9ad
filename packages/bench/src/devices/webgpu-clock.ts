/** Times passes by the device's own timestamps. */
import type { GpuMemory } from './webgpu-memory.ts';

const QUERY_RESOLVE = 0x0200;
const COPY_SRC = 0x0004;

export class GpuClock {
  readonly #device: GPUDevice;
  readonly #memory: GpuMemory;
  readonly #queries: GPUQuerySet;
  readonly #stamps: GPUBuffer;

  constructor(device: GPUDevice, memory: GpuMemory) {
    this.#device = device;
    this.#memory = memory;
    this.#queries = device.createQuerySet({ type: 'timestamp', count: 2 });
    this.#stamps = memory.buffer(16, QUERY_RESOLVE | COPY_SRC);
  }

  /** Milliseconds of what `encode` puts into a pass; `before` is cleared first, untimed. */
  async ms(
    encode: (pass: GPUComputePassEncoder) => void,
    before: GPUBuffer | null = null,
  ): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    if (before !== null) encoder.clearBuffer(before);
    const pass = encoder.beginComputePass({
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: 0,
        endOfPassWriteIndex: 1,
      },
    });
    encode(pass);
    pass.end();
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#stamps, 0);
    this.#device.queue.submit([encoder.finish()]);
    const [bytes] = await this.#memory.read([this.#stamps]);
    const [from, to] = new BigUint64Array(bytes!.buffer);
    return Number(to! - from!) / 1e6;
  }

  free(): void {
    this.#queries.destroy();
    this.#memory.free(this.#stamps);
  }
}
