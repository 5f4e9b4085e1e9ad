/**
 * The suite of compiled kernels, as TypeScript sees it: a library (simt, simt-checked or cuda) is
 * opened by path, holds operators with variants, and runs them on device buffers. The only caller
 * of the addon in lib/addon; checks what it hands over (law: a wrong call is refused by name, and
 * never reaches a kernel).
 *
 * Example:
 *   const suite = openSuite(suitePath('simt'));
 *   const lengths = suite.tensorOf('i32', [2], Int32Array.of(7, 9));
 *   const offsets = suite.tensor('i32', [3]);
 *   suite.call('scan_lengths', '', [lengths], [offsets, suite.tensor('i32', []), …]);
 *   suite.read(offsets, new Int32Array(3));   // 0, 7, 16
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bytesPerElement, type Dtype } from './record.ts';

/** What stands in bl_status of lib/cuda/call.h. */
export const statusNames = [
  'ok',
  'invalid',
  'unknown',
  'unsupported',
  'no workspace',
  'no device',
  'launch failed',
  'faulted',
  'no memory',
] as const;
export type Status = (typeof statusNames)[number];

/** A call that was refused or ended by a fault; `message` says which, with file and line. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
  readonly status: Status;
  constructor(status: Status, message: string) {
    super(message);
    this.status = status;
  }
}

export const scheduleNames = ['round-robin', 'reversed', 'random', 'one-ahead'] as const;
/** The order in which the simt device runs threads, warps and blocks. */
export type Schedule = (typeof scheduleNames)[number];

export type SuiteKind = 'simt' | 'simt-checked' | 'cuda';

const libraryNames: Readonly<Record<SuiteKind, string>> = {
  simt: 'libbeamline_simt.so',
  'simt-checked': 'libbeamline_simt_checked.so',
  cuda: 'libbeamline_cuda.so',
};

/** Where `npm run suite` puts a library. */
export function suitePath(kind: SuiteKind): string {
  return fileURLToPath(new URL(`build/${libraryNames[kind]}`, import.meta.url));
}

/** Memory of the device. `address` is 0 for an empty buffer and after `free`. */
export interface DeviceBuffer {
  readonly address: number;
  readonly bytes: number;
}

/** A dense row-major tensor in device memory. `address` may be inside a buffer. */
export interface DeviceTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly address: number;
}

export interface SuiteOperator {
  readonly name: string;
  /** Names that force a variant; '' leaves the choice to the heuristic. */
  readonly variants: readonly string[];
}

export interface CallOptions {
  readonly attributes?: readonly number[];
  /** Absent: the suite keeps one that grows, and fills it with NaN before the call. */
  readonly workspace?: DeviceBuffer;
  /** 0: the default stream. */
  readonly stream?: number;
}

/** A captured sequence of calls: replayed, it reads what its buffers hold then. */
export interface SuiteGraph {
  replay(stream?: number): void;
  free(): void;
}

/** The properties in bl_device_property, in order; 0 where the device has no such value. */
export interface SuiteDevice {
  readonly name: string;
  readonly architecture: number;
  readonly multiprocessors: number;
  readonly l2Bytes: number;
  readonly memoryBytes: number;
  readonly clockKhz: number;
  readonly memoryClockKhz: number;
  readonly memoryBusBits: number;
  readonly sharedBytes: number;
}

type Bytes = ArrayBufferView<ArrayBufferLike>;

/** The addon's functions; statuses are numbers, addresses too. */
interface Library {
  kind(): string;
  operators(): SuiteOperator[];
  lastFault(): string;
  deviceCount(): number;
  deviceName(device: number): string;
  deviceValue(device: number, property: number): number;
  schedule(schedule: number, seed: number): number;
  residentBlocks(blocks: number): number;
  alloc(bytes: number): number;
  free(address: number): number;
  upload(address: number, from: Bytes): number;
  download(address: number, into: Bytes): number;
  copy(to: number, from: number, bytes: number, stream: number): number;
  fill(address: number, byte: number, bytes: number, stream: number): number;
  call(...call: CallArguments): number;
  workspaceBytes(...call: CallArguments): number;
  streamCreate(): number;
  streamFree(stream: number): number;
  synchronize(stream: number): number;
  eventCreate(): number;
  eventFree(event: number): number;
  eventRecord(event: number, stream: number): number;
  eventMs(begin: number, end: number): number;
  graphBegin(stream: number): number;
  graphEnd(stream: number): number;
  graphReplay(graph: number, stream: number): number;
  graphFree(graph: number): number;
}

type CallArguments = [
  name: string,
  variant: string,
  inputs: Float64Array,
  outputs: Float64Array,
  attributes: Float64Array,
  workspace: number,
  workspaceBytes: number,
  stream: number,
];

