/**
 * Speed of the kernels: tree attention's multiply-adds a second on simt, and, where a GPU is there,
 * every operator's share of its floor inside a graph.
 */
import {
  type AxisRequest,
  axisCases,
  type Device,
  isAbsent,
  type KernelRecord,
  parseAxes,
  perfCase,
} from '@beamline/bench';
import { type OperatorSuite, suites } from '@beamline/kernels/suites';
import { DeviceShelf, machineEnvironment } from '../src/kernel-libraries.ts';
import { peaksOf } from '../src/kernel-peaks.ts';

interface Benchmark {
  name: string;
  target: string;
  run(): Promise<{ value: number; unit: string; detail?: string }>;
}

const shelf = new DeviceShelf();
const environment = machineEnvironment();

function timed(
  device: Device,
  suite: OperatorSuite,
  variant: string,
  request: AxisRequest,
): KernelRecord {
  const [call] = axisCases(suite, request);
  const modes = [{ caches: 'cold', launch: 'graph' }] as const;
  const options = { peaks: peaksOf(device, null), environment, modes };
  const [record] = perfCase(device, suite, call!, variant, options);
  if (record!.status === 'passed') return record!;
  throw new Error(`${record!.case} ${variant}: ${record!.status}: ${record!.message}`);
}

const attention = suites.find(({ operator }) => operator.name === 'tree_attention')!;

/** Of what there is to compute, without the padding of tiles that the record's FLOP count. */
async function simtRate(variant: string, axes: readonly string[]) {
  const device = shelf.require('simt');
  const { axes: at, timing } = timed(device, attention, variant, parseAxes(axes, true));
  const { treeTokens, kvTokens, requests, queryHeads, headDim } = at as Record<string, number>;
  const pairs = (treeTokens! * kvTokens!) / requests!;
  const multiplyAdds = 2 * pairs * queryHeads! * headDim!;
  return {
    value: multiplyAdds / (timing!.medianNs / 1e3),
    unit: 'million multiply-adds/s',
    detail: `${axes.join(', ')}, one core`,
  };
}

const simtTarget = '≥ 300 million multiply-adds/s';
const simt: Benchmark[] = [
  {
    name: 'tree_attention on simt, 64 rows',
    target: simtTarget,
    run: () => simtRate('mma64_nosplit', ['B=1', 'T=16', 'Hq=8', 'Hk=2', 'L=1024']),
  },
  {
    name: 'tree_attention on simt, 32 rows',
    target: simtTarget,
    run: () => simtRate('mma32_nosplit', ['B=1', 'T=8', 'Hq=8', 'Hk=2', 'L=1024']),
  },
];

const gpu = shelf.find('cuda');

/** The tiny ones have a time, the others a share, as their records' README states it. */
const onGpu: Benchmark[] = isAbsent(gpu)
  ? []
  : suites.map((suite) => ({
      name: `${suite.operator.name} on ${gpu.facts.title}`,
      target: '≥ 80 % of the floor, or ≤ 3 µs',
      run: async () => {
        const record = timed(gpu, suite, '', parseAxes([], false));
        const us = record.timing!.medianNs / 1e3;
        return {
          value: 100 * (record.share ?? Number.NaN),
          unit: `% of the floor (${record.floor?.bound ?? 'unknown'})`,
          detail: `${us.toFixed(1)} µs, cold, in a graph`,
        };
      },
    }));

if (isAbsent(gpu)) console.log(`${gpu.missing}: shares of the floor are left out`);
const hasSimt = !isAbsent(shelf.find('simt'));
if (!hasSimt) console.log('simt is not built: its speed is left out');

export const benchmarks: Benchmark[] = [...(hasSimt ? simt : []), ...onGpu];
