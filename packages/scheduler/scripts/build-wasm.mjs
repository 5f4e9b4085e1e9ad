// Compiles the scheduler core to WebAssembly with the clang that comes inside npm: no system
// compiler, any operating system. Compile and link run in this one process.
//   node scripts/build-wasm.mjs  →  dist/scheduler.wasm
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commands } from '@yowasp/clang';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = {};
for (const name of readdirSync(`${root}/native`)) {
  if (/\.(h|cc)$/.test(name) && name !== 'addon.cc') {
    sources[name] = readFileSync(`${root}/native/${name}`, 'utf8');
  }
}

const options = {
  fetchProgress: () => {},
  stderr: (bytes) => {
    if (bytes) process.stderr.write(bytes);
  },
};
const compile = [
  '-std=c++20',
  '-O3',
  '-fno-exceptions',
  '-fno-rtti',
  '-fvisibility=hidden',
  '-c',
  'unity.cc',
  '-o',
  'unity.o',
];
const compiled = await commands['clang++'](compile, sources, options);
const link = [
  '-mexec-model=reactor',
  '-Wl,--strip-all',
  '-Wl,--max-memory=4294967296',
  'unity.o',
  '-o',
  'scheduler.wasm',
];
const linked = await commands['clang++'](link, { 'unity.o': compiled['unity.o'] }, options);
mkdirSync(`${root}/dist`, { recursive: true });
writeFileSync(`${root}/dist/scheduler.wasm`, linked['scheduler.wasm']);
process.stdout.write(`dist/scheduler.wasm ${linked['scheduler.wasm'].length} bytes\n`);
