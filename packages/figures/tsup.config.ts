import { defineConfig } from 'tsup';

// Models and views; the simulator stays a package of its own.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  outDir: 'dist',
  clean: true,
  external: [/^@beamline\//],
});
