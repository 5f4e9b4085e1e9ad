import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pictureProblems } from '../../test/picture-laws.ts';
import { element, escapeText, textElement } from '../markup.ts';
import { type Tone, tokens } from '../palette.ts';
import { exportCsv, exportSvg } from './export.ts';
import {
  axisDown,
  cutText,
  type Drawing,
  drawPicture,
  endLabels,
  figureHtml,
  frameMessages,
  hatch,
  languageOf,
  languages,
  linked,
  listText,
  logTicks,
  type PictureTable,
  tableCsv,
  tableHtml,
  textWidth,
  toned,
  viewOptions,
  wrapText,
} from './index.ts';

const japanese = fc
  .array(fc.constantFrom(...'ビーム探索のトークン、検証。（採択）「長さ」ー1 2abc x'), {
    minLength: 1,
    maxLength: 60,
  })
  .map((characters) => characters.join(''));
const texts = fc.oneof(fc.string({ maxLength: 80 }), japanese);

describe('lines of text', () => {
  it('law: no line is too wide, and nothing but spaces at breaks is lost', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 20, max: 400 }), (text, width) => {
        const lines = wrapText(text, width, 12);
        for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(width);
        const bare = (s: string) => s.replace(/\s/g, '');
        expect(bare(lines.join(''))).toBe(bare(text));
      }),
    );
  });

  it('law: no line starts with what may not start one, where there is room for two', () => {
    fc.assert(
      fc.property(japanese, fc.integer({ min: 300, max: 400 }), (text, width) => {
        // Runs of marks that never may stand at a break are one word, which may be cut.
        fc.pre(!/[、。）」ー]{4}|[（「]{4}/.test(text));
        const lines = wrapText(text, width, 12);
        for (const line of lines.slice(1)) expect(line).not.toMatch(/^[、。）」ー]/);
        for (const line of lines.slice(0, -1)) expect(line).not.toMatch(/[（「]$/);
      }),
    );
  });

  it('breaks English at spaces, Japanese between characters', () => {
    expect(wrapText('one two three', 60, 12)).toEqual(['one two', 'three']);
    expect(wrapText('草稿を検証する。', 48, 12)).toEqual(['草稿を検', '証する。']);
    expect(wrapText('草稿を検証。', 60, 12)).toEqual(['草稿を検', '証。']);
    expect(wrapText('', 60, 12)).toEqual(['']);
  });

  it('cuts with an ellipsis, and not what fits', () => {
    expect(cutText('redrafter', 200, 13)).toBe('redrafter');
    expect(cutText('redrafter', 40, 13)).toBe('redr…');
  });
});

describe('axes', () => {
  it('law: labels of ticks do not touch each other', () => {
    const ticks = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ticks, (given) => {
        const scale = Object.assign((value: number) => value, { ticks: () => given });
        const plot = { left: 0, right: 500, top: 0, bottom: 100 };
        const format = (tick: number) => `${tick} ms`;
        const svg = axisDown(plot, scale, { label: '', ticks: given, format });
        const labels = [...svg.matchAll(/x="([\d.]+)"[^>]*text-anchor="middle">([^<]*)</g)]
          .map(([, x, text]) => ({ x: Number(x), half: textWidth(text!, 12) / 2 }))
          .sort((a, b) => a.x - b.x);
        expect(labels.length).toBeGreaterThan(0);
        labels.slice(1).forEach((label, i) => {
          const before = labels[i]!;
          expect(label.x - label.half).toBeGreaterThanOrEqual(before.x + before.half + 7.9);
        });
      }),
    );
  });

  it('law: names at line ends do not cover each other and stay by the plot', () => {
    const heights = fc.array(fc.double({ min: 20, max: 320, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(heights, (given) => {
        const plot = { left: 0, right: 100, top: 20, bottom: 320 };
        const svg = endLabels(
          given.map((y) => ({ text: 'x', y })),
          plot,
          80,
        );
        const ys = [...svg.matchAll(/ y="([\d.-]+)"/g)].map(([, y]) => Number(y) - 4);
        expect(ys).toHaveLength(given.length);
        ys.sort((a, b) => a - b);
        for (const y of ys) expect(y).toBeLessThanOrEqual(320.01);
        expect(ys[0]).toBeGreaterThan(20 - 17);
        ys.slice(1).forEach((y, i) => {
          expect(y - ys[i]!).toBeGreaterThanOrEqual(16.98);
        });
        // One that is alone stands where it belongs.
        if (given.length === 1) expect(ys[0]).toBeCloseTo(given[0]!, 1);
      }),
    );
  });

  it('ticks a logarithmic axis by its decades', () => {
    expect(logTicks(1, 1000)).toEqual([1, 10, 100, 1000]);
    expect(logTicks(1, 20)).toEqual([1, 2, 5, 10, 20]);
    expect(logTicks(3, 4, [3, 3.5, 4])).toEqual([3, 3.5, 4]);
  });
});

