/** The style of a figure's element around its picture. Targets are at least 24 px. */
import { css, unsafeCSS } from 'lit';
import { themeProperties } from '../palette.ts';

export const elementStyle = css`
  ${unsafeCSS(themeProperties(':host'))}
  :host { display: block; color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
    line-break: strict; word-break: auto-phrase; margin-block: 1rem; }
  :host([hidden]) { display: none; }
  figure { margin: 0; }
  .title { font-weight: 600; margin: 0 0 .4rem; }
  .picture { min-height: 24px; }
  .picture svg { display: block; overflow: visible; user-select: none; }
  figure.slow .picture { opacity: .55; }
  figcaption, .readout { color: var(--muted); font-size: .86rem; }
  .readout { min-height: 1.5em; margin: .2rem 0; }
  .error { color: var(--rejected); font-weight: 600; margin: .4rem 0; }
  .controls, .toolbar, .stepper { display: flex; flex-wrap: wrap; gap: .5rem 1rem;
    align-items: center; margin: .4rem 0; }
  .toolbar, .stepper { gap: .3rem; }
  label { display: inline-flex; gap: .4rem; align-items: center; min-height: 24px;
    max-width: 100%; }
  label > :is(select, input) { flex-shrink: 1; }
  button, select, input { font: inherit; font-size: .86rem; color: var(--ink);
    background: var(--background); accent-color: var(--draft); }
  button, select { border: 1px solid var(--muted); border-radius: 4px; padding: .15rem .55rem;
    min-height: 28px; min-width: 28px; cursor: pointer; }
  .stepper svg { width: 12px; height: 12px; fill: currentColor; vertical-align: -1px; }
  button:disabled { opacity: .5; cursor: default; }
  button[aria-pressed='true'] { background: var(--ink); color: var(--background); }
  input[type='range'] { width: 14rem; max-width: 55vw; min-height: 24px; }
  input[type='number'] { border: 1px solid var(--muted); border-radius: 4px; min-height: 24px;
    max-width: 7rem; }
  input[type='checkbox'], input[type='radio'] { width: 20px; height: 20px; margin: 2px; }
  fieldset { border: 1px solid var(--grid); border-radius: 4px; padding: .2rem .6rem; margin: 0;
    min-width: 0; }
  :is(button, select, input, summary, .wide):focus-visible { outline: 2px solid var(--ink);
    outline-offset: 2px; }
  summary { cursor: pointer; min-height: 24px; padding: .2rem 0; }
  .wide { overflow-x: auto; max-height: 24rem; overflow-y: auto; }
  table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
  caption { text-align: left; color: var(--muted); }
  th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--grid); text-align: left;
    vertical-align: top; }
  .n { text-align: right; white-space: nowrap; }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap; }
  @media print {
    .toolbar, .controls, .stepper, .readout, .hidden { display: none; }
    figure { break-inside: avoid; }
    .wide { max-height: none; }
  }
`;
