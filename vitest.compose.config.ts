import { defineConfig } from 'vitest/config'

/** The real docker-compose.yml on a real Docker engine: `npm run test:compose`. One thing at a time: they share the engine. */
export default defineConfig({
  test: {
    name: 'compose',
    include: ['test/compose/**/*.test.ts'],
    globalSetup: ['test/compose/support/global-setup.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    teardownTimeout: 60_000,
    // Later tests go on with what earlier ones started.
    bail: 1,
    sequence: { shuffle: false },
  },
})
