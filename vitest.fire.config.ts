import { defineConfig } from 'vitest/config'

/** Every fault on every topology, which keeps docs/reliability.md: `npm run test:fire`, and with UPDATE_DOCS=1 it writes the page. */
export default defineConfig({
  test: {
    name: 'fire',
    include: ['test/fire/**/*.test.ts'],
    // A cell waits for those before it on its topology.
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    maxConcurrency: 1000,
    fileParallelism: false,
  },
})
