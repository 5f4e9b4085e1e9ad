import { type Catalogue, emptyCatalogue } from './catalogue.ts';
import type { AddressPort } from './controller.ts';

/** What the explorer takes from the page around it, and gives to the browser. */

/** The curve that the page was built with. */
export function firstPictureOf(element: Element): Element | null {
  return element.querySelector('figure');
}

export function catalogueOf(element: Element): Catalogue {
  try {
    const json = element.querySelector('script[data-catalogue]')?.textContent ?? '';
    return JSON.parse(json) as Catalogue;
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
