/** The page of terms, from the one table: every term an anchor, `#token-tree`. */
import type { Language } from '@beamline/figures/frame';
import { terms } from '../glossary.ts';
import { type GeneratedPage, plain } from './page.ts';

const text = {
  en: {
    title: 'Glossary',
    description: 'The words of this site, in English and Japanese.',
    lead: 'One table decides every word of this site in both languages.',
  },
  ja: {
    title: '用語集',
    description: 'このサイトの用語（日本語・英語）。',
    lead: 'このサイトの用語は、日英ともこの一つの表で決まります。',
  },
};

function termHtml(id: string, language: Language): string {
  const term = terms[id as keyof typeof terms];
  const { name, meaning } = term[language];
  const other = language === 'en' ? term.ja.name : term.en.name;
  const otherLanguage = language === 'en' ? 'ja' : 'en';
  return (
    `<div class="term" id="${id}"><dt>${plain(name)} ` +
    `<span lang="${otherLanguage}">${plain(other)}</span></dt><dd>${plain(meaning)}</dd></div>`
  );
}

export function glossaryPages(language: Language): GeneratedPage[] {
  const { title, description, lead } = text[language];
  const nameOf = (id: string) => terms[id as keyof typeof terms][language].name;
  const ids = Object.keys(terms).sort((a, b) => nameOf(a).localeCompare(nameOf(b), language));
  const list = ids.map((id) => termHtml(id, language)).join('\n');
  const body = `${lead}\n\n<dl class="glossary">\n${list}\n</dl>`;
  return [{ id: 'reference/glossary', title, description, body }];
}
