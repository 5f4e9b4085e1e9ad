import { operators } from '@beamline/kernels';
import { suites } from '@beamline/kernels/suites';
import { hardwareNames, hardwareOf } from '@beamline/simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peaksOfCeilings } from '../../../bench/src/devices/webgpu-ceilings.ts';
import { parseRecords } from '../../../bench/src/record.ts';
import { floorOf } from '../../../bench/src/roofline.ts';
import { defaultSizes as benchSizes, caseOfSizes } from '../../../bench/src/sized-case.ts';
import { expectLawful } from '../../test/picture-laws.ts';
import { viewOptions } from '../frame/index.ts';
import { siText } from './messages.ts';
import {
  axesOf,
  defaultSizes,
  gpuOfRecords,
  kernelRoofline,
  type RooflineRecord,
  type RooflineSizes,
} from './model.ts';
import { parseRooflineRecords } from './records.ts';
import { kernelRooflinePicture } from './view.ts';

const anySizes: fc.Arbitrary<Partial<RooflineSizes>> = fc.record({
  requests: fc.integer({ min: 1, max: 256 }),
  beams: fc.integer({ min: 1, max: 16 }),
  draftLength: fc.integer({ min: 1, max: 12 }),
  kvLength: fc.integer({ min: 0, max: 131072 }),
});

function record(part: Partial<RooflineRecord> = {}): RooflineRecord {
  return {
    operator: 'verify_greedy',
    case: 'verify_greedy/requests=8',
    variant: 'auto',
    deviceTitle: 'NVIDIA H200',
    status: 'passed',
    work: { bytes: 34_885_632, flop: 17_442_816, exps: 0, launches: 2 },
    timing: { medianNs: 14_000, noise: 0.01, caches: 'cold', launch: 'graph' },
    isFunctional: false,
    ...part,
  };
}

