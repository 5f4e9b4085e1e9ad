/**
 * What the story promises: both languages tell the same with the same figures and numbers, every
 * name resolves, nothing modelled is typed, every source is listed, and words are the glossary's.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loopInput } from '@beamline/figures/beam_tree/step';
import { verifyAcceptModel } from '@beamline/figures/verify_accept/model';
import { publishedTables, storedValidation } from '@beamline/fixtures';
import { bestContinuations, log } from '@beamline/kernels/reference';
import type { Validation } from '@beamline/simulator';
import { describe, expect, it } from 'vitest';
import { terms } from '../../apps/site/src/glossary.ts';
import { type BasisText, bases } from '../../apps/site/src/story/bases.ts';
import { BEAMS, LAW, search, survivals, tree } from '../../apps/site/src/story/example.ts';
import { storyNumbers } from '../../apps/site/src/story/numbers.ts';
import { type Source, sources } from '../../apps/site/src/story/sources.ts';
import { namesIn, numberText } from '../../apps/site/src/story/text.ts';

const folder = (language: 'en' | 'ja') =>
  fileURLToPath(
    new URL(
      `../../apps/site/src/content/docs/${language === 'ja' ? 'ja/' : ''}story/`,
      import.meta.url,
    ),
  );
const pagesOf = (language: 'en' | 'ja') =>
  readdirSync(folder(language)).map(
    (name) => [name, readFileSync(`${folder(language)}${name}`, 'utf8')] as const,
  );
const english = pagesOf('en');
const japanese = new Map(pagesOf('ja'));
const everyPage = [
  ...english.map(([name, body]) => [`story/${name}`, body] as const),
  ...[...japanese].map(([name, body]) => [`ja/story/${name}`, body] as const),
];

/** Files of words beside the prose: those of the figures, the explorer, the reference. */
function wordFiles(): string[] {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  return ['apps/site/src', 'packages/figures/src'].flatMap((room) =>
    readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(messages|words|labels)[^/]*\.ts$/.test(name))
      .filter((name) => !name.endsWith('.test.ts'))
      .map((name) => `${root}${room}/${name}`),
  );
}

/** A page's prose: without head, imports, code, tags and what they hold in their attributes. */
function proseOf(body: string): string {
  return body
    .replace(/^---[\s\S]*?\n---\n/, '')
    .replace(/^import .*$/gm, '')
    .replace(/```[\s\S]*?```/g, '')
    .replace(/<N of="[^"]*" \/>/g, 'N')
    .replace(/<[^>]*>/g, '');
}

const all = (body: string, pattern: RegExp) => [...body.matchAll(pattern)].map((m) => m[1] ?? m[0]);

describe('both languages', () => {
  it('have the same chapters', () => {
    expect([...japanese.keys()].sort()).toEqual(english.map(([name]) => name).sort());
    expect(english.length).toBe(13);
  });

  it.each(english)('%s tells the same', (name, body) => {
    const other = japanese.get(name)!;
    const same = (pattern: RegExp) => expect(all(other, pattern)).toEqual(all(body, pattern));
    same(/^#+/gm);
    same(/<Figure [^/]*\/>/g);
    same(/<Try set=\{(\[[^\]]*\])\}/g);
    same(/sidebar: .*/g);
    const sameSet = (pattern: RegExp) =>
      expect([...new Set(all(other, pattern))].sort()).toEqual(
        [...new Set(all(body, pattern))].sort(),
      );
    sameSet(/<N of="([^"]+)"/g);
    sameSet(/<Ref figure="[^"]+" to="[^"]+">/g);
    sameSet(/<Cite of="([^"]+)"/g);
    sameSet(/<Term of="([^"]+)"/g);
    sameSet(/<Go to="([^"]+)"/g);
    expect(all(other, /^\|/gm).length).toBe(all(body, /^\|/gm).length);
  });
});

