/**
 * The checkers themselves: each notices its broken law. A lawful observation is taken from a
 * running scheduler, one thing in it is broken by hand, and the checker must object, naming the
 * law.
 */
import { describe, expect, test } from 'vitest';
import {
  allCheckers,
  BlockConservation,
  type Checker,
  LawBroken,
  Limits,
  NoStarvation,
  type Observation,
  Order,
  type PlanRecord,
  RequestConservation,
  recordOutcome,
  recordPlan,
  TokenConservation,
  WorkConserving,
} from '../src/checkers/index.ts';
import type { SchedulerOptions, SchedulerState } from '../src/index.ts';
import { create, smallOptions } from './support/backends.ts';
import { answer } from './support/drive.ts';

type Mutable<T> = T extends Uint8Array
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
type Planned = Observation & { event: Extract<Observation['event'], { kind: 'planned' }> };
type Committed = Observation & { event: Extract<Observation['event'], { kind: 'committed' }> };

const rich: SchedulerOptions = {
  ...smallOptions,
  maxBatchSize: 4,
  kvBlocks: 30,
  blockReuse: true,
  maxDraftTokens: 4,
};

/** A lawful history: two requests generate, a third waits for its first chunk. */
function history(options: SchedulerOptions = rich): { planned: Planned; committed: Committed } {
  const scheduler = create(options);
  const prefix = { hashes: [1, 2], tokensPerHash: 10 };
  scheduler.submit({ id: 0, promptTokens: 25, maxNewTokens: 20, prefix });
  scheduler.submit({ id: 1, promptTokens: 15, maxNewTokens: 20 });
  scheduler.next(0);
  answer(scheduler, { nextDraft: () => 4 });
  scheduler.commit();
  scheduler.submit({ id: 2, promptTokens: 30, maxNewTokens: 20, deadlineNs: 900 });
  const before = scheduler.inspect();
  scheduler.next(1);
  const plan = recordPlan(scheduler.plan);
  const after = scheduler.inspect();
  answer(scheduler, { emitted: () => 2, nextDraft: () => 1 });
  const entries = recordOutcome(plan, scheduler.outcome);
  scheduler.commit();
  const last = scheduler.inspect();
  scheduler.free();
  const checkedOptions = before.options;
  return structuredClone({
    planned: {
      options: checkedOptions,
      event: { kind: 'planned', plan, nowNs: 1 },
      before,
      after,
    },
    committed: {
      options: checkedOptions,
      event: { kind: 'committed', plan, entries },
      before: after,
      after: last,
    },
  });
}

const refuses = (checker: Checker, observation: Observation, message: RegExp): void => {
  expect(() => checker.check(observation)).toThrow(LawBroken);
  expect(() => checker.check(observation)).toThrow(message);
};

test('a lawful history pleases all of them', () => {
  const { planned, committed } = history();
  for (const checker of allCheckers()) {
    checker.check(planned);
    checker.check(committed);
  }
});

type Breakage = [
  string,
  () => Checker,
  RegExp,
  (planned: Mutable<Planned>, plan: Mutable<PlanRecord>) => void,
];

const find = <T extends { id: number }>(list: T[], id: number): T => list.find((r) => r.id === id)!;

