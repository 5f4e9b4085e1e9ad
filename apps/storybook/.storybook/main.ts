/** Every figure in its states: the stories stand beside the figures. */
import type { StorybookConfig } from '@storybook/web-components-vite';

const config: StorybookConfig = {
  stories: ['../../../packages/figures/src/**/*.stories.ts'],
  addons: ['@storybook/addon-a11y'],
  framework: '@storybook/web-components-vite',
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  // The sources, as everywhere: never a stale dist.
  viteFinal: (given) => ({
    ...given,
    resolve: {
      ...given.resolve,
      conditions: ['source', 'module', 'browser', 'development|production'],
    },
  }),
};

export default config;
