/**
 * The house rules as functions from a file to what is wrong with it. `tidy.test.ts` applies them to
 * the tree; `rules.test.ts` shows each of them catching something. Exceptions stand in
 * `exceptions.ts`.
 */

export interface SourceFile {
  /** Path from the root, with forward slashes. */
  path: string;
  text: string;
}

export type Rule = (file: SourceFile) => string[];

const CODE = /\.(ts|mjs|cc|h|cuh|cu|wgsl)$/;
export const LINES_MAX = 700;
export const FUNCTION_LINES_MAX = 70;
export const COLUMNS_MAX = 100;

function isCode(path: string): boolean {
  return CODE.test(path);
}

function isTest(path: string): boolean {
  return /(^|\/)test\/|\.test\.ts$/.test(path);
}

export const fileIsShort: Rule = ({ path, text }) => {
  if (!isCode(path)) return [];
  const lines = text.split('\n').length;
  return lines > LINES_MAX ? [`${lines} lines, at most ${LINES_MAX}`] : [];
};

export const linesAreShort: Rule = ({ path, text }) => {
  if (!isCode(path)) return [];
  const problems: string[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.length > COLUMNS_MAX) {
      problems.push(`line ${index + 1} has ${line.length} columns, at most ${COLUMNS_MAX}`);
    }
  });
  return problems;
};

/**
 * The formatter puts a function's closing brace at the indentation of the line that opens it, so
 * that a function is found without a parser. Test files hold `describe` blocks, which are not
 * functions to limit.
 */
export const functionsAreShort: Rule = ({ path, text }) => {
  if (!/\.(ts|mjs|cc|h)$/.test(path) || isTest(path)) return [];
  const lines = text.split('\n');
  const problems: string[] = [];
  const opening =
    /^(\s*)(?:.*\bfunction\b.*|(?!(?:\s*(?:if|for|while|switch|else|do|namespace|class|struct|enum)\b|.*\b(?:interface|class|struct|namespace|enum|type)\b )).*\)(?:: [^=]+| const| noexcept)* |.*=> )\{$/;
  lines.forEach((line, start) => {
    const match = opening.exec(line);
    if (match === null) return;
    const indent = match[1]!;
    const end = lines.findIndex((other, i) => i > start && other.startsWith(`${indent}}`));
    const length = end - start + 1;
    if (length > FUNCTION_LINES_MAX) {
      problems.push(
        `function at line ${start + 1} has ${length} lines, at most ${FUNCTION_LINES_MAX}`,
      );
    }
  });
  return problems;
};

interface Ban {
  pattern: RegExp;
  instead: string;
  applies: (path: string) => boolean;
}

const isLibrary = (path: string) =>
  /^(packages\/(?!cli\/)[^/]+\/src|kernels(?!\/(?:scripts|bench)\/)|fixtures)\//.test(path);
const isExactMath = (path: string) => path.endsWith('base/exact-math.ts');

const bans: Ban[] = [
  {
    pattern: /\bMath\.random\b/,
    instead: 'a named stream of base/random.ts',
    applies: isCode,
  },
  {
    pattern: /\b(?:Date\.now|performance\.now|process\.hrtime|new Date\()/,
    instead: 'the clock comes in as an argument',
    applies: (path) => isLibrary(path) && !isTest(path),
  },
  {
    pattern: /\bprocess\.(?:env|argv|exit|cwd)\b/,
    instead: 'only packages/cli reads the environment',
    applies: isLibrary,
  },
  {
    pattern: /from 'node:(?:fs|child_process|os|net|http)/,
    instead: 'only packages/cli touches the system',
    applies: (path) =>
      isLibrary(path) && !isTest(path) && !/^packages\/scheduler\/src\/node\.ts$/.test(path),
  },
  {
    pattern:
      /\bMath\.(?:exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|cbrt|tanh|hypot)\b|(?<!\b2 )\*\* /,
    instead: 'base/exact-math.ts: the same bits on every platform',
    applies: (path) =>
      /^(packages\/(simulator|scheduler)\/src|kernels)\/.*\.ts$/.test(path) &&
      !isTest(path) &&
      !isExactMath(path),
  },
  { pattern: /\bas any\b|: any\b/, instead: 'a type', applies: isCode },
  {
    pattern: /\b(?:describe|it|test)\.(?:only|todo)\b/,
    instead: 'run every test',
    applies: isCode,
  },
  {
    pattern: new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`),
    instead: 'finish it',
    applies: () => true,
  },
  {
    pattern: /(?<![\w.-])\/(?:work|tmp|root|home)\/[A-Za-z._-]+/,
    instead: 'no path of one machine',
    applies: () => true,
  },
  {
    pattern: /registry\.npmjs|deb\.debian\.org|"resolved": "http/,
    instead: 'no registry address',
    applies: () => true,
  },
];

export const nothingBanned: Rule = ({ path, text }) => {
  const active = bans.filter((ban) => ban.applies(path));
  const problems: string[] = [];
  text.split('\n').forEach((line, index) => {
    // A comment may name what code may not do.
    const code = /^\s*(?:\*|\/\/|\/\*)/.test(line) ? '' : line;
    for (const { pattern, instead } of active) {
      const match = pattern.exec(code);
      if (match !== null) problems.push(`line ${index + 1}: ${match[0]} (instead: ${instead})`);
    }
  });
  return problems;
};

/** What each room may import. Arrows only ever point one way. */
const arrows: Record<string, string[]> = {
  fixtures: [],
  kernels: ['fixtures'],
  scheduler: [],
  simulator: ['scheduler', 'kernels', 'fixtures'],
  figures: ['simulator', 'scheduler', 'kernels', 'fixtures'],
  bench: ['kernels'],
  site: ['figures', 'bench', 'simulator', 'scheduler', 'kernels', 'fixtures'],
  storybook: ['figures', 'bench', 'simulator', 'scheduler', 'kernels', 'fixtures'],
  cli: ['bench', 'figures', 'simulator', 'scheduler', 'kernels', 'fixtures'],
};

export function roomOf(path: string): string | null {
  return /^(?:packages\/|apps\/)?([a-z]+)\//.exec(path)?.[1] ?? null;
}

export const arrowsPointDown: Rule = ({ path, text }) => {
  const room = roomOf(path);
  const allowed = room === null ? undefined : arrows[room];
  if (allowed === undefined || isTest(path)) return [];
  const imports = [...text.matchAll(/(?:from|import\() ?'@beamline\/([a-z]+)/g)];
  return imports
    .map((match) => match[1]!)
    .filter((other) => other !== room && !allowed.includes(other))
    .map((other) => `${room} imports ${other}; it may import: ${allowed.join(', ') || 'nothing'}`);
};

/** A file of code says what it is for before it does anything. */
export const startsWithPurpose: Rule = ({ path, text }) => {
  if (!/\.(ts|mjs|cc|h)$/.test(path) || isTest(path)) return [];
  if (/(^|\/)(index|.*\.config)\.ts$/.test(path)) return [];
  const hasComment = /^\s*(?:\/\*\*?|\/\/)/m.test(text.split('\n').slice(0, 30).join('\n'));
  return hasComment ? [] : ['no comment in the first 30 lines says what the file is for'];
};

export const rules: Record<string, Rule> = {
  fileIsShort,
  linesAreShort,
  functionsAreShort,
  nothingBanned,
  arrowsPointDown,
  startsWithPurpose,
};
