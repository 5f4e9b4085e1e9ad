import { describe } from 'vitest';
import { distTests } from './parts/dist.ts';
import { pageTests } from './parts/pages.ts';
import { walkTests } from './parts/walk.ts';
import { builtSite } from './support/built-site.ts';
import { reason, skipsBrowser } from './support/site.ts';

// The built site, built and opened once: what the build wrote, every page as a browser shows it,
// and what a reader does on it.

const site = builtSite();

describe('the built site', () => distTests());
describe.skipIf(skipsBrowser)(`pages of the site${reason}`, () => pageTests(site));
describe.skipIf(skipsBrowser)(`a reader on the site${reason}`, () => walkTests(site));
