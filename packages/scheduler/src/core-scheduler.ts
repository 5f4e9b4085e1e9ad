/**
 * The Scheduler over a core, native or WebAssembly: checks arguments, leaves them on the board,
 * calls the core, turns a status into an error. It adds no scheduling of its own.
 */
import { BoardOutcome, BoardPlan, layOut, slot } from './board.ts';
import { SchedulerError } from './errors.ts';
import type { Core, CoreOnBoard } from './native.ts';
import { checkInteger, checkRequest, priorityLevels, show, survivalLevels } from './options.ts';
import type { RequestSubmission, Scheduler, SchedulerOptions } from './scheduler.ts';
import { readSnapshot, type SchedulerState } from './state.ts';

/** native/board.h, enum Status. */
const status = { ok: 0, queueFull: 1, duplicateId: 2, unknownId: 9 } as const;

export class CoreScheduler implements Scheduler {
  readonly kind: 'native' | 'wasm';
  readonly options: Readonly<Required<SchedulerOptions>>;
  readonly plan = new BoardPlan();
  readonly outcome = new BoardOutcome();
  private core: Core;
  private readonly where: CoreOnBoard['board'];
  private survivalScratch: Uint16Array = new Uint16Array(0);

  constructor(
    kind: 'native' | 'wasm',
    options: Readonly<Required<SchedulerOptions>>,
    made: CoreOnBoard,
  ) {
    this.kind = kind;
    this.options = options;
    this.core = made.core;
    this.where = made.board;
    this.takeBoard();
  }

  submit(request: RequestSubmission): boolean {
    checkRequest(request, this.options);
    const header = this.plan.header;
    const prefix = request.prefix;
    header[slot.id] = request.id;
    header[slot.promptTokens] = request.promptTokens;
    header[slot.maxNewTokens] = request.maxNewTokens;
    header[slot.priorityLevel] = Math.round((request.priority ?? 0.5) * priorityLevels);
    header[slot.deadline] = request.deadlineNs ?? Number.POSITIVE_INFINITY;
    header[slot.retention] = request.retentionPriority ?? 35;
    header[slot.tokensPerHash] = prefix?.tokensPerHash ?? 0;
    header[slot.hashCount] = prefix?.hashes.length ?? 0;
    header[slot.firstDraft] = request.contextDraftTokens ?? 0;
    let hashes: Float64Array | null = null;
    if (prefix !== undefined && prefix.hashes.length > 0) {
      hashes =
        prefix.hashes instanceof Float64Array ? prefix.hashes : Float64Array.from(prefix.hashes);
    }
    const result = this.core.submit(hashes);
    this.followMemory();
    if (result === status.ok) return true;
    if (result === status.queueFull) return false;
    throw new SchedulerError(`Request id ${request.id} is already in use by a live request.`);
  }

  cancel(id: number): boolean {
    this.plan.header[slot.id] = checkInteger('id', id, 0, 2 ** 32 - 1);
    return this.core.cancel() === status.ok;
  }

  next(nowNs: number): void {
    this.setNow(nowNs);
    this.core.next();
    this.settle();
  }

  commit(): void {
    this.core.commit();
    this.settle();
  }

  commitAndNext(nowNs: number): void {
    this.setNow(nowNs);
    this.core.commitAndNext();
    this.settle();
  }

  setDraftBudget(tokens: number | null): void {
    this.plan.header[slot.limit] =
      tokens === null ? -1 : checkInteger('The draft budget', tokens, 0, 2 ** 31 - 1);
    this.core.setDraftBudget();
  }

  setTokenLimit(tokens: number): void {
    const { maxDraftTokens, maxNumTokens, chunkUnitTokens } = this.options;
    const least = Math.max(1 + maxDraftTokens, chunkUnitTokens);
    this.plan.header[slot.limit] = checkInteger('The token limit', tokens, least, maxNumTokens);
    this.core.setTokenLimit();
  }

