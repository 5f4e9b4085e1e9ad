import { inputError } from '../base/errors.ts';

/**
 * Lines of a trace out of chunks of bytes. Holds one line at most, and a line is at most 1 MiB: a
 * file of one 2 GB line is refused after its first megabyte. CRLF, a byte order mark, blank lines
 * and a last line without a newline are fine; compressed and UTF-16 files are recognised and
 * refused with what to do about it.
 */

export const MAX_LINE_BYTES = 1048576;

const NEWLINE = 10;
const RETURN = 13;

export class LineReader {
  readonly file: string;
  /** Number of the line that `next()` gave last, from 1. */
  line = 0;
  /** The last line had no newline: it may have been cut off. */
  unterminated = false;

  readonly #chunks: Iterator<Uint8Array>;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #chunk: Uint8Array = new Uint8Array(0);
  #position = 0;
  #carry: Uint8Array[] = [];
  #carryBytes = 0;
  #ended = false;

  constructor(file: string, chunks: Iterable<Uint8Array>) {
    this.file = file;
    this.#chunks = chunks[Symbol.iterator]();
    this.#readStart();
  }

  /** The next line that is not blank, or null at the end. */
  next(): string | null {
    for (;;) {
      const bytes = this.#nextBytes();
      if (bytes === null) return null;
      const text = this.#decode(bytes);
      if (text.trim() !== '') return text;
    }
  }

  /** Lets go of the file before its end. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#chunks.return?.();
  }

  /** Throws an input error that names the file and the line. */
  fail(message: string): never {
    this.close();
    const cut = this.unterminated
      ? ' This is the last line and it has no newline: the file may have been cut off.'
      : '';
    throw inputError(`${this.file}:${this.line}: ${message}${cut}`);
  }

  #nextBytes(): Uint8Array | null {
    for (;;) {
      if (this.#position >= this.#chunk.length && !this.#pull()) return this.#lastBytes();
      const end = this.#chunk.indexOf(NEWLINE, this.#position);
      const stop = end < 0 ? this.#chunk.length : end;
      if (this.#carryBytes + (stop - this.#position) > MAX_LINE_BYTES) {
        this.line++;
        this.fail(
          `the line is longer than ${MAX_LINE_BYTES} bytes, the most allowed. ` +
            'A trace has one request a line.',
        );
      }
      const part = this.#chunk.subarray(this.#position, stop);
      this.#position = stop + 1;
      if (end >= 0) {
        this.line++;
        return this.#joined(part);
      }
      // Copied: the opener may reuse its buffer.
      this.#carry.push(part.slice());
      this.#carryBytes += part.length;
    }
  }

  #lastBytes(): Uint8Array | null {
    if (this.#carryBytes === 0) return null;
    this.line++;
    this.unterminated = true;
    return this.#joined(new Uint8Array(0));
  }

  #joined(part: Uint8Array): Uint8Array {
    let whole = part;
    if (this.#carryBytes > 0) {
      whole = concatenate([...this.#carry, part]);
      this.#carry = [];
      this.#carryBytes = 0;
    }
    const last = whole.length - 1;
    return whole[last] === RETURN ? whole.subarray(0, last) : whole;
  }

  #pull(): boolean {
    if (this.#ended) return false;
    const step = this.#chunks.next();
    if (step.done === true) {
      this.#ended = true;
      return false;
    }
    this.#chunk = step.value;
    this.#position = 0;
    return true;
  }

  #readStart(): void {
    while (this.#chunk.length < 4) {
      const start = this.#chunk.slice();
      if (!this.#pull()) {
        this.#chunk = start;
        break;
      }
      this.#chunk = concatenate([start, this.#chunk]);
    }
    const [a, b, c, d] = this.#chunk;
    if (a === 0x1f && b === 0x8b) {
      this.#refuse('is compressed with gzip; unpack it first, for example: gunzip -k');
    }
    if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) {
      this.#refuse('is compressed with zstd; unpack it first, for example: zstd -d');
    }
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
      this.#refuse('is UTF-16 text; save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8');
    }
    if (a === 0xef && b === 0xbb && c === 0xbf) this.#position = 3;
  }

  #refuse(why: string): never {
    this.close();
    throw inputError(`${this.file}: the trace ${why} ${this.file}`);
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return this.fail('the line is not UTF-8 text. A trace is a CSV or JSONL file.');
    }
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** What was found, quoted and shortened, for a message. */
export function quoted(found: string): string {
  return JSON.stringify(found.length > 60 ? `${found.slice(0, 57)}...` : found);
}
