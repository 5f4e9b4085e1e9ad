/**
 * The custom element that every figure is: a picture made by a pure view, with focus, highlight,
 * live region, toolbar and data table around it. Laws: the last good picture stays while a new
 * model is computed; focus survives a redraw; hover never says more than focus; what stood in the
 * light DOM, drawn without script, is shown until there is a model.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { themes } from '../palette.ts';
import { dataTable } from './data-table.ts';
import { elementStyle } from './element-style.ts';
import type { PictureMetadata } from './export.ts';
import { type Language, languageOf } from './language.ts';
import { frameMessages } from './messages.ts';
import { nearestLanguage } from './nearest-language.ts';
import type { Picture, ThemeName, ViewOptions } from './picture.ts';
import { WIDTH_DEFAULT, WIDTH_MIN } from './picture.ts';
import { markAfter, markAt, markOf, redraw } from './redraw.ts';
import type { PictureFile } from './save.ts';

export { html, nothing } from 'lit';
export { morph } from './morph.ts';
export { Stepper } from './stepper.ts';

/** Asks the page for a model of another input. */
export interface InputDetail<Input = unknown> {
  figure: string;
  input: Input;
}

export interface HighlightDetail {
  figure: string;
  key: string | null;
}

/** A page that knows the figure's state in an address writes it to `link`. */
export interface LinkDetail {
  figure: string;
  state: unknown;
  link: string;
}

const SCOPE = 'picture';
/** A computation that takes longer is told of. */
const SLOW_MS = 300;

export abstract class FigureElement<Model, State> extends LitElement {
  /** As in the page's addresses: `beam-tree`. */
  static figureName = 'figure';
  static override styles = elementStyle;
  static override properties = {
    model: { attribute: false },
    state: { attribute: false },
    metadata: { attribute: false },
    isComputing: { attribute: false },
    progress: { attribute: false },
    isSlow: { state: true },
    error: { type: String },
    language: { attribute: 'lang' },
    highlight: { type: String },
    embed: { type: Boolean },
    theme: { type: String },
    width: { state: true },
    readout: { state: true },
    notice: { state: true },
  };

  /** Null until there is one. */
  declare model: Model | null;
  declare state: State | null;
  declare metadata: PictureMetadata;
  /** Another model is on its way; the present one stays until it comes. */
  declare isComputing: boolean;
  /** Share of the computation that is done, where that is known. */
  declare progress: number | null;
  declare isSlow: boolean;
  declare error: string;
  declare language: string | null;
  declare highlight: string | null;
  /** Hides controls and toolbar. */
  declare embed: boolean;
  declare theme: ThemeName;
  declare width: number;
  declare readout: string;
  declare notice: string;

