import { defineConfig } from 'vitest/config'

/** What takes too long for every day: every profile for ten seconds against a real server, four at a time, and more. */
export default defineConfig({
  test: {
    name: 'long',
    include: ['test/long/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxConcurrency: 4,
    // One file after the other: they measure.
    fileParallelism: false,
  },
})
