/**
 * The scripts that a built page loads once all its figures are alive, read from the files: what its
 * HTML names, what those import, and the elements of its figures. Workers are not among them.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dist, distFiles } from './site.ts';

const text = (path: string) => readFileSync(`${dist}/${path}`, 'utf8');
const IMPORT = /(?:\bfrom|\bimport)\s*["'`](\.{1,2}\/[^"'`]+\.js)["'`]/g;
const ELEMENT = /src\/(\w+)\/element\.ts["'`]:[^,]*?import\(["'`]([^"'`]+)["'`]\)/g;

export function pageScripts(page: string): string[] {
  const html = text(page);
  const near = (from: string, address: string) =>
    posix.normalize(posix.join(posix.dirname(from), address));
  const found = new Set<string>();
  const add = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, address] of text(path).matchAll(IMPORT)) add(near(path, address!));
  };
  for (const [, address] of html.matchAll(/<script\b[^>]* src="([^"]+)"/g)) {
    add(near(page, address!));
  }
  const figures = new Set([...html.matchAll(/data-figure="(\w+)"/g)].map(([, name]) => name!));
  const host = /<html[^>]* data-figures="([^"]+)"/.exec(html)?.[1];
  if (host !== undefined && (figures.size > 0 || html.includes('<bl-ref'))) {
    const path = near(page, host);
    add(path);
    for (const [, figure, address] of text(path).matchAll(ELEMENT)) {
      if (figures.has(figure!)) add(near(path, address!));
    }
  }
  if (html.includes('<bl-case-runner')) {
    add(distFiles().find((path) => /^_astro\/case-runner\..*\.js$/.test(path))!);
  }
  return [...found].sort();
}

/** Bytes of files as a server sends them. */
export function compressedBytes(paths: Iterable<string>): number {
  let sum = 0;
  for (const path of paths) sum += gzipSync(readFileSync(`${dist}/${path}`), { level: 9 }).length;
  return sum;
}
