import { defineConfig } from 'vitest/config';

const conditions = ['@sectile/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/browser/**', 'test/runtime/**'],
    testTimeout: 30_000,
    pool: 'threads',
  },
});
