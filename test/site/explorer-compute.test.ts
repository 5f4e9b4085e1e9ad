import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { numberText } from '@beamline/figures';
import { loadWasmScheduler } from '@beamline/scheduler';
import { type PartialScenario, parseScenario, runJson, simulate } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { buildCatalogue } from '../../apps/site/src/explorer/build-catalogue.ts';
import { type ComputePorts, Computer } from '../../apps/site/src/explorer/compute.ts';
import { kindOfFile } from '../../apps/site/src/explorer/files.ts';
import { firstCurve } from '../../apps/site/src/explorer/first-curve.ts';
import {
  alongAxis,
  atMost,
  coarseToFine,
  quickOf,
  shapesOf,
} from '../../apps/site/src/explorer/plan.ts';
import type { Job, JobResult } from '../../apps/site/src/explorer/protocol.ts';
import { initialState } from '../../apps/site/src/explorer/state.ts';
import { CHUNK_BYTES, chunksOfFile } from '../../apps/site/src/explorer/trace-chunks.ts';

const wasm = fileURLToPath(
  new URL('../../packages/scheduler/dist/scheduler.wasm', import.meta.url),
);
const createScheduler = loadWasmScheduler(new WebAssembly.Module(readFileSync(wasm)));
const encoder = new TextEncoder();
const traces: Record<string, string> = {
  'small.jsonl':
    '{"arrivalSeconds":0,"inputTokens":100,"outputTokens":10}\n' +
    '{"arrivalSeconds":2,"inputTokens":300,"outputTokens":30}\n',
  'broken.csv': 'TIMESTAMP,ContextTokens,GeneratedTokens\n2024-01-01 00:00:00,x,4\n',
};
const ports: ComputePorts = {
  createScheduler,
  openTrace: (name) => [encoder.encode(traces[name] ?? '')],
  bytesOf: (name) => traces[name]?.length ?? 0,
};

async function answers(job: Job, computer = new Computer(ports)): Promise<JobResult[]> {
  const results: JobResult[] = [];
  await computer.do(
    job,
    (result) => results.push(result),
    () => {},
  );
  return results;
}

const scenarios: Record<string, PartialScenario> = {
  default: {},
  closed: { workload: { kind: 'closed-loop', concurrency: 24 } },
  adaptive: { speculation: { schedule: 'adaptive' }, slo: 'ttft_p95 < 500ms' },
  medusa: { speculation: { method: 'medusa', beams: 8, sampling: 'exact' } },
  runtime: {
    speculation: {
      placement: 'runtime',
      sampling: 'redrafter',
      prefixDedup: false,
      acceptance: 'code',
      draftLength: 6,
    },
  },
  none: { speculation: { method: 'none' } },
  trace: { workload: { kind: 'trace', trace: 'small.jsonl', requests: 40 } },
};

describe('a run of the explorer', () => {
  it.each(Object.keys(scenarios))('is what the simulator gives, byte for byte: %s', (name) => {
    const scenario = atMost(parseScenario(scenarios[name]!, name), 120);
    const computer = new Computer(ports);
    const expected = runJson(simulate(scenario, ports));
    expect(runJson(computer.run(scenario))).toBe(expected);
    // And again, when its baseline is known already.
    expect(runJson(computer.run(scenario))).toBe(expected);
  });

  it('shares one baseline between the shapes of a grid, and is the same for each', () => {
    const scenario = atMost(parseScenario({ workload: { ratePerSecond: 20 } }, 'grid'), 60);
    const computer = new Computer(ports);
    for (const shape of shapesOf(scenario).slice(0, 12)) {
      expect(runJson(computer.run(shape))).toBe(runJson(simulate(shape, ports)));
    }
  });

  it('gives bands of as many draws as asked, around the run itself', async () => {
    const scenario = atMost(parseScenario({}, 'bands'), 60);
    const [result] = await answers({ kind: 'runs', scenarios: [scenario], draws: 5 });
    if (result?.kind !== 'runs' || !result.point.ok) throw new Error('no run');
    expect(result.point.run.bands?.draws).toBe(5);
    const { bands: _, ...run } = result.point.run;
    expect(runJson(run)).toBe(runJson(simulate(scenario, ports)));
  });

  it('tells a model that does not fit as an answer', async () => {
    const scenario = parseScenario({ model: 'llama-3.1-405b' }, 'large');
    const [result] = await answers({ kind: 'runs', scenarios: [scenario], draws: 0 });
    if (result?.kind !== 'runs' || result.point.ok) throw new Error('it fits');
    expect(result.point.code).toBe('infeasible');
  });

  it('tells every reference that is unknown, beside its field', async () => {
    const scenario = parseScenario({ model: 'lama-3.1-8b', slo: 'ttft < 5' }, 'check');
    const [result] = await answers({ kind: 'check', scenario });
    if (result?.kind !== 'check') throw new Error('no check');
    expect(result.problems.map(({ path }) => path)).toEqual(['model', 'slo']);
  });

  it('finds a fleet, or the closest where none meets the level', async () => {
    const scenario = atMost(parseScenario({}, 'size'), 60);
    const question = {
      objective: 'gpus',
      gpus: null,
      tensorParallel: [1],
      maxGpus: 4,
    } as const;
    const [found] = await answers({ kind: 'size', scenario, slo: 'ttft_p95 < 60s', question });
    if (found?.kind !== 'size') throw new Error('no size');
    expect(found.size.best?.fleet?.gpus).toBe(1);
    const [missed] = await answers({ kind: 'size', scenario, slo: 'itl_mean < 1us', question });
    if (missed?.kind !== 'size') throw new Error('no size');
    expect(missed.size.best).toBeNull();
    expect(missed.size.closest?.why).toContain('itl_mean < 1us missed');
  });
});

