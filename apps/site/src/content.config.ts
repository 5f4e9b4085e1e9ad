// The pages: written ones under src/content/docs (Japanese ones of the same name under ja/), and
// those made from the project's tables.
import { defineCollection } from 'astro:content';
import { docsSchema } from '@astrojs/starlight/schema';
import { siteLoader } from './reference/loader.ts';

export const collections = {
  docs: defineCollection({ loader: siteLoader(), schema: docsSchema() }),
};
