/**
 * `<bl-lab>`: the page's shell around the session. It lives in the light DOM, so that the site's
 * own styles and find-in-page reach it. What was there before, without script, stays until the
 * first draw.
 */
import { recordLine } from '@beamline/bench/record';
import { type Language, languageOf } from '@beamline/figures/frame';
import { html, LitElement, nothing } from 'lit';
import { pageEnvironment } from './environment.ts';
import { type Messages, messages } from './messages.ts';
import { type LabOperator, LabSession } from './session.ts';
import { summaryText } from './summary.ts';
import { gpuView } from './view-gpu.ts';
import { keepView } from './view-keep.ts';
import { timeView } from './view-time.ts';
import { verifyView } from './view-verify.ts';

export class LabApp extends LitElement {
  readonly language: Language = languageOf(document.documentElement.lang);
  readonly words: Messages = messages[this.language];
  session!: LabSession;
  /** What the clipboard said, and the summary where it has to be copied by hand. */
  copied: 'no' | 'yes' | 'by-hand' = 'no';
  #isFrameAsked = false;
  #isFigureAsked = false;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { operators, commit, changes } = this.dataset;
    const environment = pageEnvironment(commit ?? null, changes !== undefined);
    const list = JSON.parse(operators ?? '[]') as LabOperator[];
    this.session = new LabSession(list, environment, this.#soon);
    this.replaceChildren();
    void this.session.look();
    this.#widths.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#widths.disconnect();
  }

  /** Results come in bursts: one draw a frame holds all of them. */
  #soon = (): void => {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    const draw = () => {
      this.#isFrameAsked = false;
      this.requestUpdate();
    };
    // A page in the background gets no frames, and results must not wait for it to come back.
    if (document.visibilityState === 'visible') requestAnimationFrame(draw);
    else setTimeout(draw, 200);
  };

  /** The element of the roofline comes when there is something to draw. */
  loadFigure(): void {
    if (this.#isFigureAsked) return;
    this.#isFigureAsked = true;
    void import('@beamline/figures/kernel_roofline');
  }

  save(): void {
    const { verified, timed } = this.session;
    const records = [...verified, ...timed.map(({ record }) => record)];
    const blob = new Blob(records.map(recordLine), { type: 'application/jsonl' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = 'records.jsonl';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(summaryText(this.words, this.session));
      this.copied = 'yes';
    } catch {
      this.copied = 'by-hand';
    }
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLTextAreaElement>('.lab-summary-text')?.select();
  }

  /** What is wider than the page can be scrolled by keyboard; what fits is no stop. */
  #widths = new ResizeObserver(() => this.#markWide());

  #markWide(): void {
    for (const frame of this.querySelectorAll<HTMLElement>('.lab-scrolls')) {
      const isWide = frame.scrollWidth > frame.clientWidth + 1;
      for (const [name, value] of [
        ['tabindex', '0'],
        ['role', 'region'],
        ['aria-label', frame.dataset['name'] ?? ''],
      ] as const) {
        if (isWide) frame.setAttribute(name, value);
        else frame.removeAttribute(name);
      }
    }
  }

  override updated(): void {
    this.#markWide();
  }

  override render() {
    const { words, session } = this;
    return html`<div class="lab">
      ${session.hasWorkers ? nothing : html`<p class="lab-note">${words.noWorkers}</p>`}
      ${gpuView(this)} ${verifyView(this)} ${timeView(this)} ${keepView(this)}
    </div>`;
  }
}
