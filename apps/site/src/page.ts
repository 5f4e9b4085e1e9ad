/**
 * What every page runs: themes and search, and whatever the page has figures or cases for, loaded
 * only then.
 */
import { startSearch } from './search-button.ts';
import { startTables } from './tables.ts';
import { startThemes } from './theme.ts';

startThemes();
startTables();
startSearch();
const has = (selector: string) => document.querySelector(selector) !== null;
// The figures' scripts are a bundle of their own for each language (finish/figure-bundles.ts).
const { figures } = document.documentElement.dataset;
if (figures !== undefined && has('.bl-host[data-figure], bl-ref')) {
  import(/* @vite-ignore */ new URL(figures, location.href).href);
}
if (has('bl-case-runner')) import('./case-runner.ts');