describe('laws of the model', () => {
  it('no floor lies above the roof: rate ≤ min(peak, intensity · bandwidth)', () => {
    fc.assert(
      fc.property(fc.constantFrom(...hardwareNames), anySizes, (gpu, sizes) => {
        const { points, peaks } = kernelRoofline({ gpu, sizes });
        expect(points).toHaveLength(operators.length);
        for (const { work, floorNs, intensity } of points) {
          const flopPerSecond = (work.flop / floorNs) * 1e9;
          const bytesPerSecond = (work.bytes / floorNs) * 1e9;
          const roof = Math.min(peaks.flopPerSecond, intensity * peaks.bytesPerSecond);
          expect(flopPerSecond).toBeLessThanOrEqual(roof * (1 + 1e-12));
          expect(bytesPerSecond).toBeLessThanOrEqual(peaks.bytesPerSecond * (1 + 1e-12));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is plain data that a worker can send', () => {
    const model = kernelRoofline();
    expect(structuredClone(model)).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});

describe('a roof that the device itself reached', () => {
  const rates = { copyBytesPerSecond: 4e11, multiplyFlopPerSecond: 9e12, launchNs: 3000 };
  const device = 'Example GPU';
  const ceilings = {
    device,
    bytesPerSecond: rates.copyBytesPerSecond,
    flopPerSecond: rates.multiplyFlopPerSecond,
    launchNs: rates.launchNs,
  };
  const mover = record({ work: { bytes: 1e6, flop: 0, exps: 0, launches: 1 } });

  it("takes the place of the data sheet's, with the bench's floors under it", () => {
    const records = [record({ deviceTitle: device }), { ...mover, deviceTitle: device }];
    const { gpu, points } = kernelRoofline({ records, ceilings });
    expect(gpu).toBe(device);
    const expected = records.map(({ work }) => floorOf(work, peaksOfCeilings(device, rates)).ns);
    expect(points.map(({ floorNs }) => floorNs)).toEqual(expected);
    expect(points[0]!.measured!.share).toBe(expected[0]! / 14_000);
  });

  it('says whose it is, and where nothing computes', () => {
    const model = kernelRoofline({ records: [mover], ceilings });
    expectLawful((options) => kernelRooflinePicture(model, { selected: null }, options));
    const { notes, svg } = kernelRooflinePicture(model, { selected: null }, viewOptions('k'));
    expect(notes.join('\n')).toContain(`what ${device} itself reached`);
    expect(notes.join('\n')).not.toMatch(/data sheet|bf16|inside a graph/);
    expect(svg).toContain('None of these');
  });
});

describe('its numbers are the operators’ and the bench’s', () => {
  const small = {
    ...benchSizes(true),
    rows: 8,
    treeLength: 0,
  };

  it('axes are those of the bench’s case of the same sizes', () => {
    const { rows: _, treeLength: __, ...sizes } = small;
    for (const suite of suites) {
      const { axes } = caseOfSizes(suite, small, { float: 'bf16', kv: 'bf16' });
      const own = axesOf(suite.operator, { ...defaultSizes, ...sizes });
      expect(axes, suite.operator.name).toMatchObject(own);
    }
  });

  it('work is the record’s own price, and the floor the bench’s', () => {
    const { points, peaks, gpu, sizes } = kernelRoofline({ gpu: 'h100-sxm' });
    const hardware = hardwareOf('h100-sxm');
    expect(peaks).toEqual({
      bytesPerSecond: hardware.memoryBytesPerSecond,
      flopPerSecond: hardware.bf16FlopPerSecond,
      expPerSecond: hardware.expPerSecond,
      launchNs: hardware.kernelNs,
    });
    points.forEach((point, i) => {
      const operator = operators[i]!;
      const work = operator.cost(axesOf(operator, sizes), { float: 'bf16', kv: 'bf16' });
      expect(point.work).toEqual(work);
      const floor = floorOf(work, { ...peaks, hardware: gpu });
      expect([point.floorNs, point.bound]).toEqual([floor.ns, floor.bound]);
    });
  });

  it('a step of one request: tree attention reads all its past once', () => {
    const sizes = { requests: 1, kvLength: 4096 };
    const point = kernelRoofline({ gpu: 'h200-sxm', sizes }).points.find(
      ({ operator }) => operator === 'tree_attention',
    )!;
    // 2 (keys and values) · 2 bytes · 8 heads · 128 · 4096 tokens = 16.8 MB, and 4.8 TB/s.
    expect(point.work.bytes).toBeGreaterThan(2 * 2 * 8 * 128 * 4096);
    expect(point.work.bytes).toBeLessThan(1.03 * 2 * 2 * 8 * 128 * 4096);
    expect(point.floorNs).toBeGreaterThan(3500);
  });
});

describe('records of the bench', () => {
  it('on a GPU are measured, on a CPU only floors', () => {
    const cpu = { case: 'kv_append/b1', isFunctional: true, deviceTitle: 'SIMT on a CPU' };
    const { points, devices } = kernelRoofline({ records: [record(), record(cpu)] });
    expect(devices).toEqual(['NVIDIA H200']);
    const [timed, floor] = points;
    expect(timed!.measured!.ns).toBe(14_000);
    expect(timed!.measured!.share).toBeCloseTo(timed!.floorNs / 14_000, 12);
    expect(floor!.measured).toBe(null);
    expect(floor!.functionalDevice).toBe('SIMT on a CPU');
  });

  it('that failed or repeat a case without a time are left out and counted', () => {
    const records = [
      record(),
      record({ status: 'wrong-value' }),
      record({ timing: null }),
      record({ timing: null, case: 'other' }),
      record({ timing: null, case: 'other', variant: 'simple' }),
      record({ case: 'other', variant: 'wide', isFunctional: true }),
    ];
    const { points, leftOut } = kernelRoofline({ records });
    expect(points.map((point) => point.case)).toEqual(['verify_greedy/requests=8', 'other']);
    expect(leftOut).toBe(4);
  });

  it('bring the roof of the GPU that they were timed on', () => {
    expect(kernelRoofline({ records: [record()] }).gpu).toContain('H200');
    const named = (deviceTitle: string) => gpuOfRecords([record({ deviceTitle })]);
    expect(named('NVIDIA H100 80GB HBM3')).toBe('h100-sxm');
    expect(named('NVIDIA H100 PCIe')).toBe('h100-pcie');
    expect(named('NVIDIA L40S')).toBe('l40s');
    expect(named('NVIDIA L4')).toBe('l4');
    expect(named('Tesla T4')).toBe(null);
  });

  it('are read as the bench reads them', () => {
    const line = JSON.stringify({
      version: 1,
      mode: 'perf',
      device: 'cuda',
      axes: {},
      ...record(),
      timing: { ...record().timing, leastNs: 1, greatestNs: 2 },
    });
    expect(parseRecords(line, 'x')[0]!.operator).toBe('verify_greedy');
    expect(parseRooflineRecords(`${line}\n\n${line}\n`, 'x')).toEqual([record(), record()]);
  });

  it.each([
    ['', /x: holds no record/],
    ['{', /x:1: is not JSON/],
    ['[1]', /x:1: a record must be an object/],
    ['{"version":2}', /records of version 1/],
    ['{"version":1,"operator":3}', /operator must be a text/],
  ])('with %s names the line', (text, problem) => {
    expect(() => parseRooflineRecords(text, 'x')).toThrow(problem);
  });

  it('of any text throw nothing but an error in words', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const line = JSON.stringify({ ...record(), version: 1, work: value, timing: value });
        try {
          parseRooflineRecords(line, 'x');
        } catch (error) {
          expect((error as Error).message).toMatch(/^x:1: /);
        }
      }),
    );
  });
});

describe('the picture', () => {
  const model = kernelRoofline();
  const draw = (of = model, width = 760, language: 'en' | 'ja' = 'en') =>
    kernelRooflinePicture(of, { selected: null }, viewOptions('k', { width, language }));

  it('says plainly that floors are no results', () => {
    const { title, notes, table } = draw();
    const count = (bound: string) => model.points.filter((point) => point.bound === bound).length;
    expect(title).toContain(`${count('memory')} by memory, ${count('launch')} by their launch`);
    expect(notes[0]).toContain('No measured time: these are floors');
    expect(table.rows.every((row) => row.at(-1) === 'modelled floor')).toBe(true);
    expect(table.columns.some(({ label }) => label.startsWith('measured'))).toBe(false);
  });

  it('a measured point is a full circle below its floor’s diamond', () => {
    const timed = kernelRoofline({ records: [record()] });
    const { svg, title } = draw(timed);
    expect(title).toBe(
      'One timed call on NVIDIA H200: verify_greedy comes closest, at 66 % of its limit',
    );
    const floor = /class="hollow" transform="translate\([\d.]+,([\d.]+)\)" d="M0,-6/.exec(svg)!;
    const mark = /data-key="time:record:0"[^>]*translate\([\d.]+,([\d.]+)\)"/.exec(svg)!;
    expect(Number(mark[1])).toBeGreaterThan(Number(floor[1]));
  });

  it('writes out the price of the chosen operator’s record', () => {
    const state = { selected: 'operator:tree_attention' };
    const { svg } = kernelRooflinePicture(model, state, viewOptions('k', { width: 1200 }));
    const words = [...svg.matchAll(/class="price">([^<]+)</g)].map((match) => match[1]).join(' ');
    expect(words).toMatch(
      /^tree_attention: 136 MB moved, 17.2 GFLOP, .*2 launches; floor 42.7 µs, memory binds\.$/,
    );
  });

  it('keeps the laws of every picture, at any width and in both languages', () => {
    const timed = kernelRoofline({ records: [record(), record({ timing: null, case: 'b' })] });
    const large = { requests: 512, beams: 16, draftLength: 12, kvLength: 131072 };
    const none = kernelRoofline({ records: [record({ status: 'nan' })] });
    for (const of of [model, timed, kernelRoofline({ gpu: 'l4', sizes: large }), none]) {
      for (const selected of [null, of.points[0]?.key ?? null]) {
        expectLawful((options) => kernelRooflinePicture(of, { selected }, options));
      }
    }
  });

  it('of failed records alone says what to do', () => {
    const none = kernelRoofline({ records: [record({ status: 'nan' })] });
    expect(draw(none).title).toContain('No record to draw');
  });
});

it.each([
  [0, '0 '],
  [999, '999 '],
  [999.6, '1 k'],
  [136_449_024, '136 M'],
  [9.89e14, '989 T'],
])('siText(%s) is %s', (value, text) => {
  expect(siText(value)).toBe(text);
});
