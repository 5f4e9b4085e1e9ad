/**
 * Speed of tree_attention on the simt runtime: useful multiply-adds a second of one core, in a
 * tree of 16 rows over 512 keys. What a CPU needs for a case decides how many cases a test can
 * hold.
 */
import { fileURLToPath } from 'node:url';
import type { Dtype } from '../record.ts';
import { openSuite, type Suite } from '../suite.ts';

interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

const build = fileURLToPath(new URL('../build/', import.meta.url));
const ROWS = 16;
const KEYS = 512;
const GROUP = 4;
const KV_HEADS = 2;
const SIZE = 128;
const PAGE = 16;

function values(dtype: Dtype, count: number): Float32Array | Uint16Array | Uint8Array {
  if (dtype === 'fp32') return Float32Array.from({ length: count }, (_, i) => ((i * 37) % 64) / 64);
  if (dtype === 'fp8') return Uint8Array.from({ length: count }, (_, i) => (i * 37) % 64);
  return Uint16Array.from({ length: count }, (_, i) => 0x3c00 + ((i * 37) % 512));
}

function floats(suite: Suite, dtype: Dtype, shape: number[]) {
  return suite.tensorOf(
    dtype,
    shape,
    values(
      dtype,
      shape.reduce((a, b) => a * b),
    ),
  );
}

/** Million useful multiply-adds a second, the best of five runs. */
function rate(library: string, variant: string, float: Dtype, kv: Dtype): number {
  const suite = openSuite(build + library);
  const heads = KV_HEADS * GROUP;
  const pages = KEYS / PAGE;
  const inputs = [
    floats(suite, float, [ROWS, heads, SIZE]),
    floats(suite, kv, [pages, 2, PAGE, KV_HEADS, SIZE]),
    suite.tensorOf(
      'i32',
      [1, pages],
      Int32Array.from({ length: pages }, (_, i) => i),
    ),
    suite.tensorOf('i32', [1], Int32Array.of(KEYS)),
    suite.tensorOf('i32', [2], Int32Array.of(0, ROWS)),
    suite.tensorOf('u32', [ROWS, 1], new Uint32Array(ROWS).fill(0xffff)),
  ];
  const outputs = [suite.tensor(float, [ROWS, heads, SIZE]), suite.tensor('fp32', [ROWS, heads])];
  const attributes = [0, 1, 1, 64, 64];
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const call = () => suite.call('tree_attention', variant, inputs, outputs, { attributes });
    best = Math.min(best, suite.timeMs(call));
  }
  for (const tensor of [...inputs, ...outputs]) suite.free(tensor);
  return (2 * heads * ROWS * KEYS * SIZE) / best / 1000;
}

const cases: [string, string, Dtype, Dtype, string][] = [
  ['bf16', 'mma64_split', 'bf16', 'bf16', '≥ 300'],
  ['fp8 keys', 'mma64_split', 'bf16', 'fp8', '≥ 300'],
  ['fp32', 'fma_split', 'fp32', 'fp32', '≥ 300'],
];

export const benchmarks: Benchmark[] = [
  ...cases.map(([name, variant, float, kv, target]) => ({
    name: `simt tree_attention, ${name}`,
    target: `${target} million multiply-adds/s`,
    run: async () => ({
      value: rate('libbeamline_simt.so', variant, float, kv),
      unit: 'million multiply-adds/s',
      detail: 'T = 16, L = 512, 8 heads on 2, D = 128, one core, plain build',
    }),
  })),
  {
    name: 'simt tree_attention, checked',
    target: '≥ 30 million multiply-adds/s',
    run: async () => ({
      value: rate('libbeamline_simt_checked.so', 'mma64_split', 'bf16', 'bf16'),
      unit: 'million multiply-adds/s',
      detail: 'every access checked',
    }),
  },
];