const breakages: Breakage[] = [
  [
    'a request is lost',
    () => new RequestConservation(),
    /request 2 is missing/,
    (o) => {
      o.after.active = o.after.active.filter((r) => r.id !== 2);
    },
  ],
  [
    'a request lives twice',
    () => new RequestConservation(),
    /lives twice/,
    (o) => {
      o.after.waiting.push(o.after.active[0]!);
    },
  ],
  [
    'a request comes from nowhere',
    () => new RequestConservation(),
    /should not be among/,
    (o) => {
      o.after.waiting.push({ ...o.after.active[0]!, id: 77 });
    },
  ],
  [
    'one is expired before its time',
    () => new RequestConservation(),
    /request 2/,
    (_, plan) => {
      plan.expired.push(2);
    },
  ],
  [
    'the plan counts wrongly',
    () => new RequestConservation(),
    /the plan counts/,
    (_, plan) => {
      plan.sums.queuedRequests += 1;
    },
  ],
  [
    'a block is lost',
    () => new BlockConservation(),
    /are not 30/,
    (o) => {
      o.after.freeBlocks -= 1;
    },
  ],
  [
    'a block is free twice',
    () => new BlockConservation(),
    /free twice/,
    (o) => {
      o.after.freeList.push(0, 0);
    },
  ],
  [
    'a block in use is free',
    () => new BlockConservation(),
    /free block \d+ is in use/,
    (o) => {
      o.after.freeList.push(o.after.active[0]!.blocks[0]!);
    },
  ],
  [
    'a reference too many',
    () => new BlockConservation(),
    /references, but/,
    (o) => {
      o.after.blocks[o.after.active[0]!.blocks[0]!]!.refs += 1;
    },
  ],
  [
    'a chain too short',
    () => new BlockConservation(),
    /tokens in 1 blocks/,
    (o) => {
      const r = find(o.after.active, 1);
      o.after.blocks[r.blocks.at(-1)!]!.refs -= 1;
      r.blocks.splice(0, r.blocks.length - 1);
      o.after.blocks[r.blocks[0]!]!.refs += 1;
    },
  ],
  [
    'the plan miscounts blocks',
    () => new BlockConservation(),
    /used blocks/,
    (_, plan) => {
      plan.sums.blocksUsed += 1;
    },
  ],
  [
    'a waiting request holds blocks',
    () => new BlockConservation(),
    /waiting request 9/,
    (o) => {
      o.after.waiting.push({ ...o.after.active[0]!, id: 9, phase: 'waiting' });
    },
  ],
  [
    'a gap in a context',
    () => new TokenConservation(),
    /where 0 tokens are done/,
    (_, plan) => {
      plan.contexts[0]!.start = 10;
      plan.sums.contextKvTokensTotal += 10;
      plan.sums.contextPairsTotal += 300;
    },
  ],
  [
    'a last chunk that is not',
    () => new TokenConservation(),
    /last true/,
    (_, plan) => {
      plan.contexts[0]!.tokens -= 1;
      plan.sums.contextTokensTotal -= 1;
      plan.sums.contextKvTokensTotal -= 1;
      plan.sums.contextPairsTotal -= 30;
    },
  ],
  [
    'a wrong KV length',
    () => new TokenConservation(),
    /it has 25/,
    (_, plan) => {
      plan.generations[0]!.kvTokens += 1;
      plan.sums.generationKvTokensTotal += 1;
    },
  ],
  [
    'more drafts than asked for',
    () => new TokenConservation(),
    /5 drafts, most is 4/,
    (_, plan) => {
      plan.generations[0]!.tokens += 1;
      plan.sums.generationTokensTotal += 1;
    },
  ],
  [
    'a wrong sum',
    () => new TokenConservation(),
    /contextPairsTotal/,
    (_, plan) => {
      plan.sums.contextPairsTotal += 1;
    },
  ],
  [
    'planning emits a token',
    () => new TokenConservation(),
    /planning changed/,
    (o) => {
      find(o.after.active, 0).emitted += 1;
    },
  ],
  [
    'the list is out of order',
    () => new Order(),
    /stands behind/,
    (o) => {
      o.after.active.reverse();
    },
  ],
  [
    'the plan is out of order',
    () => new Order(),
    /not in list order/,
    (_, plan) => {
      plan.generations.reverse();
    },
  ],
  [
    'a child outlives its parent',
    () => new Order(),
    /outlived its parent/,
    (o) => {
      o.after.blocks[o.after.active[0]!.blocks[0]!]!.inTree = false;
    },
  ],
  [
    'one content stands twice in the tree',
    () => new Order(),
    /doubles/,
    (o) => {
      const first = o.after.blocks[o.after.active[0]!.blocks[0]!]!;
      Object.assign(o.after.blocks[find(o.after.active, 1).blocks[0]!]!, first);
    },
  ],
  [
    'a draft block in the tree',
    () => new Order(),
    /is in the reuse tree/,
    (o) => {
      const r = find(o.after.active, 0);
      const last = o.after.blocks[r.blocks.at(-1)!]!;
      last.inTree = true;
      last.key = 5n;
      o.after.blocks[last.parent]!.kids += 1;
    },
  ],
  [
    'kids miscounted',
    () => new Order(),
    /counts 7/,
    (o) => {
      o.after.blocks[o.after.active[0]!.blocks[0]!]!.kids = 7;
    },
  ],
  [
    'an overtaken request',
    () => new Order(),
    /began before 9/,
    (o) => {
      const earlier = { ...find(o.before.waiting, 2), id: 9, sequence: 1.5 };
      o.before.waiting.unshift(earlier);
      o.after.waiting.unshift(earlier);
    },
  ],
  [
    'the wrong victim',
    () => new Order(),
    /while 1 behind it kept running/,
    (_, plan) => {
      plan.paused.push(0);
      plan.generations = plan.generations.filter((g) => g.id !== 0);
    },
  ],
  [
    'an empty plan with work to do',
    () => new WorkConserving(),
    /an empty plan/,
    (_, plan) => {
      plan.contexts = [];
      plan.generations = [];
    },
  ],
  [
    'room not used',
    () => new WorkConserving(),
    /request 2 waits though/,
    (o, plan) => {
      const r = find(o.after.active, 2);
      o.after.active = o.after.active.filter((other) => other !== r);
      o.after.waiting.push({ ...r, phase: 'waiting', blocks: [], computed: 0 });
      plan.contexts = [];
      plan.sums.contextTokensTotal = 0;
    },
  ],
  [
    'too many requests',
    () => new Limits(),
    /3 requests in one step/,
    (o) => {
      o.options.maxBatchSize = 2;
    },
  ],
  [
    'too many tokens',
    () => new Limits(),
    /40 tokens in one step; the limit is 39/,
    (o) => {
      o.after.tokenLimit = 39;
    },
  ],
  [
    'over the draft budget',
    () => new Limits(),
    /8 drafts; the budget is 7/,
    (o) => {
      o.after.draftBudget = 7;
    },
  ],
  [
    'too many drafts for one',
    () => new Limits(),
    /gets 5 tokens/,
    (o) => {
      o.options.maxDraftTokens = 3;
    },
  ],
  [
    'an inner chunk of no whole unit',
    () => new Limits(),
    /inner chunk of request 2/,
    (_, plan) => {
      plan.contexts[0]!.isLast = false;
      plan.contexts[0]!.tokens = 7;
    },
  ],
  [
    'a pause without eviction',
    () => new Limits(),
    /paused request 1/,
    (_, plan) => {
      plan.paused.push(1);
    },
  ],
  [
    'a static batch that takes in',
    () => new Limits(),
    /joined a static batch/,
    (o) => {
      o.options.capacityPolicy = 'static-batch';
    },
  ],
];

