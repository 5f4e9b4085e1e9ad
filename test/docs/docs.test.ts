import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operators } from '@beamline/kernels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../packages/cli/test/harness.ts';

// What the documents say is true: every link leads somewhere, every command in the README runs.
const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
});
const documents = listed
  .toString()
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** Heading → anchor, as repository pages make them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.matchAll(/^#{1,6} (.+)$/gm);
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
  return new Set([...headings].map((match) => slug(match[1]!)));
}

/**
 * Links of a document that lead into the tree, outside code. Addresses of the site are not files
 * here: its build follows them and stops at a dead one.
 */
function linksOf(path: string, text: string): string[] {
  const isPage = path.startsWith('apps/site/src/content/');
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^[a-z]+:/.test(link) && !(isPage && link.startsWith('/')));
}

describe('links', () => {
  it.each(documents)('%s', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const broken = linksOf(path, text).filter((link) => {
      const [file, anchor] = link.split('#') as [string, string | undefined];
      const target = file === '' ? join(root, path) : resolve(root, dirname(path), file);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap((match) => match[1]!.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '');

describe('commands of the README', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'beamline-docs-'));
    const trace = ['TIMESTAMP,ContextTokens,GeneratedTokens'];
    for (let i = 0; i < 50; i++) trace.push(`2023-11-16 18:00:${10 + i}.0000000,${200 + i},20`);
    writeFileSync(join(folder, 'trace.csv'), `${trace.join('\n')}\n`);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are the two of the root manifest, and commands of beamline', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
    const others = commands.filter((line) => !/^npm (start|test)$|^npx beamline /.test(line));
    expect(others).toEqual([]);
  });

  const beamline = commands.filter((line) => line.startsWith('npx beamline '));
  it.each(beamline)('%s', async (line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
    // 4 and 5 are answers: the SLO is not met, the load is too high.
    const { code, stdout, stderr } = await call(words.slice(2), { cwd: folder });
    expect({ code, stderr }).toEqual({ code: expect.toSatisfy(isAnswer), stderr });
    expect(stdout.length).toBeGreaterThan(0);
  });
});

function isAnswer(code: number): boolean {
  return code === 0 || code === 4 || code === 5;
}

describe('kernels/README.md', () => {
  it('names every operator as its record does', () => {
    const page = readFileSync(join(root, 'kernels/README.md'), 'utf8');
    const rows = operators.map(({ name, summary }) => `| [${name}](${name}/) | ${summary} |`);
    expect(page.split('\n').filter((line) => line.startsWith('| ['))).toEqual(rows);
  });
});