  #picture: Picture | null = null;
  #drawn: Model | null = null;
  #tabStops = new Map<string, string>();
  #sizes: ResizeObserver | null = null;
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.model = null;
    this.state = null;
    this.metadata = {};
    this.isComputing = false;
    this.progress = null;
    this.isSlow = false;
    this.error = '';
    this.language = null;
    this.highlight = null;
    this.embed = false;
    this.theme = 'auto';
    this.width = WIDTH_DEFAULT;
    this.readout = '';
    this.notice = '';
  }

  abstract initialState(model: Model): State;
  abstract picture(model: Model, state: State, options: ViewOptions): Picture;

  /** The state under a new model; the initial one unless a figure keeps its own. */
  nextState(model: Model, _state: State): State {
    return this.initialState(model);
  }

  /** Native inputs and buttons under the picture. */
  controls(_model: Model, _state: State): TemplateResult | typeof nothing {
    return nothing;
  }

  /** A mark was clicked, or Enter or Space pressed on it. */
  onMark(_key: string): void {}

  /** A key pressed on a mark; true where the figure has dealt with it. */
  onKey(_event: KeyboardEvent, _key: string): boolean {
    return false;
  }

  get figureName(): string {
    return (this.constructor as typeof FigureElement).figureName;
  }

  get currentLanguage(): Language {
    return languageOf(this.language ?? nearestLanguage(this));
  }

  get prefersLessMotion(): boolean {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
  }

  /** Asks the page for the model of `input`; the present picture stays until it comes. */
  requestModel(input: unknown): void {
    this.#tell<InputDetail>('bl-input', { figure: this.figureName, input });
  }

  /** The present picture as it is drawn, or null before the first. */
  get currentPicture(): Picture | null {
    return this.#picture;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(() => this.#measure());
    this.#sizes.observe(this);
    this.#measure();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    clearTimeout(this.#slow);
    this.#slow = undefined;
  }

  #measure(): void {
    const wide = Math.floor(this.clientWidth);
    if (wide > 0) this.width = Math.max(WIDTH_MIN, wide);
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#watchBusy();
    if (this.model === null) return;
    if (changed.has('model') && this.model !== this.#drawn) {
      const isGiven = changed.has('state') && this.state !== null;
      if (!isGiven) {
        this.state =
          this.state === null
            ? this.initialState(this.model)
            : this.nextState(this.model, this.state);
      }
      this.#drawn = this.model;
    }
    const drawn = ['model', 'state', 'language', 'highlight', 'theme', 'width'];
    if (this.#picture === null || drawn.some((name) => changed.has(name))) {
      this.#picture = this.#draw({ hasTitle: false, scope: SCOPE });
    }
  }

  get #isBusy(): boolean {
    return (this.model === null || this.isComputing) && this.error === '';
  }

  /** What is there at once needs no word; what takes longer says that it does. */
  #watchBusy(): void {
    if (this.#isBusy) {
      this.#slow ??= setTimeout(() => {
        this.isSlow = true;
      }, SLOW_MS);
      return;
    }
    clearTimeout(this.#slow);
    this.#slow = undefined;
    this.isSlow = false;
  }

  #draw(options: Partial<ViewOptions> & { scope: string }): Picture {
    return this.picture(this.#drawn as Model, this.state as State, {
      language: this.currentLanguage,
      width: this.width,
      highlight: this.highlight,
      theme: this.theme,
      ...options,
    });
  }

  protected override updated(): void {
    const container = this.#container;
    if (this.#picture !== null && container !== null) {
      redraw(container, this.#picture.svg, this.#tabStops);
    }
  }

  get #container(): HTMLElement | null {
    return this.renderRoot.querySelector('.picture');
  }

  protected override render(): TemplateResult {
    const messages = frameMessages[this.currentLanguage];
    const picture = this.#picture;
    const isBusy = this.#isBusy;
    const problem =
      this.error === ''
        ? nothing
        : html`<p class="error" role="alert">${messages.failed(this.error)}</p>`;
    const status = html`<p class="readout" role="status">${
      isBusy && (this.isSlow || picture === null)
        ? html`${messages.loading}${this.#share()}`
        : this.notice || this.readout
    }</p>`;
    if (picture === null) {
      return html`<figure aria-busy=${isBusy} lang=${this.currentLanguage}><slot></slot>${problem}${
        status
      }</figure>`;
    }
    const shown = this.#drawn as Model;
    return html`<figure class=${this.isSlow ? 'slow' : ''} aria-busy=${isBusy}
      aria-labelledby="title" lang=${this.currentLanguage}>
      <p class="title" id="title">${picture.title}</p>
      <div class="picture" @keydown=${this.#onKeyDown} @focusin=${this.#onFocus}
        @focusout=${this.#onLeave} @pointerover=${this.#onHover} @pointerleave=${this.#onLeave}
        @click=${this.#onClick}></div>
      <p class="hidden" id="keys">${messages.keys}</p>
      ${problem}${status}
      ${this.embed ? nothing : this.controls(shown, this.state as State)}
      <figcaption>${picture.notes.map((note) => html`<span>${note} </span>`)}</figcaption>
      ${this.embed ? nothing : this.#toolbar()}
      ${dataTable(picture, messages.data)}
    </figure>`;
  }

  /** Not read out: it changes too often. */
  #share(): TemplateResult | typeof nothing {
    if (this.progress === null) return nothing;
    return html`<span aria-hidden="true"> ${Math.round(100 * this.progress)} %</span>`;
  }

  #toolbar(): TemplateResult {
    const messages = frameMessages[this.currentLanguage];
    return html`<div class="toolbar" role="group" aria-label=${messages.toolbar}>
      <button type="button" @click=${this.#copyLink}>${messages.copyLink}</button>
      <button type="button" @click=${() => this.#save('svg')}>${messages.saveSvg}</button>
      <button type="button" @click=${() => this.#save('png')}>${messages.savePng}</button>
      <button type="button" @click=${() => this.#save('csv')}>${messages.saveCsv}</button>
    </div>`;
  }

  #onKeyDown = (event: KeyboardEvent): void => {
    const mark = markAt(event);
    const container = this.#container;
    if (mark === null || container === null) return;
    const key = mark.getAttribute('data-key')!;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.onKey(event, key)) {
      event.preventDefault();
    } else if (event.key === 'Escape') {
      (mark as SVGElement).blur();
      this.#light(null, '');
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.onMark(key);
    } else {
      const next = markAfter(mark, event.key, container);
      if (next === null) return;
      event.preventDefault();
      this.focusMark(next.getAttribute('data-key')!);
    }
  };

  /** Moves focus, and with it its group's tab stop, to a mark. */
  focusMark(key: string): void {
    const mark = this.#container === null ? null : markOf(this.#container, key);
    mark?.focus();
  }

  #onFocus = (event: FocusEvent): void => {
    const mark = markAt(event);
    if (mark === null) return;
    const group = mark.getAttribute('data-group');
    const key = mark.getAttribute('data-key')!;
    if (group !== null) this.#tabStops.set(group, key);
    this.#light(key, mark.getAttribute('aria-label') ?? '');
  };

  #onHover = (event: PointerEvent): void => {
    const mark = markAt(event);
    if (mark !== null) {
      this.#light(mark.getAttribute('data-key')!, mark.getAttribute('aria-label') ?? '');
    }
  };

  /** Hover that ends gives the word back to what has focus. */
  #onLeave = (event: Event): void => {
    const focused = (this.renderRoot as ShadowRoot).activeElement;
    const key = focused?.getAttribute('data-key') ?? null;
    if (event.type === 'focusout' || key === null) this.#light(null, '');
    else this.#light(key, focused?.getAttribute('aria-label') ?? '');
  };

  #onClick = (event: MouseEvent): void => {
    const mark = markAt(event);
    if (mark !== null) this.onMark(mark.getAttribute('data-key')!);
  };

  #light(key: string | null, readout: string): void {
    this.notice = '';
    this.readout = readout;
    if (this.highlight === key) return;
    this.highlight = key;
    this.#tell<HighlightDetail>('bl-highlight', { figure: this.figureName, key });
  }

  #tell<Detail>(name: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** The address of the figure, with its state where the page puts it in. */
  get link(): string {
    const address = new URL(location.href);
    address.hash = this.id === '' ? this.figureName : this.id;
    const detail: LinkDetail = { figure: this.figureName, state: this.state, link: address.href };
    this.#tell('bl-link', detail);
    return detail.link;
  }

  #copyLink = async (): Promise<void> => {
    const messages = frameMessages[this.currentLanguage];
    const { link } = this;
    try {
      await navigator.clipboard.writeText(link);
      this.notice = messages.copied;
    } catch {
      this.notice = messages.copyFailed(link);
    }
  };

  /** The picture as a file holds it: with title and caption, in the theme that is shown. */
  exported(): Picture {
    return this.#draw({ hasTitle: true, scope: this.figureName, highlight: null });
  }

  get #shownTheme(): 'light' | 'dark' {
    const shown = this.#container?.querySelector('svg');
    const background = shown ? getComputedStyle(shown).getPropertyValue('--background') : '';
    return background.trim() === themes.dark.background ? 'dark' : 'light';
  }

  /** What saves is loaded at the first save. */
  async #save(kind: PictureFile): Promise<void> {
    const name = `${this.figureName}.${kind}`;
    const messages = frameMessages[this.currentLanguage];
    try {
      const { savePicture } = await import('./save.ts');
      const metadata = { link: this.link, ...this.metadata };
      await savePicture(name, kind, this.exported(), this.#shownTheme, metadata);
      this.notice = messages.saved(name);
    } catch (problem) {
      this.notice = messages.failed((problem as Error).message);
    }
  }
}

/** Registers a tag once, however often its module is loaded. */
export function define(tag: string, element: CustomElementConstructor): void {
  if (customElements.get(tag) === undefined) customElements.define(tag, element);
}
