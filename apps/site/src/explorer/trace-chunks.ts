/**
 * A dropped file as the synchronous chunks that the simulator reads, inside a worker. Law (bounded
 * memory): one chunk is held at a time, whatever the file's size; a reader that stops early has
 * read no more than it used.
 */

export const CHUNK_BYTES = 1 << 18;

/** Reads a slice at once; `FileReaderSync` of a worker does. */
export type SliceReader = (slice: Blob) => ArrayBuffer;

export function* chunksOfFile(file: Blob, read: SliceReader): Iterable<Uint8Array> {
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    yield new Uint8Array(read(file.slice(start, start + CHUNK_BYTES)));
  }
}
