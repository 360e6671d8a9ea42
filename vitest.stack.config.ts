import { defineConfig } from 'vitest/config'

/** The app with the real components of the observability stack; slow the first time, when some of them are built. */
export default defineConfig({
  test: {
    name: 'stack',
    include: ['test/stack/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 1_800_000,
    // One after the other: they measure, and share two cores.
    fileParallelism: false,
  },
})
