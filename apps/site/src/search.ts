/**
 * The search box: a dialog over Pagefind's index of the page's language. The index loads when the
 * dialog first opens; if it cannot, the dialog says so and the page goes on.
 */

interface Hit {
  url: string;
  excerpt: string;
  meta: { title?: string };
  sub_results: { url: string; title: string; excerpt: string }[];
}

interface Pagefind {
  options(options: object): Promise<void>;
  debouncedSearch(
    words: string,
    options?: object,
    wait?: number,
  ): Promise<{ results: { data(): Promise<Hit> }[] } | null>;
}

const SHOWN = 8;

/** The root of the site as an absolute address. */
export function siteRoot(): URL {
  return new URL(document.documentElement.dataset['root'] ?? '/', location.href);
}

let index: Promise<Pagefind> | null = null;

async function load(): Promise<Pagefind> {
  const root = siteRoot();
  const address = new URL('pagefind/pagefind.js', root).href;
  const pagefind = (await import(/* @vite-ignore */ address)) as Pagefind;
  await pagefind.options({ baseUrl: root.pathname, excerptLength: 18 });
  return pagefind;
}

function resultItem({ url, meta, excerpt, sub_results }: Hit): HTMLLIElement {
  const item = document.createElement('li');
  const best = sub_results.find((one) => one.url !== url) ?? null;
  const link = document.createElement('a');
  link.href = best?.url ?? url;
  const title = document.createElement('strong');
  title.textContent = meta.title ?? url;
  link.append(title);
  if (best !== null) link.append(` › ${best.title}`);
  const text = document.createElement('p');
  // Pagefind escapes the page's text and adds only `mark` elements of its own.
  text.innerHTML = best?.excerpt ?? excerpt;
  item.append(link, text);
  return item;
}

class Search {
  readonly #box: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #status: HTMLElement;
  readonly #list: HTMLElement;

  constructor(box: HTMLElement) {
    this.#box = box;
    const dialog = box.querySelector('dialog')!;
    this.#input = box.querySelector('input')!;
    this.#status = box.querySelector('.search-status')!;
    this.#list = box.querySelector('.search-results')!;
    this.#input.addEventListener('input', () => this.#search());
    this.#input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.#list.querySelector('a')?.click();
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  /** Searches for what was typed while this was loaded. */
  start(): void {
    index ??= load();
    index.catch((error: Error) => {
      index = null;
      this.#status.textContent = `${this.#box.dataset['failed']} ${error.message}`;
    });
    this.#search();
  }

  async #search(): Promise<void> {
    const words = this.#input.value.trim();
    if (words === '' || index === null) {
      this.#list.replaceChildren();
      this.#status.textContent = '';
      return;
    }
    try {
      const found = await (await index).debouncedSearch(words, {}, 120);
      if (found === null) return; // A later search has taken its place.
      const hits = await Promise.all(found.results.slice(0, SHOWN).map((one) => one.data()));
      this.#list.replaceChildren(...hits.map(resultItem));
      const { none, count } = this.#box.dataset;
      this.#status.textContent =
        hits.length === 0 ? `${none} ${words}` : `${found.results.length} ${count}`;
    } catch (error) {
      this.#status.textContent = `${this.#box.dataset['failed']} ${(error as Error).message}`;
    }
  }
}

let box: Search | null = null;

export function search(): void {
  box ??= new Search(document.querySelector<HTMLElement>('site-search')!);
  box.start();
}
