/**
 * Buffers of one call on a device, each between two red zones. What a kernel writes outside its
 * outputs shows as a changed zone or a changed input (law: a run changes its outputs and nothing
 * else).
 *
 * The checked build looks at every access itself and names file and line, so there the buffers are
 * exactly as large as their data and its own zones catch what leaves them.
 */
import type { DeviceBuffer, DeviceTensor, Suite } from '@beamline/kernels/suite';
import type { Tensor } from '@beamline/kernels/suites';
import type { Poison } from '../device.ts';
import { encodeTensor, sameBytes } from '../tensor-bytes.ts';

/** Bytes before and after each buffer; a multiple of the alignment that kernels may rely on. */
const ZONE_BYTES = 1024;
const ZONE_BYTE = 0xa5;
const ALIGNMENT = 256;

/** Poison as one repeated byte: NaN in every float type, 1.3e7 in fp32 and bf16, and zero. */
export const POISON_BYTES: Readonly<Record<Poison, number>> = { nan: 0xff, large: 0x4b, zero: 0 };

interface Slot {
  readonly name: string;
  readonly buffer: DeviceBuffer;
  readonly bytes: number;
  readonly zone: number;
  /** What must still stand there after the run; null for what the kernel may write. */
  readonly kept: Uint8Array | null;
}

export class Arena {
  readonly #suite: Suite;
  readonly #zone: number;
  readonly #slots: Slot[] = [];

  constructor(suite: Suite, hasZones: boolean) {
    this.#suite = suite;
    this.#zone = hasZones ? ZONE_BYTES : 0;
  }

  #add(name: string, content: Uint8Array, kept: Uint8Array | null): number {
    const zone = this.#zone;
    const padded = zone === 0 ? content.length : Math.ceil(content.length / ALIGNMENT) * ALIGNMENT;
    const all = new Uint8Array(padded + 2 * zone).fill(ZONE_BYTE);
    all.set(content, zone);
    const buffer = this.#suite.alloc(all.length);
    if (all.length > 0) this.#suite.upload(buffer, all);
    this.#slots.push({ name, buffer, bytes: content.length, zone, kept });
    return content.length === 0 ? 0 : buffer.address + zone;
  }

  /** A tensor that the kernel reads; with `isWritten` it may change it too. */
  input(name: string, tensor: Tensor, isWritten: boolean): DeviceTensor {
    const bytes = encodeTensor(tensor);
    const address = this.#add(name, bytes, isWritten ? null : bytes);
    return { dtype: tensor.dtype, shape: tensor.shape, address };
  }

  /** Room for an output, filled with poison. */
  output(name: string, spec: Omit<Tensor, 'data'>, bytes: number, poison: Poison): DeviceTensor {
    const content = new Uint8Array(bytes).fill(POISON_BYTES[poison]);
    return { ...spec, address: this.#add(name, content, null) };
  }

  workspace(bytes: number, poison: Poison): DeviceBuffer {
    const content = new Uint8Array(bytes).fill(POISON_BYTES[poison]);
    return { address: this.#add('workspace', content, null), bytes };
  }

  /** The bytes that a buffer now holds. */
  read(name: string): Uint8Array {
    const slot = this.#slots.find((one) => one.name === name)!;
    const all = this.#download(slot);
    return all.slice(slot.zone, slot.zone + slot.bytes);
  }

  #download({ buffer }: Slot): Uint8Array {
    const all = new Uint8Array(buffer.bytes);
    return buffer.bytes === 0 ? all : this.#suite.download(buffer, all);
  }

  /** What was written that may not be. */
  trespasses(): string[] {
    const found: string[] = [];
    for (const slot of this.#slots) {
      if (slot.zone === 0 && slot.kept === null) continue;
      const all = this.#download(slot);
      const end = slot.zone + slot.bytes;
      const before = all.subarray(0, slot.zone).findLastIndex((byte) => byte !== ZONE_BYTE);
      if (before >= 0) {
        found.push(`wrote ${slot.zone - before} bytes before ${slot.name}`);
      }
      const after = all.subarray(end).findIndex((byte) => byte !== ZONE_BYTE);
      if (after >= 0) found.push(`wrote ${after} bytes behind the end of ${slot.name}`);
      if (slot.kept !== null && !sameBytes(all.subarray(slot.zone, end), slot.kept)) {
        found.push(`changed its input ${slot.name}`);
      }
    }
    return found;
  }

  free(): void {
    for (const { buffer } of this.#slots.splice(0)) this.#suite.free(buffer);
  }
}
