import { defineConfig } from 'vitest/config';

/** The smoke contract under Node, Bun, Deno, workerd and Chromium, on what was built: `npm run test:runtime`. */
export default defineConfig({
  test: { include: ['test/runtime/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
