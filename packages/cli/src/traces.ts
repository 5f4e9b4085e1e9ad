import { createHash } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { inputError, type Scenario, type TraceOpener } from '@beamline/simulator';
import { openToRead, readChunk, systemReason } from './files.ts';

/**
 * Traces, read in chunks by whoever simulates and never held whole. The simulator reads
 * synchronously and more than once (the baseline sees the same load), so that what cannot be read
 * that way, the standard input and packed files, is first unpacked into a temporary file.
 */

const CHUNK_BYTES = 1 << 18;
/** Most that a packed trace or the standard input may unpack to: a bomb ends here. */
export const MAX_UNPACKED_BYTES = 2 ** 36;

/**
 * From a trace's name in a scenario to the file that holds its bytes. Plain data: workers get it.
 */
export type TraceFiles = Readonly<Record<string, string>>;

/** Opens the traces that were prepared; what was not is opened by its own name. */
export function traceOpener(files: TraceFiles): TraceOpener {
  return (name) => chunksOf(Object.hasOwn(files, name) ? files[name]! : name, name);
}

function* chunksOf(path: string, shown: string): Iterable<Uint8Array> {
  const fd = openToRead(path, shown);
  try {
    // Not a Buffer: its `slice` shares memory, and a reader that keeps a piece slices it.
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const count = readChunk(fd, buffer, shown);
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
}

export interface PreparedTraces {
  files: TraceFiles;
  /** Names the bytes of all traces: results depend on them. */
  digest: string;
  remove(): void;
}

/** Makes every trace of some scenarios readable in chunks. `cwd` is where relative paths start. */
export async function prepareTraces(
  scenarios: readonly Scenario[],
  cwd: string,
  maxBytes = MAX_UNPACKED_BYTES,
): Promise<PreparedTraces> {
  const names = new Set(scenarios.flatMap(({ workload }) => workload.trace ?? []));
  const files: Record<string, string> = {};
  const hash = createHash('sha256');
  let folder: string | null = null;
  const remove = () => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of names) {
      const path = resolve(cwd, name);
      files[name] = path;
      if (name === '-' || isGzip(path, name)) {
        folder ??= mkdtempSync(join(tmpdir(), 'beamline-'));
        files[name] = join(folder, String(Object.keys(files).length));
        await unpack(name, path, files[name], maxBytes);
      }
      for (const chunk of chunksOf(files[name], name)) hash.update(chunk);
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { files, digest: names.size === 0 ? '' : hash.digest('hex'), remove };
}

function isGzip(path: string, shown: string): boolean {
  const fd = openToRead(path, shown);
  try {
    const head = Buffer.alloc(2);
    return readChunk(fd, head, shown) === 2 && head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    closeSync(fd);
  }
}

async function unpack(name: string, path: string, to: string, maxBytes: number): Promise<void> {
  const source = name === '-' ? process.stdin : createReadStream(path);
  const target = createWriteStream(to);
  try {
    if (name === '-') await pipeline(source, limited(name, maxBytes), target);
    else await pipeline(source, createGunzip(), limited(name, maxBytes), target);
  } catch (error) {
    if ((error as { code?: string }).code === 'input') throw error;
    const isData = (error as { code?: string }).code?.startsWith('Z_') === true;
    const what = isData ? 'is not a whole gzip file' : 'cannot be unpacked';
    throw inputError(`${name}: ${what}: ${systemReason(error)}.`);
  }
}

function limited(name: string, maxBytes: number): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total <= maxBytes) done(null, chunk);
      else done(inputError(`${name}: unpacks to more than ${maxBytes} bytes, the most allowed.`));
    },
  });
}
