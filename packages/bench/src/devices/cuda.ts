/**
 * A GPU. Where there is none the library still loads, and says which variants were compiled, so
 * that a machine without a GPU can tell what it skipped.
 */
import type { Suite } from '@beamline/kernels/suite';
import type { AbsentDevice, Device } from '../device.ts';
import { LibraryRunner } from './library-device.ts';

export function cudaDevice(library: Suite): Device | AbsentDevice {
  const operators = new Map(library.operators().map(({ name, variants }) => [name, variants]));
  if (library.deviceCount() === 0) {
    const compiled = (operator: string) => operators.get(operator) ?? [];
    return { name: 'cuda', missing: 'no CUDA device', compiled };
  }
  const { name, architecture, multiprocessors, l2Bytes } = library.device();
  // Twice the last-level cache, so that nothing of the inputs is left in it.
  const libraries = {
    plain: library,
    checked: null,
    hasSchedules: false,
    flushBytes: 2 * Math.max(l2Bytes, 1 << 20),
  };
  const runner = new LibraryRunner(libraries);
  return {
    name: 'cuda',
    facts: { title: name, arch: architecture, multiprocessors, l2Bytes },
    isFunctional: false,
    schedules: ['default'],
    takesTimes: true,
    hasChecks: false,
    peaks: null,
    hasGraphs: true,
    variants: (operator) => runner.variants(operator),
    run: (suite, call, options) => runner.run(suite, call, options),
    prepare: (suite, call, variant) => runner.prepare(suite, call, variant),
  };
}
