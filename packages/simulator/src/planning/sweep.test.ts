import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntheticRun } from '../../test/support/synthetic-run.ts';
import { infeasibleError, inputError } from '../base/errors.ts';
import type { Run } from '../run.ts';
import { expandGrid } from './grid.ts';
import type { JournalPort } from './journal.ts';
import { scenarioKey } from './scenario-key.ts';
import { type SweepPoint, type SweepProgress, sweep } from './sweep.ts';

/** A journal in memory that can be cut anywhere, as a killed process would leave it. */
class MemoryJournal implements JournalPort {
  readonly name = 'sweep.jsonl';
  text: string | null;

  constructor(text: string | null = null) {
    this.text = text;
  }

  read(): string | null {
    return this.text;
  }

  replace(text: string): void {
    this.text = text;
  }

  append(text: string): void {
    this.text = (this.text ?? '') + text;
  }
}

const points = expandGrid({}, ['speculation.beams=1,2,3', 'workload.ratePerSecond=1:8:pow2']);

/** A result that depends on the scenario alone, with a value that JSON writes otherwise (NaN). */
function pureRun(point: SweepPoint): Run {
  const { speculation, workload } = point.scenario;
  if (speculation.beams === 2 && workload.ratePerSecond === 4) {
    throw infeasibleError('does not fit in memory ☃');
  }
  return syntheticRun(point.scenario, {
    outputTokensPerSecond: speculation.beams * workload.ratePerSecond + 0.1,
    tokensPerStep: Number.NaN,
  });
}

/** Finishes in an order of its own: each point after a number of turns drawn by `turns`. */
function inTurns(turns: (index: number) => number) {
  return async (point: SweepPoint): Promise<Run> => {
    for (let i = turns(point.index); i > 0; i--) await Promise.resolve();
    return pureRun(point);
  };
}

const expected = JSON.stringify(
  (await sweep(points, { run: async (point) => pureRun(point), jobs: 1 })).records,
);

describe('a sweep', () => {
  it('holds what each point gave, in the order of the points, infeasible ones as results', () => {
    const records = JSON.parse(expected);
    expect(records).toHaveLength(12);
    for (const [index, record] of records.entries()) {
      const settings = points[index]!.settings;
      const product =
        (settings['speculation.beams'] as number) * (settings['workload.ratePerSecond'] as number);
      expect(record.index).toBe(index);
      expect(record.settings).toEqual(settings);
      if (index === 6) expect(record.infeasible).toBe('does not fit in memory ☃');
      else expect(record.run.metrics.outputTokensPerSecond).toBe(product + 0.1);
    }
  });

  it('gives the same bytes for any number of jobs and any order of ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(30), { minLength: 12, maxLength: 12 }),
        async (jobs, turns) => {
          const run = inTurns((index) => turns[index]!);
          const { records } = await sweep(points, { run, jobs, journal: new MemoryJournal() });
          expect(JSON.stringify(records)).toBe(expected);
        },
      ),
    );
  });

  it('never runs more than `jobs` points at once, and uses all of them', async () => {
    for (const jobs of [1, 2, 5]) {
      let running = 0;
      let most = 0;
      const run = async (point: SweepPoint) => {
        most = Math.max(most, ++running);
        for (let i = 0; i < 5; i++) await Promise.resolve();
        running--;
        return syntheticRun(point.scenario);
      };
      await sweep(points, { run, jobs });
      expect(most).toBe(jobs);
    }
  });

  it('is valid without points', async () => {
    const result = await sweep([], { run: async (point) => pureRun(point), jobs: 4 });
    expect(result).toEqual({ records: [], interrupted: false, failed: 0, infeasible: 0 });
  });
});

describe('resumption (law: the same bytes as without an interruption)', () => {
  it('from every prefix of a journal, cut anywhere, also inside a line', async () => {
    const journal = new MemoryJournal();
    await sweep(points, { run: inTurns((i) => (i * 7) % 5), jobs: 3, journal });
    const whole = journal.text!;
    const lineEnds = [...whole].reduce((n, char) => n + (char === '\n' ? 1 : 0), 0);
    expect(lineEnds).toBe(13);
    const cut = fc.oneof(
      fc.nat(whole.length),
      fc.constantFrom(...[...whole.matchAll(/\n/g)].flatMap(({ index }) => [index, index + 1])),
    );
    await fc.assert(
      fc.asyncProperty(cut, fc.integer({ min: 1, max: 4 }), async (length, jobs) => {
        const left = new MemoryJournal(whole.slice(0, length));
        const kept = Math.max(0, whole.slice(0, length).split('\n').length - 2);
        let ran = 0;
        const run = async (point: SweepPoint) => {
          ran++;
          return pureRun(point);
        };
        const { records } = await sweep(points, { run, jobs, journal: left });
        expect(records).toEqual(JSON.parse(expected));
        expect(JSON.stringify(records)).toBe(expected);
        expect(ran).toBe(12 - kept);
        // What is left is a whole journal again: nothing runs a second time.
        const again = await sweep(points, { run, jobs, journal: left });
        expect(JSON.stringify(again.records)).toBe(expected);
        expect(ran).toBe(12 - kept);
      }),
      { numRuns: 200 },
    );
  });

  it('after an abort: nothing new starts, finished points are kept', async () => {
    const journal = new MemoryJournal();
    const controller = new AbortController();
    const started: number[] = [];
    const run = async (point: SweepPoint) => {
      started.push(point.index);
      if (point.index === 4) controller.abort();
      if (point.index >= 4) return new Promise<Run>(() => {});
      return pureRun(point);
    };
    const { signal } = controller;
    const result = await sweep(points, { run, jobs: 1, journal, signal });
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(result.interrupted).toBe(true);
    expect(result.records.slice(4)).toEqual(new Array(8).fill(null));
    const progress: SweepProgress[] = [];
    const rest = await sweep(points, {
      run: async (point) => pureRun(point),
      jobs: 2,
      journal,
      onProgress: (p) => progress.push(p),
    });
    expect(JSON.stringify(rest.records)).toBe(expected);
    expect(progress[0]).toEqual({ finished: 4, total: 12, resumed: 4 });
    expect(progress.at(-1)).toEqual({ finished: 12, total: 12, resumed: 4 });
  });

  it('uses points of a smaller grid, and only those with the same complete scenario', async () => {
    const journal = new MemoryJournal();
    const ran: number[] = [];
    const run = async (point: SweepPoint) => {
      ran.push(point.index);
      return pureRun(point);
    };
    await sweep(expandGrid({}, ['speculation.beams=1']), { run, jobs: 1, journal });
    await sweep(expandGrid({}, ['speculation.beams=1,3']), { run, jobs: 1, journal });
    await sweep(expandGrid({ seed: 2 }, ['speculation.beams=1']), { run, jobs: 1, journal });
    expect(ran).toEqual([0, 1, 0]);
  });
});

