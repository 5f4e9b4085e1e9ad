import type { LoadSpeedup } from '@beamline/figures';
import { modelOfJson } from '../figures/model-json.ts';
import { type Catalogue, emptyCatalogue } from './catalogue.ts';
import type { AddressPort } from './controller.ts';

/** What the explorer takes from the page around it, and gives to the browser. */

/** The curve that the page was built with. */
export function firstModelOf(element: Element): LoadSpeedup | null {
  const json = element.querySelector('script[data-model]')?.textContent ?? '';
  return json === '' ? null : (modelOfJson(json) as LoadSpeedup);
}

export function parseCatalogue(json: string | null): Catalogue {
  try {
    return json === null ? emptyCatalogue : (JSON.parse(json) as Catalogue);
  } catch {
    return emptyCatalogue;
  }
}

/** Changes of the address may be denied; then it stays as it is. */
export function addressPort(): AddressPort {
  const change = (how: 'pushState' | 'replaceState') => (search: string) => {
    try {
      history[how](history.state, '', `${location.pathname}${search}${location.hash}`);
      return true;
    } catch {
      return false;
    }
  };
  return {
    read: () => location.search,
    push: change('pushState'),
    replace: change('replaceState'),
  };
}

/** Hands a text to the reader as a file. */
export function saveText(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
