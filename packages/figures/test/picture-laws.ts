/**
 * What holds of every picture, whatever it shows. A figure's test calls `pictureProblems` with
 * pictures of any model, at any width, in both languages, and expects none.
 */
import { expect } from 'vitest';
import {
  languages,
  type Picture,
  textWidth,
  type ViewOptions,
  viewOptions,
} from '../src/frame/index.ts';
import { escapeText } from '../src/markup.ts';

export const WIDTHS = [280, 320, 479, 480, 760, 1200];
/** Estimated text may reach this far over the edge: fonts differ. */
const SLACK = 2;

/** Draws in both languages at every width and expects no problem anywhere. */
export function expectLawful(draw: (options: ViewOptions) => Picture): void {
  for (const language of languages) {
    for (const width of WIDTHS) {
      for (const hasTitle of [true, false]) {
        const options = viewOptions('law', { language, width, hasTitle });
        const problems = pictureProblems(draw(options), options);
        expect(problems, `${language} ${width} ${hasTitle}`).toEqual([]);
      }
    }
  }
}

export function pictureProblems(picture: Picture, options: ViewOptions): string[] {
  const { svg, table, title, summary } = picture;
  const problems: string[] = [];
  const check = (holds: boolean, what: string) => {
    if (!holds) problems.push(what);
  };
  check(title !== '' && summary !== '', 'title and summary say something');
  check(svg.includes(`>${escapeText(title)}</title>`), 'the SVG names itself');
  check(svg.includes(`>${escapeText(summary)}</desc>`), 'the SVG describes itself');
  check(
    !/NaN|undefined|Infinity|\[object/.test(svg.replace(/<(title|desc|text)[^>]*>[^<]*/g, '')),
    'no number that is none',
  );
  check(!/<script|href=|@import|url\((?!#)/.test(svg), 'nothing to load or to run');
  check(
    !/#[0-9a-f]{3,8}\b/i.test(
      svg.replace(/<style>[\s\S]*?<\/style>|url\(#[^)]*\)/g, '').replace(/>[^<]*</g, '><'),
    ),
    'no colour outside the palette',
  );
  for (const [, id] of svg.matchAll(/ id="([^"]*)"/g)) {
    check(id!.startsWith(`${options.scope}-`), `id ${id} starts with the scope`);
  }
  for (const row of table.rows) {
    check(row.length === table.columns.length, `row of ${row.length} cells: ${row.join(', ')}`);
  }
  problems.push(...unbalanced(svg), ...outside(svg, options), ...unnamed(svg));
  return problems;
}

/** Tags that do not close in order. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  for (const [, closes, name, selfCloses] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (closes === '/') {
      const last = open.pop();
      if (last !== name) return [`</${name}> closes <${last}>`];
    } else if (selfCloses === '') open.push(name!);
  }
  return open.length === 0 ? [] : [`open at the end: ${open.join(' ')}`];
}

const numberOf = (tag: string, name: string) => {
  const match = new RegExp(` ${name}="(-?[\\d.]+)"`).exec(tag);
  return match === null ? null : Number(match[1]);
};

/** Marks and words beyond the picture's edge. Groups that are moved are not looked into. */
function outside(svg: string, { width }: ViewOptions): string[] {
  const height = numberOf(/<svg[^>]*>/.exec(svg)![0], 'height')!;
  const problems: string[] = [];
  const isOff = (x: number, y: number) =>
    x < -SLACK || x > width + SLACK || y < -SLACK || y > height + SLACK;
  const still = svg.replace(/<defs>[\s\S]*?<\/defs>/g, '');
  if (/<g[^>]*transform=/.test(still)) return problems;
  for (const [tag] of still.matchAll(/<(?:path|rect|circle|line|g)\b[^>]*>/g)) {
    const moved = /transform="translate\((-?[\d.]+)[ ,](-?[\d.]+)\)/.exec(tag);
    const x = moved ? Number(moved[1]) : (numberOf(tag, 'x') ?? numberOf(tag, 'cx') ?? 0);
    const y = moved ? Number(moved[2]) : (numberOf(tag, 'y') ?? numberOf(tag, 'cy') ?? 0);
    const right = moved ? x : x + (numberOf(tag, 'width') ?? 0);
    const bottom = moved ? y : y + (numberOf(tag, 'height') ?? 0);
    if (isOff(x, y) || isOff(right, bottom)) problems.push(`outside: ${tag}`);
  }
  for (const [, tag, text] of still.matchAll(/<text\b([^>]*)>([^<]*)</g)) {
    if (/transform=/.test(tag!)) continue;
    const size = /class="[^"]*title/.test(tag!) ? 15 : /muted/.test(tag!) ? 12 : 13;
    const wide = textWidth(text!.replace(/&[a-z#0-9]+;/g, 'x'), size);
    const at = numberOf(` ${tag}`, 'x') ?? 0;
    const anchor = /text-anchor="(\w+)"/.exec(tag!)?.[1] ?? 'start';
    const left = anchor === 'end' ? at - wide : anchor === 'middle' ? at - wide / 2 : at;
    if (left < -SLACK || left + wide > width + SLACK) {
      problems.push(`text from ${left.toFixed(0)} to ${(left + wide).toFixed(0)}: ${text}`);
    }
    const y = numberOf(` ${tag}`, 'y') ?? 0;
    if (y < 0 || y > height) problems.push(`text at y ${y} of ${height}: ${text}`);
  }
  return problems;
}

/** Marks that take focus and do not say what they are. */
function unnamed(svg: string): string[] {
  return [...svg.matchAll(/<[^>]*data-group=[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => !/aria-label="[^"]+"/.test(tag) || !/data-key="[^"]+"/.test(tag))
    .map((tag) => `a mark without a name: ${tag}`);
}

/** Keys of the marks of one group, in order. */
export function keysOf(svg: string, group?: string): string[] {
  return [...svg.matchAll(/data-key="([^"]*)" data-group="([^"]*)"/g)]
    .filter((match) => group === undefined || match[2] === group)
    .map((match) => match[1]!);
}
