/**
 * A number of the story as text in a language: significant digits, unit after a space that does not
 * break, thousands grouped. `numberText(storyNumbers['rows.1'], 'en')` is `6.83 ms`.
 */
import type { Language } from '@beamline/figures';
import { type BasisText, bases } from './bases.ts';
import type { StoryNumber } from './numbers.ts';

const NO_BREAK = '\u00a0';

/** The tables that are quoted give two decimals, so 0.94 and 4.00. */
const published = new Intl.NumberFormat('en', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

const scaleWords: Readonly<Record<Language, { billion: string; times: string }>> = {
  en: { billion: `${NO_BREAK}billion`, times: '×' },
  ja: { billion: '', times: `${NO_BREAK}倍` },
};

function digitsOf(value: number, digits: number, language: Language, least = digits): string {
  // Zeros at the end are digits too: 2.80 has three; a chosen 0.9 has one.
  return new Intl.NumberFormat(language, {
    minimumSignificantDigits: value >= 1000 ? 1 : least,
    maximumSignificantDigits: digits,
  }).format(value);
}

export function numberText(
  { value, unit, digits, basis }: StoryNumber,
  language: Language,
): string {
  if (unit === 'B' && language === 'ja') {
    return `${digitsOf(value * 10, digits, language)}${NO_BREAK}億`;
  }
  const { kind }: BasisText = bases[basis];
  const isWhole = Number.isInteger(value) && unit === '' && value < 10 ** digits;
  const least = basis === 'example' ? 1 : digits;
  let text = digitsOf(value, digits, language, least);
  if (kind === 'measured') text = published.format(value);
  else if (isWhole) text = value.toLocaleString(language);
  if (unit === '') return text;
  if (unit === 'B') return `${text}${scaleWords[language].billion}`;
  if (unit === '×') return `${text}${scaleWords[language].times}`;
  if (unit === '$') return language === 'ja' ? `${text}${NO_BREAK}ドル` : `$${text}`;
  return `${text}${NO_BREAK}${unit}`;
}

/** The names of numbers, sources and terms that a page's text uses, each once, in order. */
export function namesIn(body: string, tag: 'N' | 'Cite' | 'Term'): string[] {
  const found = body.matchAll(new RegExp(`<${tag} of="([^"]+)"`, 'g'));
  return [...new Set([...found].map((match) => match[1]!))];
}