const drawing: Drawing = {
  title: 'A & B: 2 < 3',
  summary: 'What it shows.',
  table: { columns: [{ label: 'name' }, { label: 'ms', numeric: true }], rows: [['a', '1,200']] },
  notes: ['Measured: a file.', 'Modelled: the rest.'],
  height: 60,
  draw: ({ top }) =>
    toned(
      'rejected',
      element('rect', {
        ...linked({}, { key: 'a', group: 'g', label: 'a is 1,200 ms' }, 'hatched'),
        fill: hatch({ scope: 'x' }, 'rejected'),
        x: 4,
        y: top + 4,
        width: 10,
        height: 10,
      }),
    ),
};

describe('the frame', () => {
  it('stands around the drawing, or leaves title and caption to the page', () => {
    const options = viewOptions('x');
    const whole = drawPicture(options, drawing);
    expect(pictureProblems(whole, options)).toEqual([]);
    const bare = drawPicture({ ...options, hasTitle: false }, drawing);
    const heightOf = (svg: string) => Number(/height="(\d+)"/.exec(svg)![1]);
    expect(heightOf(bare.svg)).toBe(60);
    expect(heightOf(whole.svg)).toBeGreaterThan(100);
    expect(whole.svg).toContain('>Measured: a file.</text>');
    expect(bare.svg).not.toContain('Measured: a file.');
    expect(bare.notes).toEqual(drawing.notes);
  });

  it('draws the hatches that are named, and no others', () => {
    const { svg } = drawPicture(viewOptions('x'), drawing);
    expect([...svg.matchAll(/<pattern id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'x-hatch-rejected',
    ]);
  });

  it('lights up one key alone', () => {
    expect(linked({ highlight: 'a' }, { key: 'a' }, 'mark').class).toBe('mark lit');
    expect(linked({ highlight: 'a' }, { key: 'ab' }, 'mark').class).toBe('mark');
    expect(linked({ highlight: null }, { key: 'a' }).class).toBe(undefined);
  });

  it('law: the checks catch what is wrong with a picture', () => {
    const options = viewOptions('x');
    const wrong = (changed: Partial<Drawing>) =>
      pictureProblems(drawPicture(options, { ...drawing, ...changed }), options);
    const draws = (svg: string) => wrong({ draw: () => svg });
    expect(draws(element('rect', { x: 900, y: 0, width: 1, height: 1 }))).toHaveLength(1);
    expect(draws(element('circle', { cx: 10, cy: 9000, r: 1 }))).toHaveLength(1);
    expect(draws(textElement('text', { x: 700, y: 30 }, 'much too long a text'))).toHaveLength(1);
    expect(draws(element('rect', { fill: '#ff0000' }))).toHaveLength(1);
    expect(draws(element('rect', { x: Number.NaN }))).toContain('no number that is none');
    expect(draws('<rect data-key="a" data-group="b"/>')).toHaveLength(1);
    expect(draws('<g><rect></g>')).toHaveLength(1);
    expect(draws(element('rect', { id: 'free' }))).toHaveLength(1);
    expect(draws('<image href="x.png"/>')).toHaveLength(1);
    expect(wrong({ table: { ...drawing.table, rows: [['a']] } })).toHaveLength(1);
  });
});

describe('the table', () => {
  const cell = fc.string({ maxLength: 12 });
  const tables: fc.Arbitrary<PictureTable> = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }))
    .chain(([columns, rows]) =>
      fc.record({
        columns: fc.array(fc.record({ label: cell }), { minLength: columns, maxLength: columns }),
        rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      }),
    );

  it('law: HTML and CSV hold every cell, and no cell is markup or a formula', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const html = tableHtml(table, 'caption');
        const cells = [...html.matchAll(/<t[hd][^>]*>([^<]*)<\/t[hd]>/g)].map(([, text]) => text);
        const all = [...table.columns.map(({ label }) => label), ...table.rows.flat()];
        expect(cells).toEqual(all.map(escapeText));
        const read = readCsv(tableCsv(table));
        expect(read).toHaveLength(1 + table.rows.length);
        const flat = read.flat();
        all.forEach((text, k) => {
          expect([text, `'${text}`]).toContain(flat[k]);
        });
        for (const text of flat) expect(text).not.toMatch(/^[=@]/);
      }),
    );
  });

  it('gives numbers without grouping to a spreadsheet', () => {
    expect(tableCsv(drawing.table)).toBe('name,ms\r\na,1200\r\n');
    expect(tableCsv({ columns: [{ label: 'n' }], rows: [['=1+1'], ['-1.5'], ['-a']] })).toBe(
      "n\r\n'=1+1\r\n-1.5\r\n'-a\r\n",
    );
  });
});