const DTYPE_CODES: Readonly<Record<Dtype, number>> = {
  fp32: 0,
  fp16: 1,
  bf16: 2,
  fp8: 3,
  i32: 4,
  u32: 5,
};
const TENSOR_WORDS = 10;
const MAX_RANK = 6;
const NAN_BYTE = 0xff;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function tensorBytes(dtype: Dtype, shape: readonly number[]): number {
  return elementCount(shape) * bytesPerElement(dtype);
}

function encode(tensors: readonly DeviceTensor[]): Float64Array {
  const words = new Float64Array(tensors.length * TENSOR_WORDS);
  tensors.forEach(({ dtype, shape, address }, index) => {
    if (shape.length > MAX_RANK) {
      throw new SuiteError('invalid', `a tensor of rank ${shape.length}, at most ${MAX_RANK}`);
    }
    const at = index * TENSOR_WORDS;
    words[at] = address;
    words[at + 1] = DTYPE_CODES[dtype];
    words[at + 2] = shape.length;
    words.set(shape, at + 3);
  });
  return words;
}

/** One opened library. Not for several threads at once. */
export class Suite {
  readonly kind: SuiteKind;
  private readonly library: Library;
  private readonly variants: ReadonlyMap<string, readonly string[]>;
  private workspace: DeviceBuffer = { address: 0, bytes: 0 };

  constructor(library: Library) {
    this.library = library;
    this.kind = library.kind() as SuiteKind;
    this.variants = new Map(library.operators().map(({ name, variants }) => [name, variants]));
  }

  operators(): SuiteOperator[] {
    return this.library.operators();
  }

  /** GPUs that can be used; 1 for simt. With 0 nothing but `operators` may be asked. */
  deviceCount(): number {
    return this.library.deviceCount();
  }

  device(index = 0): SuiteDevice {
    const value = (property: number) => this.library.deviceValue(index, property);
    return {
      name: this.library.deviceName(index),
      architecture: value(0),
      multiprocessors: value(1),
      l2Bytes: value(2),
      memoryBytes: value(3),
      clockKhz: value(4),
      memoryClockKhz: value(5),
      memoryBusBits: value(6),
      sharedBytes: value(7),
    };
  }

  /** The last call's fault or refusal in words, '' when there was none yet. */
  lastFault(): string {
    return this.library.lastFault();
  }

  // ---- memory -----------------------------------------------------------------------------------

  alloc(bytes: number): DeviceBuffer {
    if (!Number.isInteger(bytes) || bytes < 0) {
      throw new SuiteError('invalid', `alloc of ${bytes} bytes; a whole number expected`);
    }
    if (bytes === 0) return { address: 0, bytes: 0 };
    if (this.deviceCount() === 0) throw new SuiteError('no device', `no ${this.kind} device here`);
    const address = this.library.alloc(bytes);
    if (address === 0) throw new SuiteError('no memory', `no ${bytes} bytes of device memory left`);
    return { address, bytes };
  }

  free(buffer: { readonly address: number }): void {
    if (buffer.address !== 0) this.library.free(buffer.address);
  }

  upload(buffer: { readonly address: number }, from: Bytes): void {
    this.check(this.library.upload(buffer.address, from));
  }

  /** Fills `into` from the buffer's start and returns it. Waits for the default stream. */
  download<T extends Bytes>(buffer: { readonly address: number }, into: T): T {
    this.check(this.library.download(buffer.address, into));
    return into;
  }

  copy(to: DeviceBuffer, from: DeviceBuffer, bytes: number, stream = 0): void {
    if (bytes > Math.min(to.bytes, from.bytes)) {
      throw new SuiteError('invalid', `copy of ${bytes} bytes; ${from.bytes} to ${to.bytes} given`);
    }
    this.check(this.library.copy(to.address, from.address, bytes, stream));
  }

  fill(buffer: DeviceBuffer, byte: number, stream = 0): void {
    this.check(this.library.fill(buffer.address, byte, buffer.bytes, stream));
  }

  /** A new tensor of NaN (floats) or −1 (indices). Free it with `free`. */
  tensor(dtype: Dtype, shape: readonly number[]): DeviceTensor {
    const buffer = this.alloc(tensorBytes(dtype, shape));
    if (buffer.bytes > 0) this.fill(buffer, NAN_BYTE);
    return { dtype, shape, address: buffer.address };
  }

  /** A new tensor that holds `values`, whose bytes are those of the dtype. */
  tensorOf(dtype: Dtype, shape: readonly number[], values: Bytes): DeviceTensor {
    const bytes = tensorBytes(dtype, shape);
    if (values.byteLength !== bytes) {
      throw new SuiteError(
        'invalid',
        `${dtype} [${shape.join(', ')}] takes ${bytes} bytes, ${values.byteLength} given`,
      );
    }
    const { address } = this.alloc(bytes);
    if (bytes > 0) this.upload({ address }, values);
    return { dtype, shape, address };
  }

