/** A table that is wider than its frame can be scrolled by keyboard; one that fits is no stop. */
export function startTables(): void {
  const isJapanese = document.documentElement.lang === 'ja';
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const frame = target as HTMLElement;
      const isWide = frame.scrollWidth > frame.clientWidth + 1;
      frame.tabIndex = isWide ? 0 : -1;
      if (!isWide) frame.removeAttribute('tabindex');
      frame.toggleAttribute('role', false);
      if (isWide) {
        frame.setAttribute('role', 'region');
        frame.setAttribute('aria-label', nameOf(frame, isJapanese ? '表' : 'Table'));
      } else frame.removeAttribute('aria-label');
    }
  });
  for (const frame of document.querySelectorAll('.table-wrap')) sizes.observe(frame);
}

/** The heading above, with a number where several tables stand under it. */
function nameOf(frame: HTMLElement, word: string): string {
  const all = [...document.querySelectorAll('.table-wrap')];
  const headings = [...document.querySelectorAll('main :is(h1, h2, h3)')];
  const isAbove = (heading: Element) =>
    (heading.compareDocumentPosition(frame) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const heading = headings.filter(isAbove).at(-1)?.textContent?.trim() ?? '';
  return `${word} ${all.indexOf(frame) + 1}: ${heading}`;
}
