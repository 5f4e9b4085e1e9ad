import { inputError, type Locate } from '@beamline/simulator';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';

/**
 * YAML and JSON (which is YAML) to a plain value, bounded: no document grows by its aliases, no key
 * stands twice, only one document a file. Messages name file, line and column.
 */

/** Aliases that one document may resolve to; a scenario needs none. */
const MAX_ALIASES = 100;

export function parseYaml(text: string, where: string): { value: unknown; locate: Locate } {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\ufeff/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: false,
    schema: 'core',
    version: '1.2',
    customTags: [],
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw inputError(`${where}:${line}:${col}: ${sentence(problem.message)}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw inputError(`${where}: ${sentence((error as Error).message)}`);
  }
  return { value, locate: (path) => lineOf(document.contents, path, lines) };
}

/** The library's message as one sentence on one line. */
function sentence(message: string): string {
  const line = message.split('\n')[0]!.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** The line of the deepest part of a path that the document has. */
function lineOf(contents: unknown, path: string, lines: LineCounter): number | null {
  let node = contents;
  let at: number | null = null;
  for (const key of path.split(/[.[\]]+/)) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair === undefined) break;
    const range = (pair.key as Node).range;
    if (range) at = lines.linePos(range[0]).line;
    node = pair.value;
  }
  return at;
}
