import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exceptions } from './exceptions.ts';
import { rules, type SourceFile } from './rules.ts';

// The tree lints itself: every rule on every file that git tracks, and the exceptions are still
// needed.
const root = fileURLToPath(new URL('../..', import.meta.url));

const LISTED = /\.(ts|mjs|astro|mdx|cc|h|cuh|cu|wgsl|md|json|yaml|sh|gyp)$/;

function trackedFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
  });
  return listed
    .toString()
    .split('\0')
    .filter((path) => path !== '' && LISTED.test(path))
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));
}

function run(command: string, args: string[]): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return { code: status ?? 1, output: `${stdout}${stderr}` };
}

const files = trackedFiles();

describe('the tree keeps the house rules', () => {
  it.each(Object.keys(rules))('%s', (name) => {
    const problems = files.flatMap((file) => {
      const isExcepted = exceptions.some((e) => e.path === file.path && e.rule === name);
      return isExcepted ? [] : rules[name]!(file).map((problem) => `${file.path}: ${problem}`);
    });
    expect(problems).toEqual([]);
  });

  it('every exception is still needed', () => {
    const idle = exceptions.filter(({ path, rule }) => {
      const file = files.find((candidate) => candidate.path === path);
      return file === undefined || rules[rule]!(file).length === 0;
    });
    expect(idle).toEqual([]);
  });
});

describe('every source file is used', () => {
  it('is imported by another, or is an entry', () => {
    const sources = files.filter(({ path }) => /\.(ts|mjs)$/.test(path));
    const imported = new Set<string>();
    for (const { path, text } of sources) {
      for (const match of text.matchAll(
        /(?:from|import|import\(|new URL\()\s*['"](\.[^'"]+)['"]/g,
      )) {
        imported.add(new URL(match[1]!, `file:///${path}`).pathname.slice(1));
      }
    }
    // Workers and scripts are named by a path in another file or in a manifest.
    const isNamed = (path: string) => {
      const name = path.replace(/^.*\//, '');
      return files.some((file) => file.path !== path && file.text.includes(name));
    };
    // What a runner finds by its name: tests, stories, configurations; and types alone.
    const isEntry = (path: string) =>
      /\.(test|bench|config|stories|d)\.ts$|\/\.storybook\/|(^|\/)index\.ts$/.test(path);
    const unused = sources
      .map(({ path }) => path)
      .filter((path) => !isEntry(path))
      .filter((path) => !imported.has(path) && !isNamed(path));
    expect(unused).toEqual([]);
  });
});

describe('formatter, linter and types', () => {
  it('biome finds nothing', () => {
    const { code, output } = run('npx', ['--no-install', 'biome', 'check', '.']);
    expect(output).not.toMatch(/Found \d+ (errors|warnings)/);
    expect(code).toBe(0);
  });

  it('tsc finds nothing', () => {
    expect(run('npx', ['--no-install', 'tsc', '-p', 'tsconfig.json'])).toEqual({
      code: 0,
      output: '',
    });
  });
});

describe('manifests', () => {
  it('name exact versions only', () => {
    const loose = files
      .filter(({ path }) => path.endsWith('package.json'))
      .flatMap(({ path, text }) => {
        const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
        const all = { ...manifest['dependencies'], ...manifest['devDependencies'] };
        return Object.entries(all)
          .filter(([, version]) => !/^\d/.test(version))
          .map(([name, version]) => `${path}: ${name} ${version}`);
      });
    expect(loose).toEqual([]);
  });
});
