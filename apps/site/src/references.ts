/**
 * Words in the text that belong to marks of a figure: hovering or focusing the word lights the
 * mark up, and the other way round. Without script they are words like any other.
 */

/** `bl-ref` names a figure by its id or, for the first of its kind, by its name. */
export function figureOf(reference: Element): HTMLElement | null {
  const figure = reference.getAttribute('figure') ?? '';
  return document.getElementById(figure) ?? document.querySelector(`bl-${figure}`);
}

function light(reference: Element, key: string | null): void {
  const figure = figureOf(reference);
  if (figure === null) return;
  if (key === null) figure.removeAttribute('highlight');
  else figure.setAttribute('highlight', key);
  lightReferences(figure, key);
}

/** Goes to the figure and puts focus on the mark. */
function go(reference: Element): void {
  const figure = figureOf(reference) as (HTMLElement & { focusMark?(key: string): void }) | null;
  if (figure === null) return;
  figure.scrollIntoView({ block: 'nearest' });
  figure.focusMark?.(reference.getAttribute('key')!);
}

/** Marks the words that belong to the key that is lit in a figure. */
export function lightReferences(figure: HTMLElement, key: string | null): void {
  for (const reference of document.querySelectorAll('bl-ref')) {
    if (figureOf(reference) !== figure) continue;
    reference.classList.toggle('lit', key !== null && reference.getAttribute('key') === key);
  }
}

export function connectReferences(page: Document): void {
  for (const reference of page.querySelectorAll<HTMLElement>('bl-ref')) {
    const key = reference.getAttribute('key');
    reference.tabIndex = 0;
    reference.setAttribute('role', 'link');
    reference.addEventListener('pointerenter', () => light(reference, key));
    reference.addEventListener('pointerleave', () => light(reference, null));
    reference.addEventListener('focus', () => light(reference, key));
    reference.addEventListener('blur', () => light(reference, null));
    reference.addEventListener('click', () => go(reference));
    reference.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      go(reference);
    });
  }
}
