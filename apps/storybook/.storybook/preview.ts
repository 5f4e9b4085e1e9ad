/** What every story stands in: a theme, a language, the page's colours, and the rules of axe. */
import { themeStyle } from '@beamline/figures';
import type { Preview } from '@storybook/web-components-vite';

const style = document.createElement('style');
style.textContent = `${themeStyle()}
body{background:var(--bl-background);color:var(--bl-ink)}`;
document.head.append(style);

const preview: Preview = {
  globalTypes: {
    theme: {
      description: 'Theme',
      toolbar: {
        icon: 'contrast',
        items: [
          { value: 'light', title: 'Light' },
          { value: 'dark', title: 'Dark' },
        ],
        dynamicTitle: true,
      },
    },
    language: {
      description: 'Language',
      toolbar: {
        icon: 'globe',
        items: [
          { value: 'en', title: 'English' },
          { value: 'ja', title: '日本語' },
        ],
        dynamicTitle: true,
      },
    },
  },
  initialGlobals: { theme: 'light', language: 'en' },
  parameters: {
    a11y: { test: 'error' },
    layout: 'padded',
  },
  decorators: [
    (story, { globals }) => {
      const root = document.documentElement;
      root.dataset.theme = String(globals.theme);
      root.lang = String(globals.language);
      return story();
    },
  ],
};

export default preview;
