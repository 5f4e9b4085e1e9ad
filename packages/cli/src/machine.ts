import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { nativeAvailable } from '@beamline/scheduler';
import { readWasmModule } from '@beamline/scheduler/node';

/** What this machine has of what the project can use. Nothing is changed. */
export interface Finding {
  name: string;
  isPresent: boolean;
  /** Whether nothing can be simulated without it. */
  isNeeded: boolean;
  /** Version or place. */
  detail: string;
  gives: string;
  install: string | null;
}

export const LEAST_NODE = [20, 19] as const;

type Environment = Readonly<Record<string, string | undefined>>;

export function inspectMachine(environment: Environment): Finding[] {
  const addon = nativeAvailable();
  const wasm = hasWasm();
  return [
    node(),
    program(environment, {
      name: 'C++ compiler',
      commands: ['g++', 'clang++'],
      gives: 'the native scheduler',
      install: 'apt-get install g++ make python3',
    }),
    {
      name: 'native scheduler',
      isPresent: addon,
      isNeeded: !addon && !wasm,
      detail: addon ? 'loads' : '',
      gives: 'faster simulation; same results as WebAssembly',
      install: 'npm run native -w @beamline/scheduler',
    },
    {
      name: 'WebAssembly scheduler',
      isPresent: wasm,
      isNeeded: !addon && !wasm,
      detail: wasm ? 'compiles' : '',
      gives: 'simulation without a compiler, and in a browser',
      install: 'npm run wasm -w @beamline/scheduler',
    },
    program(environment, {
      name: 'Chromium',
      commands: ['chromium', 'chromium-browser', 'google-chrome'],
      gives: 'the tests in a browser',
      install: 'apt-get install chromium',
    }),
    program(environment, {
      name: 'CUDA compiler',
      commands: ['nvcc', '/usr/local/cuda/bin/nvcc'],
      gives: 'compiling kernels, with or without a GPU',
      install: 'apt-get install nvidia-cuda-toolkit',
    }),
    {
      ...program(environment, {
        name: 'NVIDIA GPU',
        commands: ['nvidia-smi'],
        args: ['-L'],
        gives: 'measuring kernels; nothing that is simulated needs one',
        install: '',
      }),
      install: null,
    },
  ];
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isPresent = major! > leastMajor || (major === leastMajor && minor! >= leastMinor);
  return {
    name: 'Node.js',
    isPresent,
    isNeeded: true,
    detail: process.versions.node,
    gives: `everything; at least ${LEAST_NODE.join('.')}`,
    install: 'npm ci',
  };
}

function hasWasm(): boolean {
  try {
    readWasmModule();
    return true;
  } catch {
    return false;
  }
}

interface Program {
  name: string;
  /** Names to look for on the path, or paths. */
  commands: readonly string[];
  args?: readonly string[];
  gives: string;
  install: string;
}

function program(environment: Environment, sought: Program): Finding {
  const { name, commands, args = ['--version'], gives, install } = sought;
  const base = { name, isNeeded: false, gives, install };
  for (const command of commands) {
    const path = find(environment, command);
    if (path === null) continue;
    const { status, stdout } = spawnSync(path, args, { encoding: 'utf8', timeout: 10_000 });
    const lines = (stdout ?? '').split('\n').filter((line) => line.trim() !== '');
    const detail = lines.find((line) => /\d+\.\d+/.test(line)) ?? lines[0] ?? path;
    if (status === 0) return { ...base, isPresent: true, detail: detail.trim() };
  }
  return { ...base, isPresent: false, detail: '' };
}

function find(environment: Environment, command: string): string | null {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = command.includes('/') ? [command] : folders.map((folder) => join(folder, command));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
