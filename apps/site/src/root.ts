/** The folder of the whole project, while the site is built. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function projectRoot(from: string = process.cwd()): string {
  let folder = from;
  while (!existsSync(join(folder, 'turbo.json'))) {
    if (dirname(folder) === folder) throw new Error(`No turbo.json at or above ${from}`);
    folder = dirname(folder);
  }
  return folder;
}
