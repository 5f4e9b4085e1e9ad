import { html, nothing, type TemplateResult } from 'lit';
import { addressOf } from './address.ts';
import type { ExplorerApp } from './app.ts';
import { commandsOf, sizeCommandOf, yamlOf } from './spell.ts';

/**
 * The scenario in another spelling, in a dialog from which it can be copied by hand where the
 * clipboard is not to be had.
 */

export type SpellingKind = 'command' | 'yaml' | 'link';

const COLUMNS = 78;
const MAX_ROWS = 24;

export class SpellingDialog {
  readonly #app: ExplorerApp;
  #shown: { title: string; text: string; notice: string } | null = null;

  constructor(app: ExplorerApp) {
    this.#app = app;
  }

  async open(kind: SpellingKind): Promise<void> {
    const app = this.#app;
    this.#shown = { title: app.words.spelling[kind], text: this.#text(kind), notice: '' };
    app.requestUpdate();
    await app.updateComplete;
    app.querySelector<HTMLDialogElement>('dialog.bx-dialog')?.showModal();
  }

  #text(kind: SpellingKind): string {
    const { state } = this.#app.explorer;
    if (kind === 'yaml') return yamlOf(state);
    if (kind === 'link') return new URL(addressOf(state) || location.pathname, location.href).href;
    const { simulate, sweep } = commandsOf(state);
    const size = state.view === 'size' ? [sizeCommandOf(state)] : [];
    return [simulate, sweep, ...size].join('\n');
  }

  async #copy(): Promise<void> {
    const shown = this.#shown;
    if (shown === null) return;
    const { words } = this.#app;
    try {
      await navigator.clipboard.writeText(shown.text);
      this.#shown = { ...shown, notice: words.copied };
    } catch {
      this.#app.querySelector<HTMLTextAreaElement>('dialog.bx-dialog textarea')?.select();
      this.#shown = { ...shown, notice: words.copyByHand };
    }
    this.#app.requestUpdate();
  }

  view(): TemplateResult | typeof nothing {
    const shown = this.#shown;
    if (shown === null) return nothing;
    const { words } = this.#app;
    const forget = () => {
      this.#shown = null;
      this.#app.requestUpdate();
    };
    const close = (event: Event) => (event.target as HTMLElement).closest('dialog')!.close();
    return html`<dialog class="bx-dialog" aria-labelledby="bx-dialog-title" @close=${forget}>
      <h2 id="bx-dialog-title">${shown.title}</h2>
      <textarea readonly rows=${rowsOf(shown.text)} .value=${shown.text}
        aria-labelledby="bx-dialog-title"></textarea>
      <p role="status">${shown.notice}</p>
      <div class="bx-dialog-actions">
        <button type="button" class="bx-primary" autofocus @click=${() => this.#copy()}>${
          words.copy
        }</button>
        <button type="button" @click=${close}>${words.close}</button>
      </div></dialog>`;
  }
}

/** Lines of a text as the dialog breaks them, about. */
function rowsOf(text: string): number {
  const lines = text.split('\n').map((line) => Math.max(1, Math.ceil(line.length / COLUMNS)));
  return Math.min(MAX_ROWS, 1 + lines.reduce((sum, count) => sum + count, 0));
}
