/**
 * The button and the keys of the search. The box opens at once, so that no letter is lost; what
 * searches is loaded when it is first used.
 */

const isTyping = (target: EventTarget | undefined) =>
  (target as HTMLElement).matches?.('input, textarea, select, [contenteditable]') ?? false;

export function startSearch(): void {
  const dialog = document.querySelector<HTMLDialogElement>('site-search dialog');
  const open = async () => {
    if (dialog === null || dialog.open) return;
    dialog.showModal();
    dialog.querySelector('input')!.focus();
    (await import('./search.ts')).search();
  };
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
