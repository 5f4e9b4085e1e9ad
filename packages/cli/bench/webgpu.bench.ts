/**
 * The WGSL kernels on the adapter that this machine has, in software where there is no GPU: tree
 * attention against the same operator written down naively, and the candidates of a row against
 * onnxruntime-web. Both sides run on one adapter, turn by turn, so that a busy machine slows both.
 */
import { caseOfSizes, defaultSizes } from '@beamline/bench';
import type { PreparedCall } from '@beamline/bench/webgpu';
import { openWebGpuRunner } from '@beamline/bench/webgpu-node';
import { suites } from '@beamline/kernels/suites';
import { chooseAdapter } from '../src/vulkan.ts';
import { topkModel } from './onnx-model.ts';

interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

chooseAdapter('system', process.env);
const runner = await openWebGpuRunner();
if (typeof runner === 'string') console.log(`${runner}: the WGSL kernels are left out`);

const suiteOf = (name: string) => suites.find(({ operator }) => operator.name === name)!;
const suite = suiteOf('tree_attention');
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

const ROWS = 4;
const VOCAB = 128256;
const CANDIDATES = 4;

/** Milliseconds by the clock, the least of several turns. */
async function leastWall(work: () => Promise<unknown>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn <= TURNS; turn++) {
    const start = performance.now();
    await work();
    if (turn > 0) shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

/** LogSoftmax and TopK in onnxruntime-web, its WebGPU over the same Dawn. */
async function onnxMs(provider: 'webgpu' | 'wasm', logits: Float32Array): Promise<number> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const navigator = { gpu: create([]), userAgent: 'node', hardwareConcurrency: 1 };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  const { env, InferenceSession, Tensor } = await import('onnxruntime-web/webgpu');
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
  const model = topkModel(ROWS, VOCAB, CANDIDATES);
  const session = await InferenceSession.create(model, { executionProviders: [provider] });
  const x = new Tensor('float32', logits, [ROWS, VOCAB]);
  return leastWall(() => session.run({ x }));
}

function topkAgainst(provider: 'webgpu' | 'wasm'): Benchmark[] {
  if (typeof runner === 'string') return [];
  return [
    {
      name: `draft_topk in WGSL beside onnxruntime-web (${provider})`,
      target: 'for comparison, none',
      run: async () => {
        const topk = suiteOf('draft_topk');
        const sizes = { ...defaultSizes(true), rows: ROWS, vocab: VOCAB, candidates: CANDIDATES };
        const call = caseOfSizes(topk, sizes, { float: 'fp32' });
        const prepared = await runner.prepare(topk, call, 'split_portable');
        const once = () => Promise.resolve(prepared.sampleMs(1, { isCold: false, asGraph: false }));
        const ours = await leastWall(once);
        prepared.free();
        const theirs = await onnxMs(provider, Float32Array.from(call.inputs['logits']!.data));
        const times = `${ours.toFixed(1)} ms and ${theirs.toFixed(1)} ms`;
        return {
          value: theirs / ours,
          unit: 'times as fast',
          detail: `${times}; theirs with the input's upload and without the mask`,
        };
      },
    },
  ];
}

export const benchmarks: Benchmark[] = [
  ...against(32, 4096, '≥ 4'),
  ...against(1, 4096, 'decode, no target'),
  ...topkAgainst('webgpu'),
  ...topkAgainst('wasm'),
];
