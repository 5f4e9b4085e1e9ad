/** All pages that are made, in one language. */
import type { Language } from '@beamline/figures/frame';
import { commandPages } from './commands.ts';
import { documentPages } from './documents.ts';
import { glossaryPages } from './glossary.ts';
import { operatorPages } from './operators.ts';
import type { GeneratedPage, PageMaker } from './page.ts';
import { scenarioPages } from './scenario.ts';
import { validationPages } from './validation.ts';

const makers: readonly PageMaker[] = [
  commandPages,
  documentPages,
  glossaryPages,
  operatorPages,
  scenarioPages,
  validationPages,
];

export async function generatedPages(language: Language): Promise<GeneratedPage[]> {
  const made = await Promise.all(makers.map((make) => make(language)));
  return made.flat();
}
