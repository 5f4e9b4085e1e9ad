import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compare } from '../lib/compare.ts';
import { scanLengthsSuite } from '../scan_lengths/suite.ts';
import { openSuite, type Suite, SuiteError, scheduleNames, suitePath } from '../suite.ts';
import { treeMaskSuite } from '../tree_mask/suite.ts';
import { uniformSuite } from '../uniform/suite.ts';
import { runCase } from './device-run.ts';

// 1. Every case of the smallest operators, every variant forced by name, on the plain build in
//    every schedule and on the checked build: the reference's values to the bit, the laws kept.
// 2. The library as an object: buffers, time, captured graphs that read what is there at replay.
// 3. What is wrong is refused by name, and the next call works.
// 4. A library for GPUs opens where there is none, and counts none.

const isBuilt = ['simt', 'simt-checked'].every((kind) => existsSync(suitePath(kind as 'simt')));
if (!isBuilt) console.log('skipped: suite, not built (npm run suite -w @beamline/kernels)');
const open = (kind: 'simt' | 'simt-checked') => (isBuilt ? openSuite(suitePath(kind)) : null);
const plain = open('simt');
const checked = open('simt-checked');

function variantsOf(suite: Suite, name: string): readonly string[] {
  return ['', ...suite.operators().find((operator) => operator.name === name)!.variants];
}

describe.skipIf(!isBuilt)('1. operators', () => {
  const operators = [scanLengthsSuite, treeMaskSuite, uniformSuite];
  it.each(operators)('$operator.name', (suite) => {
    for (const variant of variantsOf(plain!, suite.operator.name)) {
      for (const call of suite.cases()) {
        const check = (library: Suite, where: string) => {
          const outputs = runCase(library, suite, call, variant);
          const problems = [...compare(suite, call, outputs), ...suite.laws(call, outputs)];
          expect(problems, `${call.id} ${variant} ${where}`).toEqual([]);
        };
        for (const schedule of scheduleNames) {
          plain!.schedule(schedule, 5);
          check(plain!, schedule);
        }
        if ((call.axes['requests'] ?? 0) <= 2100) check(checked!, 'checked');
      }
    }
  });
});

describe.skipIf(!isBuilt)('2. the library', () => {
  it('counts one device, and knows its operators', () => {
    expect(plain!.deviceCount()).toBe(1);
    expect(plain!.kind).toBe('simt');
    expect(checked!.kind).toBe('simt-checked');
    expect(plain!.device().name).toMatch(/simt/);
    const names = plain!.operators().map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toContain('tree_mask');
  });

  it('a captured graph runs nothing when captured, and at replay reads what is there then', () => {
    const lengths = plain!.tensorOf('i32', [2], Int32Array.of(7, 9));
    const [offsets, total, max] = [[3], [], []].map((shape) => plain!.tensor('i32', shape));
    const graph = plain!.capture(() => {
      plain!.call('scan_lengths', 'narrow', [lengths], [offsets!, total!, max!]);
    });
    expect(plain!.download(offsets!, new Int32Array(3))).toEqual(Int32Array.of(-1, -1, -1));
    graph.replay();
    expect(plain!.download(offsets!, new Int32Array(3))).toEqual(Int32Array.of(0, 7, 16));
    plain!.upload(lengths, Int32Array.of(1, 2));
    graph.replay();
    expect(plain!.download(offsets!, new Int32Array(3))).toEqual(Int32Array.of(0, 1, 3));
    graph.free();
    for (const tensor of [lengths, offsets!, total!, max!]) plain!.free(tensor);
  });

  it('copies, fills and times', () => {
    const from = plain!.alloc(8);
    const to = plain!.alloc(8);
    plain!.upload(from, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    plain!.fill(to, 0xee);
    plain!.copy(to, from, 4);
    expect(plain!.download(to, new Uint8Array(8))).toEqual(
      Uint8Array.of(1, 2, 3, 4, 0xee, 0xee, 0xee, 0xee),
    );
    expect(plain!.timeMs(() => plain!.fill(to, 0))).toBeGreaterThanOrEqual(0);
    expect(plain!.alloc(0)).toEqual({ address: 0, bytes: 0 });
    plain!.free(from);
    plain!.free(to);
  });
});

describe.skipIf(!isBuilt)('3. refusals', () => {
  const refusal = (body: () => void): SuiteError => {
    try {
      body();
    } catch (error) {
      if (error instanceof SuiteError) return error;
      throw error;
    }
    throw new Error('not refused');
  };

  it('names what is there when an operator or variant is not', () => {
    const wrong = refusal(() => plain!.call('tree_masks', '', [], []));
    expect(wrong.status).toBe('unknown');
    expect(wrong.message).toMatch(/no operator 'tree_masks'.*tree_mask/);
    expect(refusal(() => plain!.call('tree_mask', 'wrap', [], [])).message).toMatch(/thread, warp/);
  });

  it('names the tensor whose shape or dtype is wrong', () => {
    const lengths = plain!.tensorOf('i32', [2], Int32Array.of(1, 2));
    const floats = plain!.tensor('fp32', [3]);
    const scalar = plain!.tensor('i32', []);
    const call = (offsets: typeof lengths) =>
      plain!.call('scan_lengths', '', [lengths], [offsets, scalar, scalar]);
    expect(refusal(() => call(lengths)).message).toBe('offsets: extent 2 on axis 0, expected 3');
    expect(refusal(() => call(floats)).message).toMatch(/^offsets: dtype/);
    expect(refusal(() => plain!.call('scan_lengths', '', [], [])).message).toMatch(/0 inputs/);
    expect(refusal(() => plain!.tensorOf('i32', [3], Int32Array.of(1))).status).toBe('invalid');
    for (const tensor of [lengths, floats, scalar]) plain!.free(tensor);
  });

  it('says why a library does not open', () => {
    expect(refusal(() => openSuite('/nowhere/libbeamline.so')).message).toMatch(/nowhere/);
    const addon = fileURLToPath(new URL('../build/beamline_suite.node', import.meta.url));
    expect(refusal(() => openSuite(addon)).message).toMatch(/no bl_abi_version/);
  });
});

const hasCuda = existsSync(suitePath('cuda'));
if (!hasCuda) console.log('skipped: the CUDA library, not built (it needs nvcc)');

describe.skipIf(!hasCuda)('4. the CUDA library', () => {
  it('opens with or without a GPU, and holds the same operators', () => {
    const cuda = openSuite(suitePath('cuda'));
    expect(cuda.kind).toBe('cuda');
    expect(cuda.deviceCount()).toBeGreaterThanOrEqual(0);
    const operators = cuda.operators();
    expect(operators.map(({ name }) => name)).toEqual(plain!.operators().map(({ name }) => name));
    // What only a GPU can run, such as wgmma, stands in its library alone.
    for (const [i, { name, variants }] of plain!.operators().entries()) {
      expect(operators[i]!.variants, name).toEqual(expect.arrayContaining([...variants]));
    }
    const refused = (() => {
      try {
        cuda.schedule('random', 1);
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(refused).toBeInstanceOf(SuiteError);
  });
});
