/**
 * Speed of the simt runtime: how many multiply-adds a second one core does in a kernel written for
 * tensor cores, and what a launch, a barrier and a check of every access cost.
 */
import { fileURLToPath } from 'node:url';
import { openSuite, type Suite } from '../suite.ts';

interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

const build = fileURLToPath(new URL('../build/', import.meta.url));

/** The best of several runs, in milliseconds. */
function bestMs(suite: Suite, repeats: number, body: () => void): number {
  body();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) best = Math.min(best, suite.timeMs(body));
  return best;
}

/** Million multiply-adds a second of the matrix product in lib/simt/test/gemm.cu. */
function gemmRate(library: string, size: number, dtype: 'bf16' | 'fp16'): number {
  const suite = openSuite(build + library);
  const count = size * size;
  const values = Uint16Array.from({ length: count }, (_, i) => 0x3c00 + ((i * 37) % 512));
  const a = suite.tensorOf(dtype, [size, size], values);
  const b = suite.tensorOf(dtype, [size, size], values);
  const c = suite.tensor('fp32', [size, size]);
  const ms = bestMs(suite, 5, () => suite.call('gemm', 'mma', [a, b], [c]));
  for (const tensor of [a, b, c]) suite.free(tensor);
  return (size * count) / ms / 1000;
}

export const benchmarks: Benchmark[] = [
  {
    name: 'simt mma',
    target: '≥ 300 million multiply-adds/s',
    run: async () => ({
      value: gemmRate('libbeamline_tests.so', 256, 'bf16'),
      unit: 'million multiply-adds/s',
      detail: '256³ bf16, cp.async + ldmatrix + mma, one core, plain build',
    }),
  },
  {
    name: 'simt mma, fp16',
    target: '≥ 300 million multiply-adds/s',
    run: async () => ({
      value: gemmRate('libbeamline_tests.so', 256, 'fp16'),
      unit: 'million multiply-adds/s',
    }),
  },
  {
    name: 'simt mma, checked',
    target: '≥ 30 million multiply-adds/s',
    run: async () => ({
      value: gemmRate('libbeamline_tests_checked.so', 128, 'bf16'),
      unit: 'million multiply-adds/s',
      detail: '128³ bf16, every access checked',
    }),
  },
  {
    name: 'simt block',
    target: '≤ 60 µs for 96 threads, 17 collectives and 5 atomics each',
    run: async () => {
      const suite = openSuite(`${build}libbeamline_tests.so`);
      const input = suite.tensorOf('u32', [96], new Uint32Array(96));
      const output = suite.tensor('u32', [96 * 8]);
      const calls = 200;
      const ms = bestMs(suite, 10, () => {
        for (let i = 0; i < calls; i++) suite.call('probe_block', '', [input], [output]);
      });
      suite.free(input);
      suite.free(output);
      return { value: (ms / calls) * 1000, unit: 'µs' };
    },
  },
];
