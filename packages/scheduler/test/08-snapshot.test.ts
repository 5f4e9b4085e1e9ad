/** A scheduler as bytes: restored, it continues with identical plans; strangers are refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Scheduler, SchedulerError } from '../src/index.ts';
import { backends, checked, create, smallOptions } from './support/backends.ts';
import { step } from './support/drive.ts';
import { arbitraryWorld, World } from './support/world.ts';

function busy(make = create): Scheduler {
  const scheduler = checked({ blockReuse: true, maxDraftTokens: 4, maxBatchSize: 4 }, make);
  const prefix = { hashes: [1, 2, 3], tokensPerHash: 10 };
  for (let id = 0; id < 5; id++) {
    scheduler.submit({ id, promptTokens: 15, maxNewTokens: 8, prefix, deadlineNs: 40 + id });
  }
  scheduler.setDraftBudget(5);
  step(scheduler);
  scheduler.setSurvival(0, Float32Array.of(0.9, 0.5, 0.1));
  step(scheduler, { nextDraft: () => 4 });
  return scheduler;
}

describe.each(backends)('snapshot ($kind)', ({ create: make }) => {
  test('restoring gives the same bytes, the same plan to commit, the same future', () => {
    const original = busy(make);
    const bytes = original.snapshot();
    const copy = checked(original.options, make);
    copy.submit({ id: 99, promptTokens: 9, maxNewTokens: 9 });
    copy.restore(bytes);
    expect(copy.snapshot()).toEqual(bytes);
    for (let now = 1; now < 30; now++) {
      const emit = { emitted: (id: number, t: number) => 1 + ((id + now) % t), nextDraft: () => 3 };
      expect(step(copy, emit, now)).toBe(step(original, emit, now));
      expect(copy.snapshot()).toEqual(original.snapshot());
    }
    original.free();
    copy.free();
  });

  test('any state of any random world survives the round trip', () => {
    fc.assert(
      fc.property(arbitraryWorld, ({ options, commands }) => {
        const world = new World(make(options));
        for (const command of commands) world.run(command);
        const bytes = world.scheduler.snapshot();
        const copy = make(options);
        copy.restore(bytes);
        expect(copy.snapshot()).toEqual(bytes);
        world.scheduler.free();
        copy.free();
      }),
      { numRuns: 150, seed: 8 },
    );
  });

  test('foreign, corrupt, truncated and differently configured bytes change nothing', () => {
    const scheduler = busy(make);
    const bytes = scheduler.snapshot();
    const refuse = (wrong: Uint8Array, message: string): void => {
      expect(() => scheduler.restore(wrong)).toThrow(SchedulerError);
      expect(() => scheduler.restore(wrong)).toThrow(message);
      expect(scheduler.snapshot()).toEqual(bytes);
    };
    refuse(new Uint8Array(0), 'not a scheduler snapshot');
    refuse(
      new TextEncoder().encode('{"version": 1, "scenario": {}}'.repeat(20)),
      'not a scheduler',
    );
    refuse(bytes.subarray(0, bytes.length - 1), 'corrupt');
    refuse(bytes.subarray(0, 40), 'not a scheduler snapshot');
    const nextVersion = bytes.slice();
    nextVersion[4]! += 1;
    refuse(nextVersion, 'of this version');
    const other = make({ ...smallOptions, kvBlocks: 11 });
    refuse(other.snapshot(), 'other options');
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes);
    refuse(longer, 'corrupt');
    other.free();
    scheduler.free();
  });

  test('bytes forged with a right checksum are refused or give a lawful state', () => {
    const scheduler = make({
      ...smallOptions,
      blockReuse: true,
      maxDraftTokens: 4,
      maxBatchSize: 4,
    });
    scheduler.restore(busy(make).snapshot());
    const bytes = scheduler.snapshot();
    let refused = 0;
    for (let at = 16 + 80; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const forged = bytes.slice();
        if (forged[at] === value) continue;
        forged[at] = value;
        new DataView(forged.buffer).setUint32(12, fnv1a(forged.subarray(16)), true);
        try {
          scheduler.restore(forged);
        } catch (error) {
          expect(error).toBeInstanceOf(SchedulerError);
          refused++;
          continue;
        }
        const world = new World(scheduler);
        for (let i = 0; i < 40; i++) world.step(i);
      }
    }
    expect(refused).toBeGreaterThan(100);
    scheduler.free();
  });
});

function fnv1a(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}
