import { html, nothing, type TemplateResult } from 'lit';
import { addressOf } from './address.ts';
import type { ExplorerApp } from './app.ts';
import { duplicateEntry, MAX_ENTRIES, removeEntry, renameEntry } from './state.ts';
import { resultsView } from './view-results.ts';

/** Above the form and the picture: what can be done, what is compared, and what went wrong. */
export function toolbarView(app: ExplorerApp): TemplateResult {
  const { words, explorer } = app;
  return html`<div class="bx-toolbar">
    <div role="group" aria-label="${words.undo}, ${words.redo}">
      <button type="button" ?disabled=${!explorer.canUndo} @click=${() => explorer.undo()}
        aria-keyshortcuts="Control+Z">${words.undo}</button>
      <button type="button" ?disabled=${!explorer.canRedo} @click=${() => explorer.redo()}
        aria-keyshortcuts="Control+Shift+Z">${words.redo}</button>
    </div>
    <div role="group" aria-label=${words.share}>
      <span class="bx-group-name" aria-hidden="true">${words.share}</span>
      ${(['command', 'yaml', 'link'] as const).map(
        (kind) =>
          html`<button type="button" aria-haspopup="dialog" @click=${() => app.spell(kind)}>${
            words[kind]
          }</button>`,
      )}
    </div>
    <div role="group" aria-label="${words.open} ${words.save}">
      <button type="button" @click=${() => app.chooseFile()}>${words.open}</button>
      <button type="button" ?disabled=${explorer.yourRunJson === null}
        @click=${() => app.saveRun()}>${words.save}</button>
    </div>
  </div>`;
}

/** One chip a scenario; the marks are those of its line in the picture. */
export function entriesView(app: ExplorerApp): TemplateResult {
  const { words, explorer } = app;
  const { state, labels } = explorer;
  const choose = (index: number) => () => explorer.commit({ ...state, active: index });
  const isFull = state.entries.length >= MAX_ENTRIES;
  return html`<div class="bx-entries" role="group" aria-label=${words.scenarios}>
    ${state.entries.map((entry, i) => {
      const isActive = i === state.active;
      return html`<span class="bx-entry ${isActive ? 'is-active' : ''}">
        <button type="button" class="bx-entry-name" aria-pressed=${isActive} @click=${choose(i)}>
          <span class="bx-mark bx-s${i}" aria-hidden="true">${lineMark(i)}</span>${
            labels[i]
          }</button>
        ${isActive ? renameView(app, i, entry.name) : nothing}
        ${
          state.entries.length > 1
            ? html`<button type="button" class="bx-icon" aria-label=${words.remove(labels[i]!)}
                @click=${() => explorer.commit(removeEntry(state, i))}>×</button>`
            : nothing
        }
      </span>`;
    })}
    <button type="button" class="bx-add" ?disabled=${isFull}
      @click=${() => explorer.commit(duplicateEntry(state))}>+ ${words.add}</button>
  </div>`;
}

function renameView(app: ExplorerApp, index: number, name: string): TemplateResult {
  const { words, explorer } = app;
  if (!app.isRenaming) {
    const start = async () => {
      app.isRenaming = true;
      app.requestUpdate();
      await app.updateComplete;
      app.querySelector<HTMLInputElement>('.bx-rename')?.focus();
    };
    return html`<button type="button" class="bx-icon" aria-label=${words.rename} @click=${start}
      ><span aria-hidden="true">✎</span></button>`;
  }
  const finish = (event: Event) => {
    if (!app.isRenaming) return;
    app.isRenaming = false;
    explorer.commit(renameEntry(explorer.state, index, (event.target as HTMLInputElement).value));
    app.requestUpdate();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') finish(event);
    if (event.key !== 'Escape') return;
    app.isRenaming = false;
    app.requestUpdate();
  };
  return html`<input class="bx-rename" type="text" maxlength="40" .value=${name}
    aria-label=${words.name} @blur=${finish} @keydown=${press}>`;
}

/** A line's own dash beside its colour. */
function lineMark(index: number): TemplateResult {
  const dashes = ['none', '7 4', '2 3', '10 3 2 3', '14 4', '5 2 1 2'];
  const dash = dashes[index % dashes.length]!;
  return html`<svg width="22" height="10" viewBox="0 0 22 10"><line x1="1" y1="5" x2="21" y2="5"
    stroke="currentColor" stroke-width="2.5" stroke-dasharray=${dash}/></svg>`;
}

/** What went wrong or was done, newest last; each can be dismissed. */
export function noticesView(app: ExplorerApp): TemplateResult {
  const { words, explorer } = app;
  const { reports } = explorer;
  const forget = () => {
    explorer.reports = [];
    app.requestUpdate();
  };
  return html`<div class="bx-notices" aria-live="polite">
    ${
      app.obstacle === ''
        ? nothing
        : html`<p class="bx-notice is-bad">${app.obstacle} ${words.commandInstead}</p>`
    }
    ${explorer.isAddressDenied ? html`<p class="bx-notice">${words.historyDenied}</p>` : nothing}
    ${
      reports.length === 0
        ? nothing
        : html`<div class="bx-notice is-bad"><p><strong>${words.addressHead}</strong></p>
            <ul>${reports.slice(0, 8).map((report) => html`<li>${words.address(report)}</li>`)}</ul>
            <button type="button" @click=${forget}>${words.dismiss}</button></div>`
    }
    ${app.notices.map(
      (
        notice,
        i,
      ) => html`<div class="bx-notice ${notice.isBad ? 'is-bad' : ''}"><p>${notice.text}</p>
        <button type="button" @click=${() => app.dismiss(i)}>${words.dismiss}</button></div>`,
    )}
  </div>`;
}

/** How a file comes in. */
export function dropView(app: ExplorerApp): TemplateResult {
  const { words } = app;
  return html`<p class="bx-note">${words.drop} <button type="button" class="bx-inline"
    @click=${() => app.chooseFile()}>${words.open}</button></p>`;
}

/** As a part of another page: the results, and the way to the whole. */
export function embedView(app: ExplorerApp): TemplateResult {
  const { words, explorer } = app;
  const query = addressOf({ ...explorer.state, isEmbedded: false });
  return html`<div class="bx is-embed">${noticesView(app)} ${resultsView(app)}
    <p class="bx-whole"><a href="${location.pathname}${query}" target="_blank" rel="noopener">${
      words.whole
    }</a></p></div>`;
}
