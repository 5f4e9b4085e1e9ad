/**
 * Every small case there is, exhaustively: all tiny configurations times all sets of up to three
 * requests from a small alphabet, each driven to its end under all laws. Then a model in forty
 * lines of TypeScript predicts every plan of the plain policy, so that the core is checked against
 * an independent statement of the rules, not only against laws.
 */
import { expect, test } from 'vitest';
import type { SchedulerOptions } from '../src/index.ts';
import { checked, create, smallOptions } from './support/backends.ts';
import { describePlan, runDry } from './support/drive.ts';
import { World } from './support/world.ts';

interface Shape {
  promptTokens: number;
  maxNewTokens: number;
  priority: number;
  family: number;
}

const alphabet: Shape[] = [];
for (const promptTokens of [1, 4, 5]) {
  for (const maxNewTokens of [1, 3]) {
    for (const [priority, family] of [
      [0.5, 0],
      [0.9, 1],
    ] as const) {
      alphabet.push({ promptTokens, maxNewTokens, priority, family });
    }
  }
}

function* sets(size: number): Generator<Shape[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const rest of sets(size - 1)) for (const shape of alphabet) yield [...rest, shape];
}

function* configurations(): Generator<SchedulerOptions> {
  for (const capacityPolicy of [
    'guaranteed-no-evict',
    'max-utilization',
    'static-batch',
  ] as const) {
    for (const contextChunking of ['off', 'first-come-first-served', 'equal-progress'] as const) {
      for (const maxBatchSize of [1, 2]) {
        for (const kvBlocks of [4, 5]) {
          for (const maxDraftTokens of [0, 2]) {
            yield {
              ...smallOptions,
              capacityPolicy,
              contextChunking,
              maxBatchSize,
              kvBlocks,
              maxDraftTokens,
              maxNumTokens: 5,
              tokensPerBlock: 2,
              blockReuse: true,
            };
          }
        }
      }
    }
  }
}

test('all tiny configurations with all sets of up to two requests, and a sample of threes', () => {
  let cases = 0;
  for (const options of configurations()) {
    for (const size of [1, 2, 3]) {
      let index = 0;
      for (const set of sets(size)) {
        // All ones and twos; of the 1728 threes, one in 61 per configuration, shifted each time.
        if (size === 3 && (index++ + cases) % 61 !== 0) continue;
        const scheduler = checked(options);
        const world = new World(scheduler);
        for (const shape of set) {
          const rest = { deadlineIn: 0, contextDraft: 0, retention: 35 };
          world.run({ kind: 'submit', ...shape, ...rest });
        }
        world.drain(200);
        expect(scheduler.inspect().usedBlocks).toBe(0);
        scheduler.free();
        cases++;
      }
    }
  }
  expect(cases).toBeGreaterThan(10_000);
});

/** First come first served, no chunking, no drafts, one priority: the rules in plain words. */
function predict(
  options: SchedulerOptions,
  requests: { prompt: number; output: number }[],
): string[] {
  const blocks = (tokens: number): number => Math.ceil(tokens / options.tokensPerBlock);
  const live = requests.map((r, id) => ({ id, ...r, emitted: 0 }));
  const steps: string[] = [];
  while (live.length > 0) {
    const generating = live.filter((r) => r.emitted > 0);
    let reserved = generating.reduce((sum, r) => sum + blocks(r.prompt + r.output), 0);
    let tokens = generating.length;
    const fresh: typeof live = [];
    for (const r of live.filter((other) => other.emitted === 0)) {
      const full = generating.length + fresh.length === options.maxBatchSize;
      const need = blocks(r.prompt + r.output);
      if (full || reserved + need > options.kvBlocks) break;
      if (tokens + r.prompt > options.maxNumTokens) break;
      reserved += need;
      tokens += r.prompt;
      fresh.push(r);
    }
    steps.push(
      [...fresh.map((r) => `c${r.id}[0,${r.prompt})!`), ...generating.map((r) => `g${r.id}`)].join(
        ' ',
      ),
    );
    for (const r of [...fresh, ...generating]) r.emitted += 1;
    for (let i = live.length - 1; i >= 0; i--) {
      if (live[i]!.emitted === live[i]!.output) live.splice(i, 1);
    }
  }
  return steps;
}

test('every plan of the plain policy is the one the rules predict, for all sets of four', () => {
  const shapes = [1, 3, 6].flatMap((prompt) => [1, 2, 4].map((output) => ({ prompt, output })));
  let cases = 0;
  for (const kvBlocks of [5, 8]) {
    const options: SchedulerOptions = {
      ...smallOptions,
      maxBatchSize: 3,
      maxNumTokens: 8,
      tokensPerBlock: 2,
      kvBlocks,
    };
    for (let code = 0; code < shapes.length ** 4; code++) {
      const set = [0, 1, 2, 3].map((i) => shapes[Math.floor(code / shapes.length ** i) % 9]!);
      const scheduler = create(options);
      set.forEach(({ prompt, output }, id) => {
        scheduler.submit({ id, promptTokens: prompt, maxNewTokens: output });
      });
      expect(runDry(scheduler)).toEqual(predict(options, set));
      expect(describePlan(scheduler)).toBe('');
      scheduler.free();
      cases++;
    }
  }
  expect(cases).toBe(2 * 9 ** 4);
});
