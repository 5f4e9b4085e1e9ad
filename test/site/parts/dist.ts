import { readFileSync } from 'node:fs';
import { operators } from '@beamline/kernels';
import { scenarioPaths } from '@beamline/simulator';
import { beforeAll, expect, it } from 'vitest';
import { terms } from '../../../apps/site/src/glossary.ts';
import { commandNames, commands } from '../../../packages/cli/src/options.ts';
import { compressedBytes, pageScripts } from '../support/page-scripts.ts';
import { dist, distFiles } from '../support/site.ts';

// What the build wrote, read from disk. The build itself fails on dead links, missing anchors and
// twins (finish.test.ts shows that it would); here is what it does not check, and sizes.

let files: string[];
const read = (path: string) => readFileSync(`${dist}/${path}`, 'utf8');

export function distTests(): void {
  beforeAll(() => {
    files = distFiles();
  });

  it('has every page in both languages', () => {
    const pages = files.filter((path) => path.endsWith('index.html'));
    const english = pages.filter((path) => !path.startsWith('ja/'));
    expect(english.map((path) => `ja/${path}`)).toEqual(pages.filter((p) => p.startsWith('ja/')));
    expect(english.length).toBeGreaterThan(40);
  });

  it('holds a content security policy in every page, and no inline script', () => {
    for (const path of files.filter((file) => file.endsWith('.html'))) {
      const html = read(path);
      expect(html, path).toMatch(
        new RegExp(
          '<head><meta http-equiv="Content-Security-Policy" content="' +
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval';",
        ),
      );
      const inline = [...html.matchAll(/<script\b([^>]*)>/g)].filter(
        ([, attributes]) => !/\ssrc=/.test(attributes!) && !/application\/json/.test(attributes!),
      );
      expect(inline, path).toEqual([]);
    }
  });

  it('has no address from the root, so that it works under any path', () => {
    const pages = files.filter((file) => /^(?!pagefind\/).*\.(html|css)$/.test(file));
    // The page for what is not there may be shown at any depth.
    for (const path of pages.filter((file) => file !== '404.html')) {
      expect(read(path), path).not.toMatch(/(?:href|src)="\/|url\(["']?\//);
    }
  });

  it('holds nothing but what a browser reads', () => {
    const strange = files.filter((path) => {
      return !/\.(html|js|css|svg|wasm)$|^pagefind\/[^/]*(\/[^/]*)?$/.test(path);
    });
    expect(strange).toEqual([]);
  });

  it('documents every command and option that the command itself reads', () => {
    const page = read('reference/commands/index.html');
    for (const name of commandNames) {
      expect(page).toContain(`id="beamline-${name}"`);
      for (const [key, spec] of Object.entries(commands[name].options)) {
        if ('positional' in (spec as object)) continue;
        const long = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        expect(page, `${name} --${long}`).toMatch(new RegExp(`id="${name}--(no-)?${long}"`));
      }
    }
  });

  it.each(['', 'ja/'])('has a place for every field, operator and term: %s', (prefix) => {
    const scenario = read(`${prefix}reference/scenario/index.html`);
    for (const path of scenarioPaths) expect(scenario).toContain(`id="${path}"`);
    for (const { name } of operators) {
      expect(files).toContain(`${prefix}reference/operators/${name}/index.html`);
    }
    const glossary = read(`${prefix}reference/glossary/index.html`);
    for (const id of Object.keys(terms)) expect(glossary).toContain(`id="${id}"`);
  });

  it('shows what each prediction was asked and by how much it misses', () => {
    const page = read('reference/validation/index.html');
    expect(page).toContain('missed by');
    expect(page.match(/href="\.\.\/\.\.\/explorer\/\?/g)!.length).toBeGreaterThan(20);
    expect(page).toContain('data-figure="prediction_scatter"');
  });

  it('keeps the styles of a page within 25 kB compressed', () => {
    const page = read('story/token-tree/index.html');
    const sheets = [...page.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)]
      .map(([, href]) => href!.replace(/^(\.\.\/)+/, ''))
      .filter((href) => !href.includes('print.'));
    expect(compressedBytes(sheets)).toBeLessThan(25_000);
  });

  it('keeps the scripts of a page of text within 35 kB compressed, figures included', () => {
    const pages = files.filter((path) => /(^|\/)index\.html$/.test(path));
    const texts = pages.filter((path) => !/^(ja\/)?(explorer|lab)\//.test(path));
    // Four chapters are above it: one has the largest figure, the others two kinds of them, of
    // which the lower one loads when it is scrolled to.
    const more = new Map([
      ['story/verification/index.html', 36_200],
      ['story/engine-step/index.html', 37_000],
      ['story/when-not/index.html', 39_000],
      ['story/recurrent-drafter/index.html', 39_000],
    ]);
    const most = (path: string) => more.get(path.replace(/^ja\//, '')) ?? 35_000;
    const sizes = texts.map((path) => [compressedBytes(pageScripts(path)), path] as const);
    expect(sizes.filter(([size, path]) => size > most(path))).toEqual([]);
    expect(compressedBytes(pageScripts('reference/decisions/index.html'))).toBeLessThan(10_000);
    expect(pageScripts('story/verification/index.html').length).toBeGreaterThan(8);
  });
}