test.each(breakages)('noticed in a plan: %s', (_name, checker, message, damage) => {
  const planned = history().planned as Mutable<Planned>;
  damage(planned, planned.event.plan);
  refuses(checker(), planned as unknown as Planned, message);
});

type CommitBreakage = [string, () => Checker, RegExp, (committed: Mutable<Committed>) => void];

const commitBreakages: CommitBreakage[] = [
  [
    'a finished request lives on',
    () => new RequestConservation(),
    /should not be among/,
    (o) => {
      o.event.entries[0]!.finished = true;
    },
  ],
  [
    'drafts were not rewound',
    () => new BlockConservation(),
    /holds 4 blocks for 27 tokens/,
    (o) => {
      const r = find(o.after.active, 0);
      const spare = o.after.blocks.length;
      o.after.blocks[r.blocks.at(-1)!]!.refs = 1;
      o.after.blocks.push({
        ...o.after.blocks[r.blocks.at(-1)!]!,
        parent: r.blocks.at(-1)!,
        refs: 1,
      });
      r.blocks.push(spare);
      o.after.freeBlocks -= 1;
      o.after.usedBlocks += 1;
    },
  ],
  [
    'a token too many',
    () => new TokenConservation(),
    /has emitted 4 tokens; the commits sum to 3/,
    (o) => {
      find(o.after.active, 0).emitted += 1;
    },
  ],
  [
    'a chunk counted twice',
    () => new TokenConservation(),
    /context tokens computed/,
    (o) => {
      find(o.after.active, 2).computed += 30;
    },
  ],
  [
    'the wrong phase',
    () => new TokenConservation(),
    /is in context with 30 of 30/,
    (o) => {
      find(o.after.active, 2).phase = 'context';
    },
  ],
];

test.each(commitBreakages)('noticed in a commit: %s', (_name, checker, message, damage) => {
  const committed = history().committed as Mutable<Committed>;
  damage(committed);
  refuses(checker(), committed as unknown as Committed, message);
});

describe('noticed over time', () => {
  test('a full queue that accepts, and one with room that refuses', () => {
    const { planned } = history();
    const full = { ...planned, options: { ...planned.options, maxQueuedRequests: 1 } };
    const request = { id: 5, promptTokens: 1, maxNewTokens: 1 };
    const accepted = { ...full, event: { kind: 'submitted', request, accepted: true } as const };
    refuses(new Limits(), accepted, /a full queue took/);
    const refused = { ...planned, event: { kind: 'submitted', request, accepted: false } as const };
    refuses(new Limits(), refused, /with room refused/);
  });

  test('eviction of a later use before an earlier one', () => {
    const { planned } = history();
    const block = { parent: -1, refs: 0, kids: 0, retentionPriority: 35, inTree: true };
    const old = { ...block, key: 1n, evictKey: 10n };
    const young = { ...block, key: 2n, evictKey: 20n };
    const state = (blocks: SchedulerState['blocks']): SchedulerState => ({
      ...planned.after,
      active: [],
      waiting: [],
      blocks,
    });
    const gone = { ...young, inTree: false, refs: 1, key: 0n };
    const event = { kind: 'cancelled', id: 1, found: false } as const;
    const wrong = { ...planned, event, before: state([old, young]), after: state([old, gone]) };
    refuses(new Order(), wrong, /block 0 stayed/);
    const right = { ...planned, event, before: state([young, old]), after: state([young, gone]) };
    new Order().check(right);
  });

  test('a request at the front that is never served', () => {
    const { planned } = history();
    const checker = new NoStarvation();
    const starving = planned as Mutable<Planned>;
    find(starving.after.active, 0).planned = false;
    const work = [0, 1, 2].map((id) =>
      find(planned.after.active as Mutable<Planned>['after']['active'], id),
    );
    const patience = work.reduce(
      (sum, r) => sum + r.promptTokens - r.computed + r.maxNewTokens - r.emitted,
      0,
    );
    for (let i = 0; i <= patience; i++) checker.check(planned);
    refuses(checker, planned, /request 0 stands at the front and is not served/);
  });
});
