/**
 * Steps of a figure: first, back, play, next, last, and a slider over all of them. Laws: nothing
 * plays off screen, after the last step, or for who asked for less motion; a step can be taken at
 * any time.
 */
import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import type { FigureElement } from './figure-element.ts';
import { frameMessages } from './messages.ts';

export interface Steps {
  /** How many there are; 0 while there is no model. */
  count: () => number;
  /** The present one, from 0. */
  at: () => number;
  go: (step: number) => void;
  /** What a step shows, in words; its number without. */
  nameOf?: (step: number) => string;
  intervalMs?: number;
}

/** Outlines on 12 × 12 px: system fonts lack some of the signs. */
const SIGNS = {
  first: 'M6 1 1 6l5 5zM11 1 6 6l5 5z',
  back: 'M10 1 4 6l6 5zM2 1h2v10H2z',
  play: 'M2 1l9 5-9 5z',
  pause: 'M2 1h3v10H2zM7 1h3v10H7z',
  next: 'M2 1l6 5-6 5zM8 1h2v10H8z',
  last: 'M1 1l5 5-5 5zM6 1l5 5-5 5z',
} as const;

export class Stepper implements ReactiveController {
  #host: FigureElement<unknown, unknown>;
  #steps: Steps;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #observer: IntersectionObserver | null = null;

  constructor(host: FigureElement<unknown, unknown>, steps: Steps) {
    this.#host = host;
    this.#steps = steps;
    this.#host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => !isIntersecting)) this.pause();
    });
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.pause();
  }

  get isPlaying(): boolean {
    return this.#timer !== null;
  }

  /** A step by hand ends the play. */
  go(step: number): void {
    this.pause();
    this.#goTo(step);
  }

  play(): void {
    if (this.#host.prefersLessMotion || this.isPlaying) return;
    if (this.#steps.at() >= this.#last) this.#goTo(0);
    this.#wait();
    this.#host.requestUpdate();
  }

  pause(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#host.requestUpdate();
  }

  get #last(): number {
    return Math.max(0, this.#steps.count() - 1);
  }

  #goTo(step: number): void {
    this.#steps.go(Math.min(this.#last, Math.max(0, step)));
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#goTo(this.#steps.at() + 1);
      if (this.#steps.at() < this.#last) this.#wait();
      this.#host.requestUpdate();
    }, this.#steps.intervalMs ?? 1200);
  }

  render(): TemplateResult | typeof nothing {
    const count = this.#steps.count();
    if (count < 2) return nothing;
    const messages = frameMessages[this.#host.currentLanguage];
    const at = this.#steps.at();
    const last = this.#last;
    const words = this.#steps.nameOf?.(at) ?? messages.stepOf(at + 1, count);
    const button = (sign: keyof typeof SIGNS, act: () => void, isOff: boolean) => html`
      <button type="button" aria-label=${messages[sign]} title=${messages[sign]}
        ?disabled=${isOff} @click=${act}><svg viewBox="0 0 12 12" aria-hidden="true"><path
        d=${SIGNS[sign]}></path></svg></button>`;
    const play = this.isPlaying
      ? button('pause', () => this.pause(), false)
      : button('play', () => this.play(), false);
    return html`<div class="stepper" role="group" aria-label=${messages.steps}>
      ${button('first', () => this.go(0), at === 0)}
      ${button('back', () => this.go(at - 1), at === 0)}
      ${this.#host.prefersLessMotion ? nothing : play}
      ${button('next', () => this.go(at + 1), at === last)}
      ${button('last', () => this.go(last), at === last)}
      <input type="range" min="1" max=${count} .value=${String(at + 1)}
        aria-label=${messages.steps} aria-valuetext=${words}
        @input=${(event: Event) => this.go(Number((event.target as HTMLInputElement).value) - 1)}>
      <span>${words}</span>
    </div>`;
  }
}
