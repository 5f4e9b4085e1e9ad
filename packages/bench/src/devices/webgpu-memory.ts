/**
 * Buffers on a GPUDevice, counted (law: what a step makes it also destroys), and the buffers of one
 * call between red zones.
 *
 * WGSL cannot leave a binding: the adapter moves an index that does to the last word. So the zone
 * behind a tensor is part of its binding, and a write past the end shows in it, however far past.
 * A read past the end of an input finds NaN (or -1), which moved past the end of an output is not
 * what stands there. An empty tensor is a zone alone: WebGPU has no empty bindings.
 */
import type { Tensor } from '@beamline/kernels/suites';
import type { Poison } from '../device.ts';
import { encodeTensor, sameBytes } from '../tensor-bytes.ts';
import { POISON_BYTES } from './arena.ts';

const ZONE_BYTES = 256;
const INPUT_ZONE_BYTE = 0xff;
/** fp16 NaN, else a huge number below 0. */
const ROOM_ZONE_BYTE = 0xfe;
/** Tensors end at a whole element of the widest type that WGSL reads them by. */
const ALIGNMENT = 16;

/** Usage flags, as numbers: a page has them as globals, Node only where a package puts them. */
const MAP_READ = 0x0001;
const COPY_SRC = 0x0004;
const COPY_DST = 0x0008;
const UNIFORM = 0x0040;
const STORAGE = 0x0080;
const INDIRECT = 0x0100;
const MAP_MODE_READ = 1;

export class GpuMemory {
  readonly #device: GPUDevice;
  #created = 0;
  #destroyed = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get created(): number {
    return this.#created;
  }

  /** Buffers that now exist. */
  get live(): number {
    return this.#created - this.#destroyed;
  }

  /** A buffer of a use of its own. */
  buffer(size: number, usage: number): GPUBuffer {
    this.#created++;
    return this.#device.createBuffer({ size, usage });
  }

  storage(bytes: number): GPUBuffer {
    return this.buffer(bytes, STORAGE | COPY_SRC | COPY_DST | INDIRECT);
  }

  uniform(content: Uint8Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.buffer(Math.max(16, content.length), UNIFORM | COPY_DST);
    this.write(buffer, content);
    return buffer;
  }

  write(buffer: GPUBuffer, content: Uint8Array<ArrayBuffer>): void {
    if (content.length > 0) this.#device.queue.writeBuffer(buffer, 0, content);
  }

  free(buffer: GPUBuffer): void {
    this.#destroyed++;
    buffer.destroy();
  }

  /** The contents of buffers, after all work that was submitted. */
  async read(buffers: readonly GPUBuffer[]): Promise<Uint8Array[]> {
    const total = buffers.reduce((sum, { size }) => sum + size, 0);
    if (total === 0) return buffers.map(() => new Uint8Array(0));
    const staging = this.buffer(total, MAP_READ | COPY_DST);
    try {
      const encoder = this.#device.createCommandEncoder();
      let at = 0;
      for (const buffer of buffers) {
        encoder.copyBufferToBuffer(buffer, 0, staging, at, buffer.size);
        at += buffer.size;
      }
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_MODE_READ);
      const all = new Uint8Array(staging.getMappedRange());
      at = 0;
      return buffers.map(({ size }) => {
        const bytes = all.slice(at, at + size);
        at += size;
        return bytes;
      });
    } finally {
      this.free(staging);
    }
  }
}

interface Slot {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
  readonly zoneByte: number;
  /** What must still stand there after the run; null for what a kernel may write. */
  readonly kept: Uint8Array | null;
}

/** The buffers of one call, by name. */
export class GpuArena {
  readonly #memory: GpuMemory;
  readonly #slots = new Map<string, Slot>();

  constructor(memory: GpuMemory) {
    this.#memory = memory;
  }

  #add(name: string, content: Uint8Array, zoneByte: number, kept: Uint8Array | null): void {
    const padded = Math.ceil(content.length / ALIGNMENT) * ALIGNMENT;
    const all = new Uint8Array(padded + ZONE_BYTES).fill(zoneByte);
    all.set(content);
    const buffer = this.#memory.storage(all.length);
    this.#memory.write(buffer, all);
    this.#slots.set(name, { buffer, bytes: content.length, zoneByte, kept });
  }

  input(name: string, tensor: Tensor, isWritten: boolean): void {
    const bytes = encodeTensor(tensor);
    this.#add(name, bytes, INPUT_ZONE_BYTE, isWritten ? null : bytes);
  }

  /** Room for an output or for scratch, filled with poison. */
  room(name: string, bytes: number, poison: Poison): void {
    this.#add(name, new Uint8Array(bytes).fill(POISON_BYTES[poison]), ROOM_ZONE_BYTE, null);
  }

  buffer(name: string): GPUBuffer {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw new Error(`no buffer '${name}'`);
    return slot.buffer;
  }

  /** The bytes of every buffer, and what was written that may not be. */
  async collect(): Promise<{ bytes: Map<string, Uint8Array>; trespasses: string[] }> {
    const slots = [...this.#slots];
    const all = await this.#memory.read(slots.map(([, { buffer }]) => buffer));
    const bytes = new Map<string, Uint8Array>();
    const trespasses: string[] = [];
    slots.forEach(([name, slot], i) => {
      const content = all[i]!.subarray(0, slot.bytes);
      bytes.set(name, content);
      // Half a word behind an odd number of 16-bit elements may change with its other half.
      const zone = all[i]!.subarray(Math.ceil(slot.bytes / 4) * 4);
      const at = zone.findIndex((byte) => byte !== slot.zoneByte);
      if (at >= 0) trespasses.push(`wrote behind the end of ${name}`);
      if (slot.kept !== null && !sameBytes(content, slot.kept)) {
        trespasses.push(`changed its input ${name}`);
      }
    });
    return { bytes, trespasses };
  }

  free(): void {
    for (const { buffer } of this.#slots.values()) this.#memory.free(buffer);
    this.#slots.clear();
  }
}
