/**
 * What kind of file was given, from its name and its first bytes. Law: no more than the first
 * kilobytes are read to tell, so that a file of any size is answered at once.
 */

export type FileKind = 'trace' | 'text' | 'wrong';

const SNIFFED_BYTES = 4096;
/** Signatures that the trace reader names itself, with the command that unpacks them. */
const PACKED = [
  [0x1f, 0x8b],
  [0x28, 0xb5, 0x2f, 0xfd],
];

export async function kindOfFile(file: Blob & { name: string }): Promise<FileKind> {
  const head = new Uint8Array(await file.slice(0, SNIFFED_BYTES).arrayBuffer());
  if (PACKED.some((bytes) => bytes.every((byte, i) => head[i] === byte))) return 'trace';
  const isText = !head.includes(0);
  if (!isText) return 'wrong';
  if (/\.(csv|jsonl|ndjson)$/i.test(file.name)) return 'trace';
  if (/\.(json|ya?ml)$/i.test(file.name)) return 'text';
  return kindOfText(new TextDecoder().decode(head));
}

/** A name that says nothing: a trace has one request a line, a scenario names its fields. */
export function kindOfText(head: string): FileKind {
  const first = head
    .replace(/^\ufeff/, '')
    .split('\n', 1)[0]!
    .trim();
  if (first === '') return 'wrong';
  if (/^\{.*\}$/.test(first)) return 'trace';
  if (/^[{#]|^[A-Za-z]+:/.test(first)) return 'text';
  return first.includes(',') ? 'trace' : 'wrong';
}

/** `1.2 GB`, `340 kB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}