/** RFC 4180, as a spreadsheet reads it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== ',' && !text.startsWith('\r\n', at))
        cell += text[at++];
    }
    rows.at(-1)!.push(cell);
    if (text[at] === ',') at++;
    else {
      at += 2;
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

describe('files', () => {
  const picture = drawPicture(viewOptions('x'), {
    ...drawing,
    draw: () => tokens.map((token) => toned(token as Tone, '<rect class="fill"/>')).join(''),
  });

  it.each(['light', 'dark'] as const)('law: the %s SVG needs no custom property', (theme) => {
    const svg = exportSvg(picture, theme, { command: 'a && b' });
    expect(svg).not.toMatch(/var\(|--|@media/);
    for (const token of tokens) expect(svg).toMatch(new RegExp(`\\.t-${token}\\.fill\\{fill:#`));
    expect(svg).toContain('<command>a &amp;&amp; b</command>');
  });

  it('starts the CSV with a byte-order mark', () => {
    expect(exportCsv(picture).charCodeAt(0)).toBe(0xfeff);
  });
});

describe('static HTML', () => {
  it('has picture, caption and table, and no script', () => {
    const picture = drawPicture(viewOptions('x', { hasTitle: false }), drawing);
    const html = figureHtml(picture, { language: 'ja' });
    for (const part of [
      '<svg',
      '<figcaption>',
      '<details>',
      '<table>',
      'データを表示',
      'lang="ja"',
    ]) {
      expect(html).toContain(part);
    }
    expect(html).not.toContain('<script');
    expect(html).toContain('A &amp; B: 2 &lt; 3</strong>');
    expect(figureHtml(picture, { hasTitle: false })).not.toContain('<strong>');
  });
});

describe('languages', () => {
  it('are read from tags', () => {
    expect(['ja', 'ja-JP', 'JA', 'en', 'jav', '', null].map(languageOf)).toEqual([
      'ja',
      'ja',
      'ja',
      'en',
      'en',
      'en',
      'en',
    ]);
  });

  it('law: each says everything in words of its own', () => {
    const [en, ja] = languages.map((language) => frameMessages[language]);
    for (const key of Object.keys(en!) as (keyof typeof en)[]) {
      const [a, b] = [en![key], ja![key]];
      if (typeof a === 'string' && !/^(SVG|PNG|CSV)$/.test(a)) expect(b, key).not.toBe(a);
    }
  });

  it('list', () => {
    expect(listText('en', ['a', 'b', 'c'])).toBe('a, b and c');
    expect(listText('ja', ['a', 'b', 'c'])).toBe('a、b、c');
    expect(listText('en', [])).toBe('');
  });
});
