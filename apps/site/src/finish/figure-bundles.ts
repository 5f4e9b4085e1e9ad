/**
 * The scripts of the figures, bundled once for each language with the words of that language alone:
 * a page loads what it shows and nothing else. Every figure keeps its words in a `messages.ts` that
 * ends in `= { en, ja };`, so that one of the two can be left out.
 */
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { build, defaultClientConditions, type Plugin } from 'vite';
import { plainImports } from './plain-imports.ts';

const languages = ['en', 'ja'] as const;
type PageLanguage = (typeof languages)[number];

const BOTH = /= \{ en, ja \};/g;

function oneLanguage(language: PageLanguage): Plugin {
  return {
    name: 'beamline-one-language',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/packages\/figures\/src\/[^?]*messages\.ts$/.test(id)) return null;
      return { code: code.replace(BOTH, `= { en: ${language}, ja: ${language} };`), map: null };
    },
  };
}

/** Where a language's entry lies, from the root of the dist. */
export const bundleEntry = /^_figures\/(en|ja)\/host\.[^/]+\.js$/;

async function bundle(language: PageLanguage, dist: URL): Promise<void> {
  const site = new URL('../../', import.meta.url);
  await build({
    configFile: false,
    root: fileURLToPath(site),
    base: './',
    logLevel: 'warn',
    publicDir: false,
    resolve: { conditions: ['source', ...defaultClientConditions] },
    plugins: [oneLanguage(language), plainImports()],
    worker: { format: 'es' },
    build: {
      outDir: fileURLToPath(new URL(`_figures/${language}/`, dist)),
      assetsDir: '.',
      assetsInlineLimit: 0,
      emptyOutDir: true,
      modulePreload: false,
      target: 'es2022',
      rolldownOptions: {
        input: fileURLToPath(new URL('src/figure-host.ts', site)),
        output: {
          entryFileNames: 'host.[hash].js',
          chunkFileNames: '[name].[hash].js',
        },
      },
    },
  });
}

export function figureBundles(): AstroIntegration {
  return {
    name: 'beamline-figure-bundles',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        for (const language of languages) await bundle(language, dir);
      },
    },
  };
}
