/**
 * Where a GPU is there: every operator's share of its floor, inside a graph. What the kernels do on
 * a CPU is timed beside them, in kernels/bench.
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

async function timed(
  device: Device,
  suite: OperatorSuite,
  variant: string,
  request: AxisRequest,
): Promise<KernelRecord> {
  const [call] = axisCases(suite, request);
  const modes = [{ caches: 'cold', launch: 'graph' }] as const;
  const options = { peaks: peaksOf(device, null), environment, modes };
  const [record] = await perfCase(device, suite, call!, variant, options);
  if (record!.status === 'passed') return record!;
  throw new Error(`${record!.case} ${variant}: ${record!.status}: ${record!.message}`);
}

const gpu = await shelf.find('cuda');

/** The tiny ones have a time, the others a share, as their records' README states it. */
const onGpu: Benchmark[] = isAbsent(gpu)
  ? []
  : suites.map((suite) => ({
      name: `${suite.operator.name} on ${gpu.facts.title}`,
      target: '≥ 80 % of the floor, or ≤ 3 µs',
      run: async () => {
        const record = await timed(gpu, suite, '', parseAxes([], false));
        const us = record.timing!.medianNs / 1e3;
        return {
          value: 100 * (record.share ?? Number.NaN),
          unit: `% of the floor (${record.floor?.bound ?? 'unknown'})`,
          detail: `${us.toFixed(1)} µs, cold, in a graph`,
        };
      },
    }));

if (isAbsent(gpu)) console.log(`${gpu.missing}: shares of the floor are left out`);

export const benchmarks: Benchmark[] = onGpu;