describe('a dropped trace', () => {
  it('is summed up from its first requests', async () => {
    const [result] = await answers({ kind: 'trace', name: 'small.jsonl' });
    expect(result).toMatchObject({
      kind: 'trace',
      trace: {
        requests: 2,
        isWhole: true,
        spanSeconds: 2,
        meanInputTokens: 200,
        meanOutputTokens: 20,
      },
    });
  });

  it('that does not parse is told with its line', async () => {
    await expect(answers({ kind: 'trace', name: 'broken.csv' })).rejects.toThrow('broken.csv:2:');
  });

  it('is read slice by slice, and no further than asked', () => {
    const bytes = new Uint8Array(3 * CHUNK_BYTES + 5);
    const read: number[] = [];
    const file = new Blob([bytes]);
    const chunks = chunksOfFile(file, (slice) => {
      read.push(slice.size);
      return new ArrayBuffer(slice.size);
    });
    const iterator = chunks[Symbol.iterator]();
    iterator.next();
    expect(read).toEqual([CHUNK_BYTES]);
    expect(
      [...chunksOfFile(file, (slice) => new ArrayBuffer(slice.size))].map((c) => c.length),
    ).toEqual([CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 5]);
  });

  it('is told from a scenario and from what is neither', async () => {
    const kind = (name: string, content: BlobPart) => kindOfFile(new File([content], name));
    expect(await kind('a.csv', 'x,y\n1,2')).toBe('trace');
    expect(await kind('a.jsonl', '{"a":1}\n')).toBe('trace');
    expect(await kind('a.yaml', 'model: x')).toBe('text');
    expect(await kind('a.json', '{}')).toBe('text');
    expect(await kind('noname', 'workload:\n  kind: poisson')).toBe('text');
    expect(await kind('noname', '{"timestamp":1}\n{"timestamp":2}')).toBe('trace');
    expect(await kind('cat.png', new Uint8Array([137, 80, 78, 71, 0, 0]))).toBe('wrong');
    expect(await kind('a.csv.gz', new Uint8Array([0x1f, 0x8b, 8, 0]))).toBe('trace');
    expect(await kind('empty', '')).toBe('wrong');
  });
});

describe('an opened file', () => {
  it('is a scenario, a run or a sweep', async () => {
    const run = runJson(simulate(atMost(parseScenario({}, 'run'), 20), ports));
    const [opened] = await answers({ kind: 'open', name: 'run.json', text: run });
    expect(opened).toMatchObject({ kind: 'open', opened: { kind: 'run', runs: [run] } });
    const yaml = 'speculation: { beams: 8 }\n';
    const [scenario] = await answers({ kind: 'open', name: 'a.yaml', text: yaml });
    if (scenario?.kind !== 'open') throw new Error('not opened');
    expect(scenario.opened.scenarios[0]!.speculation.beams).toBe(8);
    const text = JSON.stringify({ version: 1, points: [{ index: 0, run: JSON.parse(run) }] });
    const [sweep] = await answers({ kind: 'open', name: 'sweep.json', text });
    expect(sweep).toMatchObject({ opened: { kind: 'sweep', runs: [run] } });
  });

  it.each([
    ['unknown.yaml', 'speculation: { beems: 8 }', 'Did you mean "beams"?'],
    ['twice.yaml', 'seed: 1\nseed: 2', 'twice.yaml:2:1'],
    ['empty.json', '{"points":[]}', 'without a finished point'],
    ['list.json', '[1,2]', 'must be an object'],
  ])('that is wrong says where: %s', async (name, text, message) => {
    await expect(answers({ kind: 'open', name, text })).rejects.toThrow(message);
  });
});

describe('the order of points', () => {
  it('holds every place once, both ends first', () => {
    for (let count = 1; count < 40; count++) {
      const order = coarseToFine(count);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      if (count > 1) expect(order.slice(0, 2)).toEqual([0, count - 1]);
    }
  });
});

describe('what the page is built with', () => {
  it('is a catalogue of names that a scenario takes', async () => {
    const { models, gpus, workloads, tasks, profiles } = buildCatalogue();
    for (const { id } of models.slice(0, 3)) {
      const [result] = await answers({ kind: 'check', scenario: parseScenario({ model: id }, id) });
      expect(result).toEqual({ kind: 'check', problems: [] });
    }
    for (const { id, price } of gpus) {
      const scenario = parseScenario({ hardware: { gpu: id } }, id);
      expect((await answers({ kind: 'check', scenario }))[0]).toMatchObject({ problems: [] });
      expect(price.low > 0 && price.high >= price.low).toBe(true);
    }
    expect([workloads.length > 0, tasks.length, Object.keys(profiles).length]).toEqual([
      true,
      4,
      11,
    ]);
  });

  it("is the first look that the page's own computer gives", async () => {
    const html = firstCurve('en');
    const rows = [...html.matchAll(/<tr><th scope="row">.*?<\/tr>/g)].map(([row]) => {
      return [...row.matchAll(/<td class="n">([^<]*)/g)].map(([, text]) => text);
    });
    const state = initialState();
    const computer = new Computer(ports);
    const expected = alongAxis(state, state.entries[0]!.scenario).map(
      (scenario) => computer.run(quickOf(scenario)).speedup!.itlMean,
    );
    expect(rows.map(([, speedup]) => speedup)).toEqual(expected.map((x) => numberText(x, 4)));
    expect(html).toContain('<svg');
  });
});
