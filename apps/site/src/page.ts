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
if (has('.bl-host[data-figure], bl-ref')) import('./figure-host.ts');
if (has('bl-case-runner')) import('./case-runner.ts');
