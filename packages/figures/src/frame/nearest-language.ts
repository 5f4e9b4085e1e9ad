/** The language of the nearest element that has one, through shadow roots. */
export function nearestLanguage(from: Element): string | null {
  let at: Element | null = from;
  while (at !== null) {
    const found: Element | null = at.closest('[lang]');
    if (found !== null) return found.getAttribute('lang');
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}