describe('every page', () => {
  it.each(everyPage)('%s names what exists, and cites by name alone', (_, body) => {
    for (const name of namesIn(body, 'N')) expect(storyNumbers, name).toHaveProperty([name]);
    for (const name of namesIn(body, 'Cite')) expect(sources, name).toHaveProperty([name]);
    for (const name of namesIn(body, 'Term')) expect(terms, name).toHaveProperty([name]);
    expect(body).not.toMatch(/https?:\/\//);
    expect(body).toContain('<Notes />');
  });

  it.each(everyPage)('%s has the glossary’s word behind each of its links', (path, body) => {
    const language = path.startsWith('ja/') ? 'ja' : 'en';
    for (const [, id, text] of body.matchAll(/<Term of="([^"]+)">([^<]*)<\/Term>/g)) {
      const { name } = terms[id as keyof typeof terms][language];
      expect(text!.toLowerCase()).toBe(name.toLowerCase());
    }
  });

  it.each(everyPage)('%s types no time, power or energy that the model could give', (_, body) => {
    // Stated limits and given conditions; none of them comes out of the model.
    const given = /20\u00a0ms|700\u00a0W|0\.1 ミリ秒/g;
    const text = proseOf(body).replace(given, '');
    expect(all(text, /[\d.,]+[ \u00a0]?(?:ms|µs|ミリ秒|マイクロ秒|W|J|GB)(?![A-Za-z/])/g)).toEqual(
      [],
    );
  });

  it.each(everyPage)('%s is plain: no exclamation, no dash that interrupts', (_, body) => {
    expect(proseOf(body)).not.toMatch(/[!！—]/);
  });

  it.each(english)('%s is short', (_, body) => {
    expect(proseOf(body).split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1000);
  });
});

describe('Japanese', () => {
  /** Other spellings of what the glossary names: one word for one thing. */
  const others: Record<string, RegExp> = {
    'speculative-decoding': /投機的?(復号|デコード)|スペキュレイティブ/,
    'beam-search': /ビームサーチ/,
    'token-tree': /トークン[・]?ツリー/,
    'tree-attention': /木アテンション|木注意|ツリー・アテンション/,
    'in-flight-batching': /インフライト・バッチ|連続バッチ|継続的バッチ/,
    'kv-cache': /KVキャッシュ/,
    'kv-block': /KVブロック/,
    speedup: /速度向上|スピードアップ/,
    lossless: /ロスレス|可逆/,
    acceptance: /採択|受容/,
    'target-model': /目標モデル|対象モデル/,
    roofline: /ルーフ・ライン|屋根線/,
  };

  const spelledAsInGlossary = (text: string) => {
    for (const [term, pattern] of Object.entries(others)) {
      expect(terms).toHaveProperty([term]);
      expect(text, term).not.toMatch(pattern);
    }
  };

  it.each([...japanese])('%s spells terms as the glossary does', (_, body) => {
    spelledAsInGlossary(proseOf(body));
  });

  it.each(wordFiles())('%s spells terms as the glossary does', (path) => {
    spelledAsInGlossary(readFileSync(path, 'utf8'));
  });

  it.each([...japanese])('%s speaks in one tone', (_, body) => {
    const sentences = proseOf(body).match(/[^。\n]+。/g) ?? [];
    const plain = sentences.filter((text) => /(である|だ|った|ない|する|なる)。$/.test(text));
    expect(plain).toEqual([]);
  });
});