describe('what goes wrong', () => {
  it('refuses a journal that is not of this sweep and leaves it as it is', async () => {
    const run = async (point: SweepPoint) => pureRun(point);
    const mine = new MemoryJournal();
    await sweep(points, { run, jobs: 1, journal: mine, identity: 'version 1' });
    const cases: [string, string][] = [
      [mine.text!, 'another program, trace or setting'],
      ['hello\n', 'is not the journal of a sweep'],
      ['hello', 'is not the journal of a sweep'],
      [mine.text!.replace('version 1', 'version 2').replace('{"key"', '{"kez"'), 'sweep.jsonl:2'],
      [mine.text!.replace('version 1', 'version 2').replace(/\n.*\n/, '\n!!\n'), 'sweep.jsonl:2'],
    ];
    for (const [text, message] of cases) {
      const journal = new MemoryJournal(text);
      const attempt = sweep(points, { run, jobs: 1, journal, identity: 'version 2' });
      await expect(attempt).rejects.toThrow(message);
      expect(journal.text).toBe(text);
    }
  });

  it('runs a point again after a crash, once; then records it', async () => {
    const journal = new MemoryJournal();
    const attempts = new Map<number, number>();
    const run = async (point: SweepPoint) => {
      const attempt = (attempts.get(point.index) ?? 0) + 1;
      attempts.set(point.index, attempt);
      if (point.index === 1 && attempt === 1) throw new Error('worker exited with 137');
      if (point.index === 5 && attempt <= 2) throw new Error('worker exited with 139');
      return pureRun(point);
    };
    const result = await sweep(points, { run, jobs: 2, journal });
    expect(result.failed).toBe(1);
    expect(result.records[5]).toMatchObject({ index: 5, failed: 'worker exited with 139' });
    expect(result.records[1]).toHaveProperty('run');
    expect([...attempts.entries()].filter(([, n]) => n > 1)).toEqual([
      [1, 2],
      [5, 2],
    ]);
    const second = await sweep(points, { run, jobs: 2, journal });
    expect(JSON.stringify(second.records)).toBe(expected);
  });

  it('ends on wrong input and on a full disk, keeping what was done', async () => {
    const journal = new MemoryJournal();
    const run = async (point: SweepPoint) => {
      if (point.index === 3) throw inputError('trace.csv:7: is not a row');
      return pureRun(point);
    };
    await expect(sweep(points, { run, jobs: 1, journal })).rejects.toThrow('trace.csv:7');
    expect(journal.text!.split('\n')).toHaveLength(5);
    class FullDisk extends MemoryJournal {
      override append(): void {
        throw new Error('no space left on device');
      }
    }
    const full = sweep(points, {
      run: async (point) => pureRun(point),
      jobs: 2,
      journal: new FullDisk(),
    });
    await expect(full).rejects.toThrow('no space left');
  });

  it('reads an error that lost its class on the way from a worker', async () => {
    const run = async () => {
      throw Object.assign(new Error('too large'), { code: 'infeasible' });
    };
    const result = await sweep(points.slice(0, 1), { run, jobs: 1 });
    expect(result.records[0]).toMatchObject({ infeasible: 'too large' });
    expect(result.infeasible).toBe(1);
  });
});

describe('the key of a scenario', () => {
  it('is equal for equal scenarios and differs for all points of a large grid', () => {
    const grid = expandGrid({}, ['seed=1:400:lin400', 'workload.ratePerSecond=1:2:lin50']);
    const keys = new Set(grid.map((point) => scenarioKey(point.scenario)));
    expect(keys.size).toBe(20_000);
    expect(scenarioKey(expandGrid({}, ['seed=3'])[0]!.scenario)).toBe(
      scenarioKey(expandGrid({ seed: 3 }, [])[0]!.scenario),
    );
  });
});
