/**
 * A scheduler's state as plain objects, read from a snapshot's bytes (native/snapshot.cc writes the
 * same layout). Law checkers look at this, so they see what the core holds, not what it says.
 */
import { SchedulerError } from './errors.ts';
import { capacityPolicies, contextChunkings } from './options.ts';
import type { SchedulerOptions } from './scheduler.ts';

export type RequestPhase = 'waiting' | 'context' | 'generation';

export interface RequestState {
  readonly id: number;
  readonly phase: RequestPhase;
  /** Part of the pending step. */
  readonly planned: boolean;
  /** Leaves at the pending step's commit. */
  readonly cancelled: boolean;
  readonly retentionPriority: number;
  /** Order of arrival. */
  readonly sequence: number;
  readonly deadlineNs: number;
  readonly promptTokens: number;
  readonly maxNewTokens: number;
  readonly emitted: number;
  /** Emitted tokens that a pause moved into the context. */
  readonly folded: number;
  /** Context tokens that have KV. */
  readonly computed: number;
  /** Its KV blocks from first to last. */
  readonly blocks: readonly number[];
  readonly wantedDraft: number;
  readonly plannedTokens: number;
  /** Leading blocks that stand in the reuse tree. */
  readonly storedBlocks: number;
  /** Priority in steps of 1/1000. */
  readonly priorityLevel: number;
  readonly tokensPerHash: number;
  readonly hashes: readonly number[];
  /** In steps of 1/65535. */
  readonly survivals: readonly number[];
}

export interface BlockState {
  /** The block before it in the chain; in a free block the next free one; -1 for none. */
  readonly parent: number;
  readonly refs: number;
  readonly kids: number;
  readonly inTree: boolean;
  readonly retentionPriority: number;
  readonly key: bigint;
  /** Eviction order of cached blocks: lowest first. */
  readonly evictKey: bigint;
}

export interface SchedulerState {
  readonly options: Required<SchedulerOptions>;
  readonly nextSequence: number;
  readonly tokenLimit: number;
  readonly draftBudget: number | null;
  readonly pending: boolean;
  /** Started requests, in list order. */
  readonly active: readonly RequestState[];
  /** Waiting requests, in list order. */
  readonly waiting: readonly RequestState[];
  /** Blocks that were ever used; the ones behind are free. */
  readonly blocks: readonly BlockState[];
  readonly freeList: readonly number[];
  readonly freeBlocks: number;
  readonly cachedBlocks: number;
  readonly usedBlocks: number;
}

class Bytes {
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }
  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }
  i32(): number {
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }
  u64(): bigint {
    this.at += 8;
    return this.view.getBigUint64(this.at - 8, true);
  }
  f64(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }
}

function readOptions(from: Bytes): Required<SchedulerOptions> {
  return {
    maxBatchSize: from.f64(),
    maxNumTokens: from.f64(),
    maxQueuedRequests: from.f64(),
    tokensPerBlock: from.f64(),
    kvBlocks: from.f64(),
    capacityPolicy: capacityPolicies[from.f64()]!,
    contextChunking: contextChunkings[from.f64()]!,
    chunkUnitTokens: from.f64(),
    blockReuse: from.f64() === 1,
    maxDraftTokens: from.f64(),
  };
}

type OpenRequest = RequestState & { tail: number; blockCount: number; blocks: number[] };

function readRequest(from: Bytes): OpenRequest {
  const id = from.u32();
  const flags = from.u32();
  const phases: RequestPhase[] = ['waiting', 'context', 'generation'];
  const head = {
    id,
    phase: phases[(flags & 0xff) - 1]!,
    planned: ((flags >> 8) & 1) === 1,
    cancelled: ((flags >> 16) & 1) === 1,
    retentionPriority: flags >>> 24,
    sequence: Number(from.u64()),
    deadlineNs: from.f64(),
    promptTokens: from.i32(),
    maxNewTokens: from.i32(),
    emitted: from.i32(),
    folded: from.i32(),
    computed: from.i32(),
    tail: from.i32(),
    blockCount: from.i32(),
    wantedDraft: from.i32(),
    plannedTokens: from.i32(),
    storedBlocks: from.i32(),
  };
  from.i32(); // prefixTail, implied by the chain
  const priorityLevel = from.i32();
  const tokensPerHash = from.i32();
  const hashCount = from.i32();
  const survivalCount = from.i32();
  const hashes = Array.from({ length: hashCount }, () => Number(from.u64()));
  const survivals = Array.from({ length: survivalCount }, () => from.u16());
  return { ...head, priorityLevel, tokensPerHash, hashes, survivals, blocks: [] };
}

function readBlock(from: Bytes): BlockState {
  const parent = from.i32();
  const refs = from.i32();
  const kids = from.i32();
  const flags = from.u32();
  return {
    parent,
    refs,
    kids,
    inTree: ((flags >> 8) & 1) === 1,
    retentionPriority: flags & 0xff,
    key: from.u64(),
    evictKey: from.u64(),
  };
}

/**
 * Reads what `Scheduler.snapshot` wrote. Trusts the bytes: `restore` is what examines strangers.
 */
export function readSnapshot(bytes: Uint8Array): SchedulerState {
  const from = new Bytes(bytes);
  if (from.u32() !== 0x4e534c42 || from.u32() !== 1) {
    throw new SchedulerError('These bytes are not a scheduler snapshot of this version.');
  }
  from.u64(); // size and checksum
  const options = readOptions(from);
  const nextSequence = Number(from.u64());
  from.u64(); // the eviction clock
  const tokenLimit = from.i32();
  const budget = from.i32();
  const pending = from.i32() === 1;
  const activeCount = from.u32();
  const waitingCount = from.i32();
  const active = Array.from({ length: activeCount }, () => readRequest(from));
  const waiting = Array.from({ length: waitingCount }, () => readRequest(from));
  const fresh = from.i32();
  const freeHead = from.i32();
  const blocks = Array.from({ length: fresh }, () => readBlock(from));
  const freeList: number[] = [];
  for (let i = freeHead; i >= 0 && freeList.length <= fresh; i = blocks[i]!.parent) {
    freeList.push(i);
  }
  for (const request of [...active, ...waiting]) {
    let i = request.tail;
    for (; i >= 0 && request.blocks.length <= fresh; i = blocks[i]!.parent) request.blocks.push(i);
    request.blocks.reverse();
  }
  return {
    options,
    nextSequence,
    tokenLimit,
    draftBudget: budget < 0 ? null : budget,
    pending,
    active,
    waiting,
    blocks,
    freeList,
    freeBlocks: options.kvBlocks - fresh + freeList.length,
    cachedBlocks: blocks.filter((b) => b.inTree && b.refs === 0).length,
    usedBlocks: blocks.filter((b) => b.refs > 0).length,
  };
}
