import { defineConfig } from 'tsup';

// dist/ lies beside src/, so paths to the addon and to the WebAssembly file hold in both.
export default defineConfig({
  entry: { index: 'src/index.ts', node: 'src/node.ts', 'checkers/index': 'src/checkers/index.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  external: [/^node:/],
  splitting: true,
  // The compiled core comes from another task and stays.
  clean: ['!**/*.wasm'],
});
