/**
 * The WGSL kernels on the adapter that this machine has, in software where there is no GPU: tree
 * attention against the same operator written down naively, on one adapter, turn by turn, so that a
 * busy machine slows both.
 */
import { caseOfSizes, defaultSizes } from '@beamline/bench';
import type { PreparedCall } from '@beamline/bench/webgpu';
import { openWebGpuRunner } from '@beamline/bench/webgpu-node';
import { suites } from '@beamline/kernels/suites';
import { chooseAdapter } from '../src/vulkan.ts';

interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

chooseAdapter('system', process.env);
const runner = await openWebGpuRunner();
if (typeof runner === 'string') console.log(`${runner}: the WGSL kernels are left out`);

const suite = suites.find(({ operator }) => operator.name === 'tree_attention')!;
const TURNS = 5;

/** One request: T rows over L keys, four query heads on one KV head of 128, bf16. */
function attention(rows: number, keys: number) {
  const sizes = {
    ...defaultSizes(true),
    requests: 1,
    treeLength: rows,
    kvLength: keys,
    queryHeads: 4,
    kvHeads: 1,
    headDim: 128,
    tokensPerBlock: 64,
  };
  return caseOfSizes(suite, sizes, { float: 'bf16', kv: 'bf16' });
}

async function least(calls: readonly PreparedCall[]): Promise<number[]> {
  const times = calls.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, call] of calls.entries()) {
      const ms = await call.sampleMs(1, { isCold: false, asGraph: false });
      times[i] = Math.min(times[i]!, ms);
    }
  }
  return times;
}

function against(rows: number, keys: number, target: string): Benchmark[] {
  if (typeof runner === 'string') return [];
  return [
    {
      name: `tree_attention in WGSL against naive, T = ${rows}, L = ${keys}`,
      target,
      run: async () => {
        const call = attention(rows, keys);
        const names = ['split_portable', 'naive_portable'];
        const calls: PreparedCall[] = [];
        for (const name of names) calls.push(await runner.prepare(suite, call, name));
        const [split, naive] = (await least(calls)) as [number, number];
        for (const one of calls) one.free();
        const times = `${split.toFixed(1)} ms and ${naive.toFixed(1)} ms`;
        return {
          value: naive / split,
          unit: 'times as fast',
          detail: `${times}, ${runner.opened.title}`,
        };
      },
    },
  ];
}

export const benchmarks: Benchmark[] = [
  ...against(32, 4096, '≥ 4'),
  ...against(1, 4096, 'decode, no target'),
];
