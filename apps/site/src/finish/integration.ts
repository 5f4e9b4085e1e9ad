/**
 * The last step of the build: scripts into files, a content security policy into pages, relative
 * addresses, and then every check. A problem fails the build with the whole list.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { relativeCss, relativeHtml } from './addresses.ts';
import { problemsOf } from './check.ts';
import { documentationProblems } from './documented.ts';
import { bundleEntry } from './figure-bundles.ts';
import { optionTable } from './option-table.ts';
import { externalScripts, refusedByPolicy, withPolicy } from './scripts.ts';
import { framedTables } from './tables.ts';

/** Shown at addresses of any depth: its own keep leading from the root. */
const NOT_FOUND = '404.html';

function filesUnder(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/'))
    .map((path) => path.slice(fileURLToPath(folder).length).replace(/^\//, ''))
    .sort();
}

/** Finishes the dist in place and returns what is wrong with it. */
export function finishDist(folder: URL): string[] {
  const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');
  const write = (path: string, text: string) => writeFileSync(new URL(path, folder), text);
  const problems: string[] = [];
  const bundles: Record<string, string> = {};
  for (const path of filesUnder(folder)) {
    const language = bundleEntry.exec(path)?.[1];
    if (language !== undefined) bundles[language] = path;
  }
  for (const path of filesUnder(folder)) {
    if (path.endsWith('.css')) write(path, relativeCss(path, read(path)));
    if (
      path.startsWith('_astro/') &&
      path.endsWith('.js') &&
      /["'`(]\/(?:_astro)\//.test(read(path))
    ) {
      problems.push(`${path}: holds an address from the root, which fails under a sub-path`);
    }
    if (!path.endsWith('.html')) continue;
    const { html, files } = externalScripts(read(path));
    for (const [file, text] of files) write(file, text);
    const isAnywhere = path === NOT_FOUND;
    const finished = withPolicy(
      isAnywhere ? html : relativeHtml(path, framedTables(html), bundles),
    );
    problems.push(...refusedByPolicy(finished).map((problem) => `${path}: ${problem}`));
    write(path, finished);
  }
  const files = new Set(filesUnder(folder));
  const html = [...files].filter((path) => path.endsWith('.html'));
  const pages = new Map(html.map((path) => [path, read(path)]));
  const table = optionTable();
  return [
    ...problems,
    ...table.problems,
    ...problemsOf({ pages, files }),
    ...documentationProblems(pages, table),
  ];
}

export function finish(): AstroIntegration {
  return {
    name: 'beamline-finish',
    hooks: {
      'astro:build:done': ({ dir, logger }) => {
        const problems = finishDist(dir);
        if (problems.length === 0) return;
        for (const problem of problems) logger.error(problem);
        throw new Error(`The site has ${problems.length} problems; the list stands above.`);
      },
    },
  };
}
