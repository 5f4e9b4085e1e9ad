// The site: Starlight pages in English (root) and Japanese (ja/), static, without a server.
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { defaultClientConditions, defaultServerConditions } from 'vite';
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
    }),
  ],
  vite: {
    // The packages' sources, never a stale dist.
    resolve: { conditions: ['source', ...defaultClientConditions] },
    ssr: {
      noExternal: [/^@beamline\//],
      resolve: { conditions: ['source', ...defaultServerConditions] },
    },
    worker: { format: 'es' },
  },
});
