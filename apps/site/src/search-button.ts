/** The button and the keys of the search; what they open is loaded when first used. */

const isTyping = (target: EventTarget | undefined) =>
  (target as HTMLElement).matches?.('input, textarea, select, [contenteditable]') ?? false;

export function startSearch(): void {
  const open = async () => (await import('./search.ts')).openSearch();
  const button = document.querySelector<HTMLButtonElement>('.search-open');
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', open);
  document.addEventListener('keydown', (event) => {
    const isShortcut = event.key === 'k' && (event.ctrlKey || event.metaKey);
    if (!isShortcut && (event.key !== '/' || isTyping(event.composedPath()[0]))) return;
    event.preventDefault();
    open();
  });
}
