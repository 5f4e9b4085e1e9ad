import { inputError } from '../base/errors.ts';

/**
 * The record of a sweep's finished points, one JSON line each, so that a sweep that is killed goes
 * on where it stopped. The first line says what the results depend on beside the scenario (the
 * program, the traces); a journal with another first line is refused, never mixed in.
 *
 * Law: whatever prefix of a journal is left, cut anywhere, resuming from it gives the same result
 * as an uninterrupted sweep. A line that a killed process left without its end is dropped and its
 * point runs again.
 */

/** Where a journal is kept. The text is append-only except for `replace`. */
export interface JournalPort {
  /** Everything written so far; null when there is no journal yet. */
  read(): string | null;
  /** Puts this text in place of the journal; all or nothing. */
  replace(text: string): void;
  /** Adds to the end. An error, such as a full disk, ends the sweep. */
  append(text: string): void;
  /** How messages call it, for example a file's path. */
  readonly name: string;
}

export interface JournalEntry {
  key: string;
  /** A point's result as JSON data. */
  result: unknown;
}

/** `{"journal":"beamline-sweep","version":1,"identity":"…"}` */
export function journalHeader(identity: string): string {
  return JSON.stringify({ journal: 'beamline-sweep', version: 1, identity });
}

export function journalLine(entry: JournalEntry): string {
  return JSON.stringify({ key: entry.key, result: entry.result });
}

/**
 * Reads the finished points and leaves the journal ready for appending: with its first line, and
 * without a cut last line.
 * @throws BeamlineError `input` when it is another journal or no journal, or a whole line in it is
 * not a result; nothing is written then
 */
export function openJournal(port: JournalPort, identity: string): JournalEntry[] {
  const header = journalHeader(identity);
  const text = port.read() ?? '';
  const end = text.lastIndexOf('\n') + 1;
  const whole = text.slice(0, end);
  if (whole === '') {
    // Nothing, or a first line that was cut while it was written.
    if (!header.startsWith(text)) throw foreign(port.name, text);
    port.replace(`${header}\n`);
    return [];
  }
  const lines = whole.split('\n');
  lines.pop();
  if (lines[0] !== header) throw foreign(port.name, lines[0]!);
  const entries = lines.slice(1).map((line, i) => parseLine(port.name, i + 2, line));
  if (end < text.length) port.replace(whole);
  return entries;
}

function foreign(name: string, first: string): Error {
  const isSweep = first.startsWith('{"journal":"beamline-sweep"');
  const what = isSweep
    ? 'is the journal of a sweep with another program, trace or setting'
    : 'is not the journal of a sweep';
  return inputError(
    `${name}: ${what}; it is left as it is. Give another output file, or remove this one.`,
  );
}

function parseLine(name: string, number: number, line: string): JournalEntry {
  try {
    const entry = JSON.parse(line) as Partial<JournalEntry> | null;
    if (typeof entry?.key === 'string' && typeof entry.result === 'object' && entry.result) {
      return { key: entry.key, result: entry.result };
    }
  } catch {
    // Told below, like every other line that is no result.
  }
  throw inputError(
    `${name}:${number}: is not a finished point of a sweep: something else changed the file.`,
  );
}
