import { defineConfig } from 'vitest/config'

/** Every profile for ten seconds against a real server, four at a time. */
export default defineConfig({
  test: {
    name: 'profiles',
    include: ['test/profiles/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxConcurrency: 4,
  },
})
