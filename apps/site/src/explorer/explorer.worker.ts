/**
 * The worker of the explorer: it waits for the scheduler's module, then does one job after another.
 * All that it computes is `compute.ts`.
 */
import { loadWasmScheduler } from '@beamline/scheduler';
import { inputError } from '@beamline/simulator';
import { Computer, failureOf } from './compute.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { chunksOfFile } from './trace-chunks.ts';

/** Of every worker's scope; the DOM's own types, which pages share, leave it out. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

let computer: Computer | null = null;
let files: Record<string, File> = {};

const say = (message: FromWorker) => self.postMessage(message);

function fileOf(name: string): File {
  if (Object.hasOwn(files, name)) return files[name]!;
  throw inputError(`${name}: a link holds no files; drop this trace on the page again.`);
}

function start(module: WebAssembly.Module): void {
  const reader = new FileReaderSync();
  computer = new Computer({
    createScheduler: loadWasmScheduler(module),
    openTrace: (name) => chunksOfFile(fileOf(name), (slice) => reader.readAsArrayBuffer(slice)),
    bytesOf: (name) => fileOf(name).size,
  });
  say({ type: 'ready' });
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'start') return start(data.module);
  if (data.type === 'files') {
    files = data.files;
    computer?.forget();
    return;
  }
  const { id, job } = data;
  try {
    await computer!.do(
      job,
      (result) => say({ type: 'result', id, result }),
      (done, total, runs) => say({ type: 'progress', id, done, total, runs }),
    );
    say({ type: 'done', id });
  } catch (error) {
    say({ type: 'failed', id, ...failureOf(error) });
  }
};
