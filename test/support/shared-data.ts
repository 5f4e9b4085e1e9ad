import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Real traces and published measurements stand beside a checkout, not in it: they are other
 * people's. Returns the path of one such file, or null where it is absent; a test then says what it
 * skips.
 */
export function sharedData(path: string): string | null {
  const file = fileURLToPath(new URL(`../../../shared/data/${path}`, import.meta.url));
  return existsSync(file) ? file : null;
}

/** The reason a test prints when the data is not there. */
export function withoutData(path: string): string {
  return `needs the data file ${path} beside the checkout`;
}
