import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  type AbsentDevice,
  cudaDevice,
  type Device,
  type DeviceName,
  type Environment,
  referenceDevice,
  simtDevice,
} from '@beamline/bench';
import { openSuite, type Suite, SuiteError, type SuiteKind } from '@beamline/kernels/suite';
import { openAnyWebGpu } from './vulkan.ts';

/**
 * The devices of this machine: the suite's libraries where they are built, and the facts that every
 * record carries. This file and its bundle lie equally deep below the root, so both find them.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));

const FILES: Readonly<Record<SuiteKind, string>> = {
  simt: 'libbeamline_simt.so',
  'simt-checked': 'libbeamline_simt_checked.so',
  cuda: 'libbeamline_cuda.so',
};

const BUILD = 'npm run suite -w @beamline/kernels';

function pathOf(name: string): string {
  return `${root}kernels/build/${name}`;
}

/** The library, or why there is none. */
function openLibrary(kind: SuiteKind): Suite | string {
  const path = pathOf(FILES[kind]);
  if (!existsSync(path)) return `${kind} is not built (${BUILD})`;
  try {
    return openSuite(path, pathOf('beamline_suite.node'));
  } catch (error) {
    if (error instanceof SuiteError) return error.message;
    throw error;
  }
}

async function openDevice(name: DeviceName, isExact: boolean): Promise<Device | AbsentDevice> {
  if (name === 'reference') return referenceDevice(isExact ? 'float64' : 'twin');
  if (name === 'webgpu') return openAnyWebGpu(process.env);
  const library = openLibrary(name);
  if (typeof library === 'string') {
    // Without the library nothing was compiled; a GPU alone would not help.
    if (name === 'cuda') return { name, missing: 'no CUDA device', compiled: () => [] };
    return { name, missing: library, compiled: null };
  }
  if (name === 'cuda') return cudaDevice(library);
  const checked = openLibrary('simt-checked');
  return simtDevice(library, typeof checked === 'string' ? null : checked);
}

/** Opens each device once in a process. */
export class DeviceShelf {
  readonly #open = new Map<string, Promise<Device | AbsentDevice>>();

  find(name: DeviceName, isExact = false): Promise<Device | AbsentDevice> {
    const key = `${name} ${isExact}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const device = openDevice(name, isExact);
    this.#open.set(key, device);
    return device;
  }
}

function git(...words: string[]): string | null {
  try {
    return execFileSync('git', words, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

/** Facts of this machine and of the kernels' commit. */
export function machineEnvironment(): Environment {
  const all = cpus();
  const changes = git('status', '--porcelain', '--', 'kernels');
  return {
    platform: `${process.platform} ${process.arch}`,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    node: process.versions.node,
    commit: git('rev-parse', 'HEAD'),
    hasChanges: changes !== null && changes !== '',
  };
}
