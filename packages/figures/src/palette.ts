/**
 * Colours of the figures, one set a theme: each keeps a contrast of at least 4.5 to 1 against its
 * background, and tones that meet in one picture stay apart for colour-blind eyes
 * (`palette.test.ts` computes both). Okabe and Ito's palette, its light tones darkened on white. A
 * second channel, dash, marker or hatch, always stands beside the colour.
 *
 * A page sets `--bl-ink`, `--bl-draft`, … to bring its own theme (`themeStyle` does so for
 * `data-theme`); without, a figure follows the system's.
 */
import type { ThemeName } from './frame/picture.ts';

/** What a colour means, the same in every figure. */
export const tokens = [
  'draft',
  'accepted',
  'rejected',
  'baseline',
  'context',
  'generation',
  'target',
] as const;

export type Token = (typeof tokens)[number];
/** A meaning, or the number of a series that has none: `s0` to `s5`. */
export type Tone = Token | `s${0 | 1 | 2 | 3 | 4 | 5}`;

export interface Theme extends Record<Token, string> {
  background: string;
  ink: string;
  muted: string;
  grid: string;
  series: readonly string[];
}

export const themes: { light: Theme; dark: Theme } = {
  light: {
    background: '#ffffff',
    ink: '#1a1b1e',
    muted: '#5b5f66',
    grid: '#e4e6ea',
    draft: '#0072b2',
    accepted: '#004d38',
    rejected: '#b84e00',
    baseline: '#5b5f66',
    context: '#b0306a',
    generation: '#1d4a8a',
    target: '#8a6100',
    series: ['#0072b2', '#b84e00', '#007a5a', '#a8497f', '#8a6100', '#1a1b1e'],
  },
  dark: {
    background: '#17181c',
    ink: '#e9eaee',
    muted: '#a6abb5',
    grid: '#33363d',
    draft: '#4aa8e6',
    accepted: '#9af0cc',
    rejected: '#f0803c',
    baseline: '#a6abb5',
    context: '#cc79a7',
    generation: '#8fb4f0',
    target: '#f0e442',
    series: ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#e9eaee'],
  },
};

/** Line patterns, in the order of the series' colours; `none` is a full line. */
export const dashes = ['none', '7 4', '2 3', '10 3 2 3', '14 4', '5 2 1 2'] as const;

/** Line patterns of the meanings. */
export const tokenDashes: Record<Token, string> = {
  draft: 'none',
  accepted: '14 4',
  rejected: '2 3',
  baseline: '7 4',
  context: '10 3 2 3',
  generation: 'none',
  target: '5 2 1 2',
};

/** Series that still can be told apart. */
export const SERIES_MAX = dashes.length;

/** The tone of the `index`-th series. */
export function seriesTone(index: number): Tone {
  return `s${index % SERIES_MAX}` as Tone;
}

/** The class that gives what stands inside it a tone. */
export function toneClass(tone: Tone): string {
  return /^s\d$/.test(tone) ? tone : `t-${tone}`;
}

/** Name and colour of every custom property of a theme: `['ink', '#1a1b1e']`, … */
export function themeColors({ series, ...named }: Theme): [string, string][] {
  return [
    ...Object.entries(named),
    ...series.map((color, i): [string, string] => [`s${i}`, color]),
  ];
}

/** Private properties, which a page's `--bl-*` override unless the theme is fixed. */
function properties(theme: Theme, isFixed: boolean, isUsed: (name: string) => boolean): string {
  return themeColors(theme)
    .filter(([name]) => isUsed(name))
    .map(([name, color]) => `--${name}:${isFixed ? color : `var(--bl-${name},${color})`}`)
    .join(';');
}

/** A page's own style: light, dark by the system, and either by `data-theme` on its root. */
export function themeStyle(): string {
  const set = (theme: Theme) =>
    themeColors(theme)
      .map(([name, color]) => `--bl-${name}:${color}`)
      .join(';');
  return [
    `:root{${set(themes.light)}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${set(themes.dark)}}}`,
    `:root[data-theme=dark]{${set(themes.dark)}}`,
    `@media print{:root:root{${set(themes.light)}}}`,
  ].join('\n');
}

/** The private properties (`--ink`, `--draft`, …) that everything under `scope` is drawn with. */
export function themeProperties(
  scope: string,
  theme: ThemeName = 'auto',
  isUsed: (name: string) => boolean = () => true,
): string {
  const { light, dark } = themes;
  if (theme !== 'auto') return `${scope}{${properties(themes[theme], true, isUsed)}}`;
  return [
    `${scope}{${properties(light, false, isUsed)}}`,
    `@media (prefers-color-scheme:dark){${scope}{${properties(dark, false, isUsed)}}}`,
    `@media print{${scope}{${properties(light, true, isUsed)}}}`,
  ].join('\n');
}

interface ToneRule {
  name: Tone;
  kind: string;
  dash: string;
}

