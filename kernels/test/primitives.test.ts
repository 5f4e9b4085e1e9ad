import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { roundTo } from '../lib/float-formats.ts';
import type { Dtype } from '../record.ts';
import { openSuite, type Suite, scheduleNames } from '../suite.ts';
import { fromBytes, toBytes } from './device-run.ts';

// 1. Narrow floats: every fp16, bf16 and fp8 value there and back; rounding to nearest even.
// 2. Shuffles, votes, matches, warp reductions and scans against their definitions.
// 3. Scans, reductions, votes and atomics of a block.
// 4. ldmatrix and mma against plain loops over matrices.
// In every schedule, on the plain and on the checked build. The kernels: lib/simt/test.

const build = fileURLToPath(new URL('../build/', import.meta.url));
const paths = ['libbeamline_tests.so', 'libbeamline_tests_checked.so'].map((name) => build + name);
const isBuilt = paths.every((path) => existsSync(path));
if (!isBuilt) console.log('skipped: primitives, not built (npm run suite -w @beamline/kernels)');

/** Runs a probe with words in and `perIn` words out for each. */
function probe(suite: Suite, name: string, words: Uint32Array, out: number): Uint32Array {
  const input = suite.tensorOf('u32', [words.length], words);
  const output = suite.tensor('u32', [out]);
  try {
    suite.call(name, '', [input], [output]);
    return suite.download(output, new Uint32Array(out));
  } finally {
    suite.free(input);
    suite.free(output);
  }
}

function hash(i: number): number {
  let x = Math.imul(i + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca77);
  return (x ^ (x >>> 13)) >>> 0;
}

const libraries = isBuilt ? paths.map((path) => openSuite(path)) : [];

function inEverySchedule(body: (suite: Suite, where: string) => void): void {
  for (const suite of libraries) {
    for (const schedule of scheduleNames) {
      suite.schedule(schedule, 11);
      body(suite, `${suite.kind}, ${schedule}`);
    }
  }
}

