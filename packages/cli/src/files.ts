import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inputError } from '@beamline/simulator';

/**
 * Reading with a limit, and writing whole or not at all: a result is written to a temporary file
 * beside its place and then renamed, so that a full disk, a missing permission or a kill leaves the
 * old file as it was.
 */

/** Where to find what the system says about an error, in words a user can act on. */
const systemWords: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EMFILE: 'too many open files',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EINVAL: 'the system does not allow it',
  EIO: 'the device reports an error',
};

export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return systemWords[code] ?? (error as Error).message;
}

/** Opens for reading; a folder is refused here rather than at the first read. */
export function openToRead(path: string, shown: string): number {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY);
  } catch (error) {
    throw inputError(`${shown}: cannot be read: ${systemReason(error)}.`);
  }
  if (fstatSync(fd).isDirectory()) {
    closeSync(fd);
    throw inputError(`${shown}: is a folder, not a file.`);
  }
  return fd;
}

/** One read; waits where a pipe has nothing yet. Returns 0 at the end. */
export function readChunk(fd: number, buffer: Uint8Array, shown: string): number {
  for (;;) {
    try {
      return readSync(fd, buffer, 0, buffer.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw inputError(`${shown}: cannot be read: ${systemReason(error)}.`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The whole file, if it has at most `limit` bytes; `-` is the standard input. */
export function readBytes(path: string, shown: string, limit: number): Buffer {
  const fd = shown === '-' ? 0 : openToRead(path, shown);
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(1 << 16);
      const count = readChunk(fd, buffer, shown);
      if (count === 0) return Buffer.concat(chunks);
      total += count;
      if (total > limit) {
        throw inputError(`${shown}: is larger than ${limit} bytes, the most that is read of it.`);
      }
      chunks.push(buffer.subarray(0, count));
    }
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

/** Text in UTF-8; anything else is refused by name. */
export function readText(path: string, shown: string, limit: number): string {
  const bytes = readBytes(path, shown, limit);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw inputError(`${shown}: is gzip; unpack it first (only traces are read packed).`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw inputError(`${shown}: is not text in UTF-8.`);
  }
  if (text.includes('\0')) throw inputError(`${shown}: is a binary file, not text.`);
  return text;
}

/** Where a file is written before it stands at its path. */
function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.part`);
}

/** Takes away what a thread that was ended had begun to write. */
export function removeUnfinished(path: string): void {
  rmSync(temporaryOf(path), { force: true });
}

/** Writes a file piece by piece; nothing stands at `path` until `commit`. */
export class AtomicFile {
  readonly #path: string;
  readonly #shown: string;
  readonly #temporary: string;
  /** A device or a pipe cannot be renamed over: it is written directly. */
  readonly #isDirect: boolean;
  #fd: number;
  #pending: string[] = [];
  #pendingLength = 0;

  constructor(path: string, shown = path) {
    this.#path = path;
    this.#shown = shown;
    this.#isDirect = isSpecial(path);
    this.#temporary = this.#isDirect ? path : temporaryOf(path);
    this.#fd = this.#attempt(() => openSync(this.#temporary, 'w'));
  }

  /** Adds text; it goes out in large pieces. */
  write(text: string): void {
    this.#pending.push(text);
    this.#pendingLength += text.length;
    if (this.#pendingLength > 1 << 18) this.#flush();
  }

  writeBytes(bytes: Uint8Array): void {
    this.#flush();
    this.#writeAll(bytes);
  }

  commit(): void {
    this.#flush();
    this.#attempt(() => {
      if (!this.#isDirect) fsyncSync(this.#fd);
      closeSync(this.#fd);
      this.#fd = -1;
      if (!this.#isDirect) renameSync(this.#temporary, this.#path);
    });
  }

  /** Takes back what was written; the old file stays. */
  discard(): void {
    if (this.#fd >= 0) {
      try {
        closeSync(this.#fd);
      } catch {
        // What is thrown away need not be closed well.
      }
      this.#fd = -1;
    }
    if (this.#isDirect) return;
    try {
      unlinkSync(this.#temporary);
    } catch {
      // It may never have come to be.
    }
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#pendingLength = 0;
    this.#writeAll(bytes);
  }

  #writeAll(bytes: Uint8Array): void {
    this.#attempt(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    });
  }

  #attempt<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.discard();
      throw inputError(
        `${this.#shown}: cannot be written: ${systemReason(error)}; what was there is unchanged.`,
      );
    }
  }
}

function isSpecial(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  const stat = fstatSync(fd);
  closeSync(fd);
  return stat.isCharacterDevice() || stat.isFIFO();
}

/** Journals are read whole; a point is some kilobytes. */
export const MAX_JOURNAL_BYTES = 2 ** 29;

/**
 * Adds to a file's end and has it on the disk before going on: a kill right after loses nothing.
 */
export function appendText(path: string, shown: string, text: string): void {
  let fd = -1;
  try {
    fd = openSync(path, 'a');
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } catch (error) {
    throw inputError(`${shown}: cannot be written: ${systemReason(error)}.`);
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

export function writeAtomically(path: string, shown: string, content: string | Uint8Array): void {
  const file = new AtomicFile(path, shown);
  if (typeof content === 'string') file.write(content);
  else file.writeBytes(content);
  file.commit();
}