  // ---- calls ------------------------------------------------------------------------------------

  /** Runs one operator; on a GPU it is only queued. Throws SuiteError. */
  call(
    name: string,
    variant: string,
    inputs: readonly DeviceTensor[],
    outputs: readonly DeviceTensor[],
    options: CallOptions = {},
  ): void {
    const call = this.arguments(name, variant, inputs, outputs, options);
    if (options.workspace === undefined) {
      const bytes = this.library.workspaceBytes(...call);
      if (bytes > 0) this.useOwnWorkspace(call, bytes);
    }
    this.check(this.library.call(...call));
  }

  /** Bytes of workspace that a call with these shapes needs. */
  workspaceBytes(
    name: string,
    variant: string,
    inputs: readonly DeviceTensor[],
    outputs: readonly DeviceTensor[],
    options: CallOptions = {},
  ): number {
    return this.library.workspaceBytes(...this.arguments(name, variant, inputs, outputs, options));
  }

  private arguments(
    name: string,
    variant: string,
    inputs: readonly DeviceTensor[],
    outputs: readonly DeviceTensor[],
    { attributes = [], workspace, stream = 0 }: CallOptions,
  ): CallArguments {
    const variants = this.variants.get(name);
    if (variants === undefined) {
      const known = [...this.variants.keys()].join(', ');
      throw new SuiteError('unknown', `no operator '${name}' in this library; it has: ${known}`);
    }
    if (variant !== '' && !variants.includes(variant)) {
      throw new SuiteError(
        'unknown',
        `${name} has no variant '${variant}'; it has: ${variants.join(', ')}`,
      );
    }
    return [
      name,
      variant,
      encode(inputs),
      encode(outputs),
      Float64Array.from(attributes),
      workspace?.address ?? 0,
      workspace?.bytes ?? 0,
      stream,
    ];
  }

  private useOwnWorkspace(call: CallArguments, bytes: number): void {
    if (this.workspace.bytes < bytes) {
      this.synchronize();
      this.free(this.workspace);
      this.workspace = this.alloc(bytes);
    }
    this.check(this.library.fill(this.workspace.address, NAN_BYTE, bytes, call[7]));
    call[5] = this.workspace.address;
    call[6] = bytes;
  }

  // ---- streams, time, graphs --------------------------------------------------------------------

  streamCreate(): number {
    return this.library.streamCreate();
  }

  streamFree(stream: number): void {
    this.library.streamFree(stream);
  }

  synchronize(stream = 0): void {
    this.check(this.library.synchronize(stream));
  }

  /** Milliseconds of the device between the first and the last thing that `body` queues. */
  timeMs(body: () => void, stream = 0): number {
    const begin = this.library.eventCreate();
    const end = this.library.eventCreate();
    try {
      this.check(this.library.eventRecord(begin, stream));
      body();
      this.check(this.library.eventRecord(end, stream));
      return this.library.eventMs(begin, end);
    } finally {
      this.library.eventFree(begin);
      this.library.eventFree(end);
    }
  }

  /** Records what `body` calls on `stream`, without running it. Give workspaces yourself. */
  capture(body: () => void, stream = 0): SuiteGraph {
    this.check(this.library.graphBegin(stream));
    let graph = 0;
    try {
      body();
    } finally {
      graph = this.library.graphEnd(stream);
    }
    if (graph === 0) throw new SuiteError('launch failed', this.lastFault());
    return {
      replay: (on = stream) => this.check(this.library.graphReplay(graph, on)),
      free: () => void this.library.graphFree(graph),
    };
  }

  // ---- simt -------------------------------------------------------------------------------------

  /** How the next launches are scheduled; a library for GPUs refuses. */
  schedule(schedule: Schedule, seed = 0): void {
    this.check(this.library.schedule(scheduleNames.indexOf(schedule), seed));
  }

  /** Blocks that run side by side, 1 to 64. */
  residentBlocks(blocks: number): void {
    this.check(this.library.residentBlocks(blocks));
  }

  private check(status: number): void {
    if (status !== 0) throw new SuiteError(statusNames[status] ?? 'faulted', this.lastFault());
  }
}

interface Addon {
  open(path: string): Library | string;
}

/** Where `npm run suite` puts the addon. */
export function addonPath(): string {
  return fileURLToPath(new URL('build/beamline_suite.node', import.meta.url));
}

/** Opens a suite library; throws SuiteError with what is missing. */
export function openSuite(path: string, addonFile: string = addonPath()): Suite {
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(addonFile) as Addon;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new SuiteError(
      'unknown',
      `The suite's addon is not built (${why}). ` +
        'Build it with "npm run suite -w @beamline/kernels".',
    );
  }
  const library = addon.open(path);
  if (typeof library === 'string') throw new SuiteError('unknown', `${path}: ${library}`);
  return new Suite(library);
}
