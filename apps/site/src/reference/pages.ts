/** All pages that are made, in one language. */
import type { Language } from '@beamline/figures/frame';
import { commandPages } from './commands.ts';
import type { GeneratedPage } from './page.ts';

export function generatedPages(language: Language): GeneratedPage[] {
  return [commandPages].flatMap((make) => make(language));
}
