import { defineConfig } from 'vitest/config';

// Tests read the sources, never a stale dist: every workspace export has a `source` condition.
const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};

export default defineConfig({
  ...source,
  test: {
    include: [
      'fixtures/**/*.test.ts',
      'kernels/**/*.test.ts',
      'packages/*/{src,test}/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/build/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
