import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Law: every figure says everything in both languages, in words of their own. The type check finds
// a missing key; this finds one that was only copied.

type Messages = Record<string, unknown>;

const folder = new URL('../src/', import.meta.url);
const figures = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => readdirSync(new URL(`${name}/`, folder)).includes('messages.ts'));

/** Names, units and signs are the same in every language; a word in small letters is none. */
const hasWords = (text: string) => /(?<![A-Za-z.])[A-Z]?[a-z]{3,}(?![A-Za-z])/.test(text);

function* pairs(en: unknown, ja: unknown, path: string): Generator<[string, unknown, unknown]> {
  if (typeof en === 'object' && en !== null) {
    for (const [key, value] of Object.entries(en)) {
      yield* pairs(value, (ja as Messages)[key], `${path}.${key}`);
    }
  } else yield [path, en, ja];
}

async function messagesOf(figure: string): Promise<[string, Messages, Messages][]> {
  const module = (await import(new URL(`${figure}/messages.ts`, folder).href)) as Messages;
  return Object.entries(module).flatMap(([name, value]) => {
    const found = value as { en?: Messages; ja?: Messages } | null;
    const isBoth = typeof found === 'object' && found !== null && 'en' in found && 'ja' in found;
    return isBoth ? [[name, found.en!, found.ja!] as [string, Messages, Messages]] : [];
  });
}

describe('the words of the figures', () => {
  it.each(figures)('%s: both languages', async (figure) => {
    const sets = await messagesOf(figure);
    expect(sets).not.toEqual([]);
    const copied: string[] = [];
    for (const [name, en, ja] of sets) {
      for (const [path, a, b] of pairs(en, ja, name)) {
        expect(typeof b, path).toBe(typeof a);
        if (typeof a === 'string' && a === b && hasWords(a)) copied.push(`${path}: ${a}`);
      }
    }
    expect(copied).toEqual([]);
  });
});
