import {
  caseOfSizes,
  checkListedCases,
  checkTimedCase,
  compareRecords,
  type Device,
  defaultSizes,
  type KernelRecord,
  type Peaks,
  parseRecords,
  perfCase,
  recordLine,
  referenceDevice,
  reportHtml,
  timesNaive,
  timingModes,
} from '@beamline/bench';
import type { Case, OperatorSuite, Tensors } from '@beamline/kernels/suites';
import { describe, expect, it } from 'vitest';
import { environment, suiteOf } from './support.ts';

/** Timing on a simulated GPU: the reference's results, and a clock whose times the test sets. */

const peaks: Peaks = {
  hardware: 'a GPU',
  bytesPerSecond: 1e12,
  flopPerSecond: 1e15,
  expPerSecond: 1e13,
  launchNs: 1000,
};
const twin = referenceDevice('twin');

interface Clock {
  /** Of one launch, by mode. */
  ms(isCold: boolean, asGraph: boolean): number;
  prepared: number;
  /** What the outputs are after timing; the right ones when absent. */
  after?: (right: Tensors) => Tensors;
}

function timedDevice(clock: Clock, wrong = false): Device {
  let calls = 0;
  const outputsOf = (suite: OperatorSuite, call: Case) => {
    const result = twin.run(suite, call, {
      variant: '',
      poison: 'nan',
      schedule: 'default',
      isChecked: false,
      asGraph: false,
    });
    return 'outputs' in result ? result.outputs : {};
  };
  return {
    ...twin,
    name: 'cuda',
    isFunctional: false,
    hasGraphs: true,
    facts: { title: 'NVIDIA Test', arch: 90, multiprocessors: 132, l2Bytes: 1 << 20 },
    variants: () => ['a', 'b'],
    run: (suite, call, options) => {
      const result = twin.run(suite, call, options);
      if (!wrong || !('outputs' in result)) return result;
      const [[name, tensor]] = Object.entries(result.outputs) as [[string, Tensors[string]]];
      const data = tensor.data.map((x) => x + 1);
      return { ...result, outputs: { ...result.outputs, [name]: { ...tensor, data } } };
    },
    prepare: (suite, call) => {
      clock.prepared++;
      const right = outputsOf(suite, call);
      let reads = 0;
      return {
        sampleMs: (launches, { isCold, asGraph }) => {
          calls++;
          return launches * clock.ms(isCold, asGraph) * (1 + (calls % 3) * 1e-4);
        },
        outputs: () => (reads++ === 0 || clock.after === undefined ? right : clock.after(right)),
        free: () => {},
      };
    },
  };
}

const suite = suiteOf('drafter_cell');
const call = caseOfSizes(suite, defaultSizes(true), { float: 'bf16' });
const options = { peaks, environment, modes: timingModes };

/** Bytes of the case at the peak rate, in ms. */
const bytesMs = () => {
  const work = suite.operator.cost(call.axes, call.dtypes);
  return (work.bytes / peaks.bytesPerSecond) * 1e3;
};

function timed(clock: Partial<Clock> & Pick<Clock, 'ms'>, wrong = false): Promise<KernelRecord[]> {
  const device = timedDevice({ prepared: 0, ...clock }, wrong);
  return perfCase(device, suite, call, 'a', options);
}

describe('perf', () => {
  it('times each way of launching, beside its floor', async () => {
    const records = await timed({
      ms: (isCold, asGraph) => (isCold ? 0.02 : 0.01) + (asGraph ? 0 : 0.004),
    });
    expect(records.map(({ timing }) => [timing!.caches, timing!.launch])).toEqual([
      ['cold', 'plain'],
      ['cold', 'graph'],
      ['warm', 'plain'],
      ['warm', 'graph'],
    ]);
    const [coldPlain, coldGraph, , warmGraph] = records;
    expect(coldPlain!.timing!.medianNs / 24000).toBeCloseTo(1, 2);
    expect(warmGraph!.timing!.medianNs / 10000).toBeCloseTo(1, 2);
    expect(coldGraph!.timing!.launchesPerSample).toBe(1);
    expect(warmGraph!.timing!.launchesPerSample).toBeGreaterThan(10);
    for (const record of records) {
      expect(record).toMatchObject({ status: 'passed', isFunctional: false, mode: 'perf' });
      expect(record.timing!.isSettled).toBe(true);
      expect(record.floor!.ns).toBeCloseTo(1000 + bytesMs() * 1e6, 6);
      expect(record.share).toBeCloseTo(record.floor!.ns / record.timing!.medianNs, 9);
      expect(record.share).toBeLessThan(1);
    }
  });

  it('never times a kernel that is wrong', async () => {
    const clock: Clock = { ms: () => 1, prepared: 0 };
    const device = timedDevice(clock, true);
    const records = await perfCase(device, suite, call, 'a', options);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ status: 'wrong-value', timing: null, share: null });
    expect(records[0]!.message).toContain(suite.cases()[0]!.id);
    expect(clock.prepared).toBe(0);
    expect((await checkListedCases(device, suite, 'a')).status).toBe('wrong-value');
    expect((await checkTimedCase(device, suite, call, 'a')).status).toBe('wrong-value');
  });

  it('calls a time below the floor an error, unless the bytes may lie in the cache', async () => {
    const records = await timed({ ms: () => bytesMs() * 0.5 });
    const status = records.map((record) => [record.timing!.caches, record.status]);
    expect(status).toEqual([
      ['cold', 'below-floor'],
      ['cold', 'below-floor'],
      ['warm', 'passed'],
      ['warm', 'passed'],
    ]);
    expect(records[0]!.message).toContain('below the');
  });

  it('looks at the outputs again after timing', async () => {
    const after = (right: Tensors): Tensors => {
      const [[name, tensor]] = Object.entries(right) as [[string, Tensors[string]]];
      return { ...right, [name]: { ...tensor, data: tensor.data.map((x) => x + 1) } };
    };
    const records = await timed({ ms: () => 1, after });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ status: 'nondeterministic', timing: null });
  });

  it('stops at its limits when the noise stays', async () => {
    let n = 0;
    const [record] = await timed({ ms: () => 1 + (n++ % 2) });
    expect(record!.timing!.isSettled).toBe(false);
    expect(record!.timing!.samples).toBeLessThanOrEqual(3000);
    expect(record!.timing!.noise).toBeGreaterThan(0.01);
  });

  it('checks one request where the whole is too large for the reference', async () => {
    const large = suiteOf('tree_attention');
    const sizes = { ...defaultSizes(true), requests: 4, kvLength: 2048, queryHeads: 16 };
    const big = caseOfSizes(large, sizes, { float: 'bf16', kv: 'bf16' });
    expect(large.operator.cost(big.axes, big.dtypes).flop).toBeGreaterThan(1e9);
    let runs: string[] = [];
    const device: Device = {
      ...twin,
      run: (one, what, how) => {
        runs.push(what.id);
        return twin.run(one, what, how);
      },
    };
    const finding = await checkTimedCase(device, large, big, 'twin');
    expect(finding).toMatchObject({ status: 'passed', checks: ['one request', 'batch'] });
    expect(runs).toEqual([big.id, `${big.id}@0`]);
    runs = [];
  });
});

