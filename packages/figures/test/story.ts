/**
 * A figure's stories: an element with a model, in a theme, a language and a width. The model comes
 * from the figure's own model function, on a fixed input.
 *
 * Example: `export const Japanese = story({ tag: 'bl-beam-tree', model, language: 'ja' });`
 */
import type { StoryObj } from '@storybook/web-components-vite';
import type { FigureElement } from '../src/frame/figure-element.ts';
import type { Language } from '../src/frame/language.ts';

export interface StoryOptions {
  tag: string;
  /** Null while it is computed, for ever. */
  model: (() => unknown) | null;
  language?: Language;
  theme?: 'light' | 'dark';
  /** Px. */
  width?: number;
  /** More properties of the element. */
  properties?: Record<string, unknown>;
  /** Interaction, with the element once it is drawn. */
  play?: (element: FigureElement<unknown, unknown>, root: ShadowRoot) => Promise<void>;
}

export const PHONE_WIDTH = 320;

export function story(options: StoryOptions): StoryObj {
  const { tag, model, language, theme, width, properties = {}, play } = options;
  return {
    globals: {
      ...(theme === undefined ? {} : { theme }),
      ...(language === undefined ? {} : { language }),
    },
    loaders: [async () => ({ model: model === null ? null : await model() })],
    render: (_, { loaded }) => {
      const element = document.createElement(tag);
      Object.assign(element, properties, { model: loaded.model });
      const frame = document.createElement('div');
      if (width !== undefined) frame.style.width = `${width}px`;
      frame.append(element);
      return frame;
    },
    ...(play === undefined
      ? {}
      : {
          play: async ({ canvasElement }) => {
            const element = canvasElement.querySelector(tag) as FigureElement<unknown, unknown>;
            await element.updateComplete;
            await play(element, element.shadowRoot!);
          },
        }),
  };
}
