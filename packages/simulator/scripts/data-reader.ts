/** Reads the files of a data folder for the scripts beside this one; packed ones are unpacked. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DataReader } from '../src/calibration/index.ts';

/** Ends the process with a word on its use where no folder is given. */
export function dataReader(folder: string | undefined, script: string): DataReader {
  if (folder === undefined) {
    console.error(`usage: npm run ${script} -w @beamline/simulator -- DATA_FOLDER`);
    process.exit(2);
  }
  return (path) => {
    const file = join(folder, path);
    if (!existsSync(file)) return null;
    const bytes = readFileSync(file);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  };
}