describe('comparing files', () => {
  const at = async (us: number, noise = 0.001): Promise<KernelRecord[]> => {
    const [record] = await timed({ ms: () => us / 1000 });
    return [{ ...record!, timing: { ...record!.timing!, noise } }];
  };

  it('pairs what is the same call, and says which is faster', async () => {
    const verdict = (a: KernelRecord[], b: KernelRecord[]) =>
      compareRecords(a, b).pairs.map(({ comparison }) => comparison.verdict);
    expect(verdict(await at(20), await at(10))).toEqual(['faster']);
    expect(verdict(await at(10), await at(20))).toEqual(['slower']);
    expect(verdict(await at(10), await at(10))).toEqual(['same']);
    expect(verdict(await at(10, 0.2), await at(11, 0.2))).toEqual(['unclear']);
  });

  it('pairs two variants where each side has one, and leaves out the rest', async () => {
    const b = (await at(10)).map((record) => ({ ...record, variant: 'b' }));
    expect(compareRecords(await at(20), b)).toMatchObject({
      alone: 0,
      pairs: [{ variants: ['a', 'b'] }],
    });
    const other = [
      ...(await at(10)),
      ...(await at(10)).map((record) => ({ ...record, case: 'drafter_cell/x' })),
    ];
    expect(compareRecords(await at(20), other)).toMatchObject({ alone: 1, pairs: [{}] });
    const wrong = (await at(5)).map((record) => ({ ...record, status: 'below-floor' as const }));
    expect(compareRecords(await at(20), wrong).pairs).toEqual([]);
  });
});

describe('records', async () => {
  const records = await timed({ ms: () => 0.1 });

  it('stand beside the fastest naive one of their case and way of launching', () => {
    const [first, second] = records as [KernelRecord, KernelRecord];
    const as = (record: KernelRecord, variant: string, medianNs: number): KernelRecord => ({
      ...record,
      variant,
      timing: { ...record.timing!, medianNs },
    });
    const fast = as(first, 'wide', 20);
    const slow = as(first, 'naiver', 90);
    const alone = as(second, 'wide', 20);
    const elsewhere = { ...fast, device: 'simt' as const };
    const naive = [as(first, 'naive', 60), as(first, 'naive_f16', 45)];
    const untimed: KernelRecord = { ...first, variant: 'naive_portable', timing: null };
    const list = [fast, slow, alone, elsewhere, ...naive, untimed];
    const times = timesNaive(list);
    expect(times).toEqual(
      new Map([
        [fast, 2.25],
        [slow, 0.5],
      ]),
    );
    expect(timesNaive([fast, alone, untimed]).size).toBe(0);
    expect(reportHtml(list)).toContain('<td class="number">2.25</td>');
  });

  it('are lines that read back as they were', () => {
    const text = records.map(recordLine).join('');
    expect(parseRecords(text, 'x')).toEqual(JSON.parse(JSON.stringify(records)));
  });

  it('make a page that needs nothing else and says what failed', () => {
    const bad: KernelRecord = {
      ...records[0]!,
      timing: null,
      status: 'fault',
      message: 'race <b>at</b> "a.cuh:3"',
    };
    const html = reportHtml([...records, bad]);
    expect(html).toContain('1 of 5 failed');
    expect(html).toContain('race &lt;b&gt;at&lt;/b&gt; &quot;a.cuh:3&quot;');
    expect(html).toContain('cold, graph');
    expect(html).not.toMatch(/<script|https?:|<link|<img/);
    expect(reportHtml(records)).toContain('4 results, none failed');
  });
});
