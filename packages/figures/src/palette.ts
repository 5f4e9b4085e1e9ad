/**
 * Colours of the figures, one set a theme: each keeps a contrast of at least 4.5 to 1 against its
 * background (`palette.test.ts` computes it). Okabe and Ito's palette, its light tones darkened on
 * white. A second channel, dash and marker, always stands beside the colour.
 */
export interface Theme {
  background: string;
  ink: string;
  muted: string;
  grid: string;
  baseline: string;
  series: readonly string[];
}

export const themes: { light: Theme; dark: Theme } = {
  light: {
    background: '#ffffff',
    ink: '#1a1b1e',
    muted: '#5b5f66',
    grid: '#e4e6ea',
    baseline: '#5b5f66',
    series: ['#0072b2', '#b84e00', '#007a5a', '#a8497f', '#8a6100', '#1a1b1e'],
  },
  dark: {
    background: '#17181c',
    ink: '#e9eaee',
    muted: '#a6abb5',
    grid: '#33363d',
    baseline: '#a6abb5',
    series: ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#e9eaee'],
  },
};

/** Line patterns, in the order of the colours; `none` is a full line. */
export const dashes = ['none', '7 4', '2 3', '10 3 2 3', '14 4', '5 2 1 2'] as const;

function properties(theme: Theme): string {
  const series = theme.series.map((color, i) => `--bl-series-${i}:${color}`);
  return [
    `--bl-background:${theme.background}`,
    `--bl-ink:${theme.ink}`,
    `--bl-muted:${theme.muted}`,
    `--bl-grid:${theme.grid}`,
    `--bl-baseline:${theme.baseline}`,
    ...series,
  ].join(';');
}

/**
 * The style sheet of a figure under `scope`: custom properties for both themes, and print in the
 * light one. A page may set the properties itself to give its own theme.
 */
export function figureStyle(scope: string): string {
  const series = themes.light.series.map(
    (_, i) =>
      `${scope} .s${i}{--c:var(--bl-series-${i})}` +
      (dashes[i] === 'none' ? '' : `${scope} .s${i} .line{stroke-dasharray:${dashes[i]}}`),
  );
  return [
    `${scope}{${properties(themes.light)};font-family:system-ui,sans-serif}`,
    `@media (prefers-color-scheme:dark){${scope}{${properties(themes.dark)}}}`,
    `@media print{${scope}{${properties(themes.light)}}}`,
    `${scope} .back{fill:var(--bl-background)}`,
    `${scope} text{fill:var(--bl-ink);font-size:13px}`,
    `${scope} .muted{fill:var(--bl-muted);font-size:12px}`,
    `${scope} .title{font-size:15px;font-weight:600}`,
    `${scope} .grid{stroke:var(--bl-grid);stroke-width:1}`,
    `${scope} .one{stroke:var(--bl-baseline);stroke-width:1.5}`,
    `${scope} .loss{fill:var(--bl-grid);opacity:.4}`,
    `${scope} .line{fill:none;stroke:var(--c);stroke-width:2.25}`,
    `${scope} .band{fill:var(--c);opacity:.18}`,
    `${scope} .mark{fill:var(--c);stroke:var(--c);stroke-width:1.5}`,
    `${scope} .mark.hollow{fill:var(--bl-background)}`,
    `${scope} .cross{stroke:var(--c);stroke-width:1.25;stroke-dasharray:3 3}`,
    `${scope} .label{fill:var(--c);font-weight:600}`,
    ...series,
  ].join('\n');
}