describe('numbers and sources', () => {
  it('are finite, are used, and have a basis in both languages', () => {
    for (const [name, number] of Object.entries(storyNumbers)) {
      expect(Number.isFinite(number.value), name).toBe(true);
      const basis: BasisText = bases[number.basis];
      expect(basis.text.en.length * basis.text.ja.length).toBeGreaterThan(0);
      if (basis.source !== undefined) expect(sources).toHaveProperty([basis.source]);
    }
  });

  it('come from a table of the fixtures where the source says so', () => {
    const tables = new Set(publishedTables.map(({ id }) => id));
    for (const { fixture } of Object.values<Source>(sources)) {
      if (fixture !== undefined) expect(tables).toContain(fixture);
    }
  });

  it('are all cited somewhere', () => {
    const cited = new Set(everyPage.flatMap(([, body]) => namesIn(body, 'Cite')));
    for (const { source } of Object.values<BasisText>(bases)) {
      if (source !== undefined) cited.add(source);
    }
    expect(Object.keys(sources).filter((id) => !cited.has(id))).toEqual([]);
  });

  it('quote what other files of this project hold', () => {
    const root = new URL('../../', import.meta.url);
    const readme = readFileSync(new URL('kernels/verify_redrafter/README.md', root), 'utf8');
    const chapter = new Map(english).get('verification.mdx')!;
    for (const figure of ['0.36', '0.39', '0.38', '0.68']) {
      expect(readme).toContain(figure);
      expect(chapter).toContain(figure);
    }
    const facts = (storedValidation as Validation).facts.map(({ source }) => source).join();
    const rows = new Map(english).get('memory-bound.mdx')!;
    for (const figure of ['1.15', '1.83']) {
      expect(facts).toContain(figure);
      expect(rows).toContain(`${figure}×`);
    }
  });

  it('are written with their unit, in the language’s own way', () => {
    const number = { value: 8.0303, unit: 'B', digits: 3, basis: 'counted' } as const;
    expect(numberText(number, 'en')).toBe('8.03\u00a0billion');
    expect(numberText(number, 'ja')).toBe('80.3\u00a0億');
    expect(numberText({ ...number, value: 2.8, unit: '×' }, 'en')).toBe('2.80×');
    expect(numberText({ ...number, value: 4, unit: '', basis: 'table1' }, 'en')).toBe('4.00');
    expect(numberText({ ...number, value: 0.9, unit: '', basis: 'example' }, 'ja')).toBe('0.9');
    expect(numberText({ ...number, value: 430731, unit: '' }, 'en')).toBe('431,000');
  });
});

describe('the example', () => {
  it('is what a beam search over its law finds', () => {
    const last = search(BEAMS.length, BEAMS[0].length - 1).at(-1)!;
    expect(last.map(({ tokens }) => tokens)).toEqual(BEAMS);
    // The operator's own choice of the last turn, in logarithms.
    const before = search(BEAMS.length, 2).at(-1)!;
    const words = [93, 94, 95, 96, 97, 99];
    const floor = -100;
    const values = before.flatMap(({ tokens }) =>
      words.map((word) => {
        const probability = LAW[tokens.join(' ')]?.[word];
        return probability === undefined ? floor : log(probability);
      }),
    );
    const scores = Float64Array.from(before, ({ score }) => log(score));
    const best = bestContinuations(scores, Float64Array.from(values), words.length, false);
    expect(
      best.map(({ flat }) => [
        ...before[Math.floor(flat / words.length)]!.tokens,
        words[flat % words.length]!,
      ]),
    ).toEqual(BEAMS);
  });

  it('is verified in the figure as the chapter says', () => {
    const input = loopInput('worked-a', { preset: 'worked-a', rule: 'greedy' });
    const { step, verified } = verifyAcceptModel(input);
    expect(verified.path).toEqual([0, 1, 4, 5]);
    expect(verified.emitted.map((token) => step.text.words[token])).toEqual([
      ...['92', '94', '96', '97'],
    ]);
  });

  it('is the tree that the chapters describe', () => {
    expect(tree.tokens).toEqual([91, 92, 93, 95, 94, 96, 97]);
    expect(tree.depth).toEqual([0, 1, 2, 3, 2, 3, 3]);
    expect(tree.unpack).toEqual([0, 1, 2, 3, 0, 1, 4, 5, 0, 1, 2, 6]);
    expect(survivals.map(({ row }) => tree.tokens[row])).toEqual([92, 93, 95, 94, 96, 97]);
  });
});
