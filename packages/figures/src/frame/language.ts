/**
 * The languages of the figures and what their sentences are made with. A figure keeps its words in
 * `messages.ts` as `Record<Language, Messages>`, so that a missing key fails the type check; a
 * sentence is a function of numbers and names, never glued together by the caller.
 */

export type Language = 'en' | 'ja';

export const languages: readonly Language[] = ['en', 'ja'];

/** The language of a tag such as `ja-JP`; English where there is no other. */
export function languageOf(tag: string | null | undefined): Language {
  return /^ja\b/i.test(tag ?? '') ? 'ja' : 'en';
}

/** `a, b and c` or `a、b、c`. */
export function listText(language: Language, items: readonly string[]): string {
  if (language === 'ja') return items.join('、');
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
