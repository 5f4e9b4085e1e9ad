/**
 * Leaves `import()` as it is: Vite wraps each one to load its chunk's style sheets first, and the
 * site's chunks have none. Saves every page a script.
 */
import type { Plugin } from 'vite';

const HELPER = '\0vite/preload-helper.js';

export function plainImports(): Plugin {
  return {
    name: 'beamline-plain-imports',
    enforce: 'pre',
    load(id) {
      return id === HELPER ? 'export const __vitePreload = (load) => load();' : null;
    },
  };
}