  setSurvival(id: number, survival: Float32Array): void {
    const count = Math.min(survival.length, this.options.maxDraftTokens);
    let last = 1;
    for (let i = 0; i < count; i++) {
      const value = survival[i]!;
      if (!(value >= 0 && value <= last)) {
        throw new SchedulerError(
          `Survivals must be from 0 to 1 and descend; survival[${i}] is ${value} after ${last}.`,
        );
      }
      last = value;
      this.survivalScratch[i] = Math.round(value * survivalLevels);
    }
    this.plan.header[slot.id] = checkInteger('id', id, 0, 2 ** 32 - 1);
    this.plan.header[slot.survivalCount] = count;
    const result = this.core.setSurvival();
    this.followMemory();
    if (result === status.unknownId) throw new SchedulerError(`No live request has the id ${id}.`);
  }

  snapshot(): Uint8Array {
    const bytes = this.core.snapshot();
    this.followMemory();
    return bytes;
  }

  restore(bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) {
      throw new SchedulerError(`A snapshot is a Uint8Array; got ${show(bytes)}.`);
    }
    const result = this.core.restore(bytes);
    this.followMemory();
    if (result !== status.ok) throw new SchedulerError(this.explain(result));
    this.readExpired();
  }

  inspect(): SchedulerState {
    return readSnapshot(this.snapshot());
  }

  /** The core's own check of all its structural laws. */
  verify(): boolean {
    return this.core.verify() === 1;
  }

  free(): void {
    this.core.free();
    this.core = freed;
  }

  private setNow(nowNs: number): void {
    if (!(nowNs >= 0)) {
      throw new SchedulerError(`nowNs is ${show(nowNs)}; it must be a number from 0 up.`);
    }
    this.plan.header[slot.now] = nowNs;
  }

  private settle(): void {
    this.followMemory();
    const { header } = this.plan;
    if (header[slot.status] !== status.ok) {
      throw new SchedulerError(this.explain(header[slot.status]!));
    }
    if (header[slot.expiredCount] > 0) this.readExpired();
  }

  private readExpired(): void {
    const count = this.plan.expiredCount;
    if (count > this.plan.expiredId.length) this.plan.expiredId = new Uint32Array(count * 2);
    this.core.expired(this.plan.expiredId.subarray(0, count));
  }

  /** A detached view has length 0: memory has grown and the views must be made anew. */
  private followMemory(): void {
    if (this.plan.header.length === 0) this.takeBoard();
  }

  private takeBoard(): void {
    const { buffer, offset } = this.where();
    const { maxBatchSize, maxDraftTokens } = this.options;
    const { plan, outcome } = this;
    this.survivalScratch = layOut(plan, outcome, buffer, offset, maxBatchSize, maxDraftTokens);
  }

  private explain(code: number): string {
    const { plan, outcome } = this;
    const index = plan.header[slot.detail]!;
    const bad = (field: keyof BoardOutcome, allowed: string, id: number | undefined): string =>
      `outcome.${field}[${index}] is ${outcome[field][index]} for request ${id}; ${allowed}. ` +
      'Nothing was committed.';
    const drafts = `allowed are 0 to maxDraftTokens ${this.options.maxDraftTokens}`;
    switch (code) {
      case 3:
        return 'A plan is pending: commit it before asking for the next.';
      case 4:
        return 'No plan is pending: ask for one with next before committing.';
      case 5:
        return bad('contextNextDraft', drafts, plan.contextId[index]);
      case 6:
        return bad(
          'contextEmitted',
          `allowed are 1 to 1 + ${plan.contextDraftTokens[index]} draft tokens`,
          plan.contextId[index],
        );
      case 7:
        return bad(
          'generationEmitted',
          `allowed are 1 to ${plan.generationTokens[index]}`,
          plan.generationId[index],
        );
      case 8:
        return bad('generationNextDraft', drafts, plan.generationId[index]);
      case 10:
        return 'These bytes are not a scheduler snapshot of this version; the state is unchanged.';
      case 11:
        return 'The snapshot is corrupt; the state is unchanged.';
      case 12:
        return 'The snapshot was made with other options; the state is unchanged.';
      default:
        return `The scheduler core answered with the unknown status ${code}.`;
    }
  }
}

function afterFree(): never {
  throw new SchedulerError('The scheduler has been freed.');
}

const freed: Core = {
  next: afterFree,
  commit: afterFree,
  commitAndNext: afterFree,
  submit: afterFree,
  cancel: afterFree,
  setDraftBudget: afterFree,
  setTokenLimit: afterFree,
  setSurvival: afterFree,
  expired: afterFree,
  snapshot: afterFree,
  restore: afterFree,
  verify: afterFree,
  free: () => {},
};
