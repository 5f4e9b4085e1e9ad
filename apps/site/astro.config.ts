// The site: Starlight pages in English (root) and Japanese (ja/), static, without a server.
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { figureBundles } from './src/finish/figure-bundles.ts';
import { finish } from './src/finish/integration.ts';
import { plainImports } from './src/finish/plain-imports.ts';
import { sidebar } from './src/sidebar.ts';

export default defineConfig({
  output: 'static',
  devToolbar: { enabled: false },
  integrations: [
    starlight({
      title: 'Beamline',
      defaultLocale: 'root',
      locales: {
        root: { label: 'English', lang: 'en' },
        ja: { label: '日本語', lang: 'ja' },
      },
      sidebar,
      credits: false,
      expressiveCode: {
        defaultProps: { frame: 'none', wrap: true },
        styleOverrides: { borderRadius: '8px', codeFontSize: '0.84375rem' },
      },
      disable404Route: true,
      customCss: ['./src/styles/theme.css', './src/styles/content.css'],
      components: {
        Footer: './src/components/Footer.astro',
        LanguageSelect: './src/components/LanguageSelect.astro',
        Search: './src/components/Search.astro',
        Sidebar: './src/components/Sidebar.astro',
        SiteTitle: './src/components/SiteTitle.astro',
        ThemeProvider: './src/components/ThemeProvider.astro',
        ThemeSelect: './src/components/ThemeSelect.astro',
      },
    }),
    figureBundles(),
    finish(),
  ],
  prefetch: false,
  build: { inlineStylesheets: 'never' },
  vite: {
    plugins: [plainImports()],
    build: {
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        // Astro marks every chapter with a directive of its own, which is of no use to a reader.
        onLog: (level, log, say) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') say(level, log);
        },
      },
    },
    experimental: {
      // Addresses in scripts and styles are relative to them: the site works under any path.
      renderBuiltUrl: (_file, { hostType, ssr }) =>
        hostType === 'html' || ssr ? undefined : { relative: true },
    },
    // The packages' sources, never a stale dist.
    resolve: { conditions: ['source', ...defaultClientConditions] },
    ssr: {
      noExternal: [/^@beamline\//],
      resolve: { conditions: ['source', ...defaultServerConditions] },
    },
    worker: { format: 'es' },
  },
});
