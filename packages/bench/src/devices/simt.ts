/**
 * The kernels' own source on this CPU: threads as fibers, in several orders, and a second build
 * that looks at every access. Its times are those of a CPU and stand for no GPU.
 */
import type { Suite } from '@beamline/kernels/suite';
import type { Device } from '../device.ts';
import { LibraryRunner } from './library-device.ts';

export function simtDevice(plain: Suite, checked: Suite | null): Device {
  const libraries = { plain, checked, hasSchedules: true, flushBytes: 0 };
  const runner = new LibraryRunner(libraries);
  return {
    name: 'simt',
    facts: { title: plain.device().name, arch: null, multiprocessors: null, l2Bytes: null },
    isFunctional: true,
    schedules: ['default', 'reversed', 'one-ahead', 'random-1', 'random-2'],
    takesTimes: true,
    hasChecks: checked !== null,
    peaks: null,
    hasGraphs: true,
    variants: (operator) => runner.variants(operator),
    run: (suite, call, options) => runner.run(suite, call, options),
    prepare: (suite, call, variant) => runner.prepare(suite, call, variant),
  };
}