describe.skipIf(!isBuilt)('1. narrow floats', () => {
  const view = new DataView(new ArrayBuffer(4));
  const bitsOf = (x: number) => {
    view.setFloat32(0, x);
    return view.getUint32(0);
  };
  const floatOf = (bits: number) => {
    view.setUint32(0, bits);
    return view.getFloat32(0);
  };

  it('every fp16, bf16 and fp8 value comes back, and ties go to even', () => {
    const values: number[] = [];
    const eight = fromBytes(
      'fp8',
      [256],
      Uint8Array.from({ length: 256 }, (_, i) => i),
    ).data;
    const half = fromBytes(
      'fp16',
      [65536],
      Uint16Array.from({ length: 65536 }, (_, i) => i),
    ).data;
    for (const x of [...eight, ...half]) if (!Number.isNaN(x)) values.push(x);
    // Between neighbours of each format, at the tie and just off it; the ends of every range.
    for (let i = 0; i < 40000; i++) values.push(floatOf(hash(i)));
    for (let i = 0; i < 20000; i++) values.push(floatOf(hash(i) & 0xffff8000));
    for (let i = 0; i < 20000; i++) values.push(floatOf((hash(i) & 0x8ffff000) | 0x30000000));
    for (let i = 1; i < 256; i++) values.push((i * 2 + 1) / 2 / 512, (i + 0.5) / 16777216);
    values.push(448, 463.9, 464, 465, 1e9, -1e9, 65504, 65519.99, 65520, -65520, 3.4e38);
    const finite = values.filter((x) => !Number.isNaN(x)).map(Math.fround);
    const out = probe(
      libraries[0]!,
      'probe_convert',
      Uint32Array.from(finite, bitsOf),
      5 * finite.length,
    );
    const wrong: string[] = [];
    finite.forEach((x, i) => {
      const [packed, tiny, bf16, f16, f8] = out.subarray(5 * i, 5 * i + 5);
      // A value that rounds to nothing keeps its sign.
      const rounded = (dtype: Dtype) => roundTo(dtype, x) || (x < 0 || Object.is(x, -0) ? -0 : 0);
      const expected = { bf16: rounded('bf16'), fp16: rounded('fp16'), fp8: rounded('fp8') };
      const bits = {
        bf16: toBytes({ dtype: 'bf16', shape: [1], data: Float64Array.of(expected.bf16) })[0],
        fp16: toBytes({ dtype: 'fp16', shape: [1], data: Float64Array.of(expected.fp16) })[0],
        fp8: toBytes({ dtype: 'fp8', shape: [1], data: Float64Array.of(expected.fp8) })[0],
      };
      const right =
        Object.is(floatOf(bf16!), expected.bf16) &&
        Object.is(floatOf(f16!), expected.fp16) &&
        Object.is(floatOf(f8!), expected.fp8) &&
        (packed! & 0xffff) === bits.bf16 &&
        packed! >>> 16 === bits.fp16 &&
        tiny === bits.fp8;
      if (!right) wrong.push(`${x}: ${floatOf(bf16!)} ${floatOf(f16!)} ${floatOf(f8!)}`);
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  it('NaN stays NaN', () => {
    const nans = Uint32Array.of(0x7fc00000, 0x7f800001, 0xffc00000, 0xffffffff);
    const out = probe(libraries[0]!, 'probe_convert', nans, 20);
    for (let i = 0; i < 4; i++) {
      expect([...out.subarray(5 * i + 2, 5 * i + 5)].map(floatOf)).toEqual([NaN, NaN, NaN]);
    }
  });
});

describe.skipIf(!isBuilt)('2. collectives of a warp', () => {
  const words = Uint32Array.from({ length: 64 }, (_, i) => hash(i) >>> 3);

  /** What lane `lane` of a warp that holds `x` gets: in the order of the kernel. */
  function expected(x: Uint32Array, lane: number): number[] {
    const all = Array.from(x);
    const sum = (values: number[]) => values.reduce((a, b) => (a + b) >>> 0, 0);
    const bits = (test: (value: number) => boolean) =>
      all.reduce((mask, value, i) => (test(value) ? (mask | (1 << i)) >>> 0 : mask), 0);
    const remainders = all.map((value) => value % 7);
    const best = Math.max(...remainders);
    return [
      x[5]!,
      x[(lane & ~7) + ((lane * 7) & 7)]!,
      x[lane >= 3 ? lane - 3 : lane]!,
      x[(lane & 15) + 2 < 16 ? lane + 2 : lane]!,
      x[lane ^ 9]!,
      bits((value) => (value & 1) === 1),
      0,
      1,
      bits((value) => value % 5 === x[lane]! % 5),
      sum(all),
      Math.min(...all),
      Math.max(...all),
      sum(all.slice(0, lane + 1)),
      sum(all.slice(lane & ~7, (lane & ~7) + 8)),
      (best << 8) | remainders.indexOf(best),
      x[lane ^ 1]!,
    ];
  }

  it('are what CUDA says, in both warps', () => {
    inEverySchedule((suite, where) => {
      const out = probe(suite, 'probe_collectives', words, 64 * 16);
      for (let thread = 0; thread < 64; thread++) {
        const warp = words.subarray(thread & ~31, (thread & ~31) + 32);
        expect(Array.from(out.subarray(thread * 16, thread * 16 + 16)), where).toEqual(
          expected(warp, thread & 31),
        );
      }
    });
  });
});

describe.skipIf(!isBuilt)('3. a block', () => {
  it('scans, reduces, votes and adds', () => {
    const words = Uint32Array.from({ length: 96 }, (_, i) => hash(i + 500) >>> 8);
    const sum = words.reduce((a, b) => (a + b) >>> 0, 0);
    const xor = words.reduce((a, b) => (a ^ b) >>> 0, 0);
    const most = Math.max(...words);
    const odd = words.filter((word) => word % 2 === 1).length;
    inEverySchedule((suite, where) => {
      const out = probe(suite, 'probe_block', words, 96 * 8);
      let through = 0;
      for (let i = 0; i < 96; i++) {
        through = (through + words[i]!) >>> 0;
        expect(Array.from(out.subarray(8 * i, 8 * i + 8)), where).toEqual([
          through,
          sum,
          most,
          odd * 2,
          sum,
          most,
          xor,
          Math.min(...words),
        ]);
      }
    });
  });
});

describe.skipIf(!isBuilt)('4. matrices', () => {
  it.each([1, 2, 4])('ldmatrix x%i, plain and transposed', (count) => {
    const words = Uint32Array.from({ length: 32 * count }, (_, i) => hash(i));
    const half = new Uint16Array(words.buffer);
    /** Element (row, column) of 8x8 matrix m. */
    const at = (m: number, row: number, column: number) => half[m * 64 + row * 8 + column]!;
    inEverySchedule((suite, where) => {
      for (const transposed of [false, true]) {
        const name = `probe_ldmatrix_${count}${transposed ? '_trans' : ''}`;
        const out = probe(suite, name, words, 128);
        for (let lane = 0; lane < 32; lane++) {
          for (let m = 0; m < count; m++) {
            const g = lane >> 2;
            const q = (lane & 3) * 2;
            const low = transposed ? at(m, q, g) : at(m, g, q);
            const high = transposed ? at(m, q + 1, g) : at(m, g, q + 1);
            expect(out[lane * 4 + m], `${name}, ${where}`).toBe((low | (high << 16)) >>> 0);
          }
        }
      }
    });
  });

  it.each(['bf16', 'fp16'] as const)('a product of small integers is exact in %s', (dtype) => {
    const [m, n, k] = [64, 128, 192];
    const a = Float64Array.from({ length: m * k }, (_, i) => (hash(i) % 9) - 4);
    const b = Float64Array.from({ length: n * k }, (_, i) => (hash(i + 77) % 9) - 4);
    const expected = new Float32Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let x = 0; x < k; x++) sum += a[i * k + x]! * b[j * k + x]!;
        expected[i * n + j] = sum;
      }
    }
    inEverySchedule((suite, where) => {
      const left = suite.tensorOf(dtype, [m, k], toBytes({ dtype, shape: [m, k], data: a }));
      const right = suite.tensorOf(dtype, [n, k], toBytes({ dtype, shape: [n, k], data: b }));
      const out = suite.tensor('fp32', [m, n]);
      suite.call('gemm', 'mma', [left, right], [out]);
      expect(suite.download(out, new Float32Array(m * n)), where).toEqual(expected);
      for (const tensor of [left, right, out]) suite.free(tensor);
    });
  });
});
