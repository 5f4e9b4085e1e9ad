/** Reads a folder of measurements for `beamline validate --data`; packed files are unpacked. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { inputError } from '@beamline/simulator';
import { readBytes } from './files.ts';

/** The largest published table has 4 MB, 0.6 MB packed. */
const MAX_BYTES = 2 ** 27;

/**
 * Gives a file's text by its path in the folder, null where it is not there.
 * @throws BeamlineError `input` where the folder is none, or a file cannot be read or unpacked
 */
export function dataFolder(folder: string, shown: string): (path: string) => string | null {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw inputError(`--data ${shown}: is no folder.`);
  }
  return (path) => {
    const file = join(folder, path);
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
    const bytes = readBytes(file, join(shown, path), MAX_BYTES);
    if (!path.endsWith('.gz')) return bytes.toString('utf8');
    try {
      return gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString('utf8');
    } catch (error) {
      throw inputError(`${join(shown, path)}: cannot be unpacked: ${(error as Error).message}.`);
    }
  };
}
