/**
 * Loads the pages of the site: those written under src/content/docs and those made from the
 * project's tables. Law: a made page exists in both languages or the build fails.
 */
import { docsLoader } from '@astrojs/starlight/loaders';
import type { Loader, LoaderContext } from 'astro/loaders';
import { generatedPages } from './pages.ts';

async function store(context: LoaderContext, language: 'en' | 'ja'): Promise<void> {
  for (const page of await generatedPages(language)) {
    const id = language === 'en' ? page.id : `${language}/${page.id}`;
    const filePath = `src/content/docs/${id}.md`;
    const fileURL = new URL(filePath, context.config.root);
    const sidebar = page.label === undefined ? {} : { sidebar: { label: page.label } };
    const data = await context.parseData({
      id,
      data: {
        title: page.title,
        description: page.description,
        ...sidebar,
        ...(page.isWide ? { tableOfContents: false } : {}),
      },
    });
    const rendered = await context.renderMarkdown(page.body, { fileURL });
    context.store.set({ id, data, body: page.body, filePath, rendered });
  }
}

export function siteLoader(): Loader {
  const written = docsLoader();
  return {
    name: 'beamline-pages',
    load: async (context) => {
      await written.load(context);
      await store(context, 'en');
      await store(context, 'ja');
    },
  };
}