const toneRules: readonly ToneRule[] = [
  ...dashes.map((dash, i) => ({ name: `s${i}` as Tone, kind: `s${i}`, dash })),
  ...tokens.map((token) => ({ name: token, kind: `t-${token}`, dash: tokenDashes[token] })),
];

/** The tones whose class stands in a picture's content. */
function tonesIn(content: string): readonly ToneRule[] {
  const kinds = new Set([...content.matchAll(/\bs\d\b|\bt-[a-z]+/g)].map(([kind]) => kind));
  return toneRules.filter(({ kind }) => kinds.has(kind));
}

/** Colours that the style sheet itself names. */
const SHARED = ['background', 'ink', 'muted', 'grid', 'baseline'];

/**
 * The style sheet of a figure under `scope`, with the tones that `content` has. Classes: `title
 * muted label empty inverse` for words; `grid one cross loss envelope your-line` for what stands
 * behind; `line band mark hollow fill` for marks in the tone of the group around them; `hatched`
 * for what has a `hatch` as its fill; `lit` for what is highlighted; `ghost` for what lets the
 * pointer through; `move` for what glides when it is redrawn.
 */
export function figureStyle(scope: string, theme: ThemeName, content: string): string {
  const tones = tonesIn(content);
  const isUsed = (name: string) =>
    SHARED.includes(name) || tones.some((tone) => tone.name === name);
  const marks = tones.flatMap(({ kind, name, dash }) => [
    `${scope} .${kind}{--c:var(--${name})}`,
    ...(dash === 'none'
      ? []
      : [`${scope} .${kind} .line,${scope} .${kind}.line{stroke-dasharray:${dash}}`]),
  ]);
  const halo = 'stroke:var(--background);stroke-width:3px';
  return [
    themeProperties(scope, theme, isUsed),
    `${scope}{font-family:system-ui,sans-serif}`,
    `${scope} .back{fill:var(--background)}`,
    `${scope} text{fill:var(--ink);font-size:13px}`,
    `${scope} text.muted{fill:var(--muted);font-size:12px}`,
    `${scope} text.title{font-size:15px;font-weight:600}`,
    `${scope} .grid{stroke:var(--grid);stroke-width:1}`,
    `${scope} .one{stroke:var(--baseline);stroke-width:1.5}`,
    `${scope} .loss{fill:var(--grid);opacity:.4}`,
    `${scope} .line{fill:none;stroke:var(--c);stroke-width:2.25}`,
    `${scope} .band{fill:var(--c);opacity:.18}`,
    `${scope} .envelope{fill:none;stroke:var(--c);stroke-width:9;opacity:.28}`,
    `${scope} .your-line{stroke:var(--ink);stroke-width:2}`,
    `${scope} .ghost{pointer-events:none}`,
    `${scope} .fill{fill:var(--c)}`,
    `${scope} .mark{fill:var(--c);stroke:var(--c);stroke-width:1.5}`,
    `${scope} .hatched{stroke:var(--c);stroke-width:1}`,
    `${scope} .hollow{fill:var(--background);stroke:var(--c);stroke-width:1.5}`,
    `${scope} .cross{stroke:var(--c);stroke-width:1.25;stroke-dasharray:3 3}`,
    `${scope} text.label{fill:var(--c);font-weight:600}`,
    `${scope} :is(.label,.empty,.your-load){paint-order:stroke;${halo}}`,
    `${scope} text.inverse{fill:var(--background)}`,
    `${scope} .lit:not(text){stroke:var(--ink);stroke-width:3}`,
    `${scope} text.lit{text-decoration:underline;font-weight:700}`,
    `${scope} [tabindex]:focus{outline:2px solid var(--ink);outline-offset:2px}`,
    `@media (prefers-reduced-motion:no-preference){${scope} .move{transition:all .3s}}`,
    ...marks,
  ].join('\n');
}

/**
 * The same style sheet for a file that other programs read: no custom property is left, each class
 * is written out for the tones that `svg` has.
 */
export function resolvedStyle(scope: string, theme: 'light' | 'dark', svg: string): string {
  const colors = new Map(themeColors(themes[theme]));
  const content = svg.replace(/<style>[\s\S]*?<\/style>/, '');
  const used = tonesIn(content);
  const lines = figureStyle(scope, theme, content).split('\n').slice(1);
  return lines
    .filter((line) => !line.includes('{--c:') && !line.startsWith('@media'))
    .flatMap((line) => {
      if (!line.includes('var(--c)')) return [line];
      const selector = line.slice(scope.length + 1, line.indexOf('{'));
      const body = line.slice(line.indexOf('{'));
      const own = selector.startsWith('text') ? selector.slice(4) : selector;
      return used.map(
        ({ kind, name }) =>
          `${scope} .${kind} ${selector},${scope} .${kind}${own}` +
          body.replaceAll('var(--c)', colors.get(name)!),
      );
    })
    .map((line) => line.replace(/var\(--([a-z0-9]+)\)/g, (_, name: string) => colors.get(name)!))
    .join('\n');
}
