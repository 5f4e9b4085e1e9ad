/**
 * What the test of the figures' element loads into a page: a real figure, and one of three steps
 * that shows the stepper alone.
 */
import {
  drawPicture,
  figureHtml,
  type LoadSpeedup,
  loadSpeedup,
  loadSpeedupPicture,
  themeStyle,
  type ViewOptions,
  viewOptions,
} from '@beamline/figures';
import {
  define,
  FigureElement,
  html,
  morph,
  Stepper,
} from '@beamline/figures/frame/figure-element';
import '@beamline/figures/load_speedup';
import { runAt } from '../support/runs.ts';

class StepsElement extends FigureElement<number, number> {
  static override figureName = 'steps';
  #stepper = new Stepper(this, {
    count: () => this.model ?? 0,
    at: () => this.state ?? 0,
    go: (step) => {
      this.state = step;
    },
    intervalMs: 60,
  });

  override initialState(): number {
    return 0;
  }

  override picture(model: number, state: number, options: ViewOptions) {
    return drawPicture(options, {
      title: 'Steps',
      summary: 'A figure of steps.',
      notes: [],
      table: { columns: [{ label: 'step' }], rows: [[String(state)]] },
      height: 40,
      draw: () =>
        `<rect data-key="token" class="move" x="${(state * 100) / model}" width="10" height="10"/>`,
    });
  }

  override controls() {
    return html`${this.#stepper.render()}`;
  }
}
define('bl-steps', StepsElement);

const curve = (beams: number, speedups: Record<number, number>) =>
  Object.entries(speedups).map(([load, speedup]) =>
    runAt(Number(load), speedup, { scenario: { speculation: { beams } } }),
  );

const page = {
  model: (last: number, isLonger = false): LoadSpeedup =>
    loadSpeedup([
      ...curve(2, { ...(isLonger ? { 0.5: 3 } : {}), 1: 1.6, 8: 1.2, 64: last }),
      ...curve(6, { 1: 2, 8: 1.1, 64: 0.6 }),
    ]),
  /** Both given as the content of a root; what came of it, and whether keyed children stayed. */
  morphed: (before: string, after: string) => {
    const parse = (content: string) => {
      const root = document.createElement('div');
      root.innerHTML = content;
      return root;
    };
    const keyOf = (node: Node) =>
      node instanceof Element ? (node.getAttribute('data-key') ?? undefined) : undefined;
    const [from, to] = [parse(before), parse(after)];
    const old = new Map([...from.children].map((child) => [keyOf(child), child]));
    morph(from, to, keyOf);
    return {
      html: from.innerHTML,
      haveStayed: [...from.children].every((child) => {
        const known = keyOf(child) === undefined ? undefined : old.get(keyOf(child));
        return known === undefined || known === child || known.nodeName !== child.nodeName;
      }),
    };
  },
  staticHtml: (model: LoadSpeedup) =>
    figureHtml(
      loadSpeedupPicture(model, { load: null }, viewOptions('static', { hasTitle: false })),
    ),
};

declare global {
  interface Window {
    figures: typeof page;
  }
}

const style = document.createElement('style');
style.textContent = themeStyle();
document.head.append(style);
window.figures = page;
