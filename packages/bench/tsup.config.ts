import { defineConfig } from 'tsup';

// The bench reads nothing from where it stands, so it can be bundled anywhere.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  external: [/^@beamline\//, /^node:/],
  clean: true,
});
