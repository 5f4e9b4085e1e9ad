import { defineConfig } from 'tsup';

// The command and its worker. The scheduler stays a package of its own: its addon and its
// WebAssembly are found from where it stands. So are the files of webgpu.
export default defineConfig({
  entry: ['src/index.ts', 'src/worker.ts', 'src/kernel-worker.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outDir: 'dist',
  clean: true,
  splitting: true,
  noExternal: [/^@beamline\/(simulator|figures|fixtures|kernels|bench)/, /^d3-/, 'internmap'],
  external: [/^@beamline\/scheduler/, 'webgpu'],
  esbuildOptions: (options) => {
    options.conditions = ['source'];
  },
});
