/** For Node alone: finds and compiles the WebAssembly core that stands in this package. */
import { readFileSync } from 'node:fs';
import { SchedulerError } from './errors.ts';

/** Throws SchedulerError when the core has not been compiled. */
export function readWasmModule(): WebAssembly.Module {
  const file = new URL('../dist/scheduler.wasm', import.meta.url);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new SchedulerError(
      'The WebAssembly scheduler is not built. ' +
        'Build it with "npm run wasm -w @beamline/scheduler".',
    );
  }
  return new WebAssembly.Module(bytes);
}
