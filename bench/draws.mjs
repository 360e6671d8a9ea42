// What it costs to draw a key, by distribution: nanoseconds a draw, median of rounds, next to drawing a bare number.
//
//   npm run bench:draws
import { createIndexedRandom, createRandom } from '../dist/model/random.js'
import { distributions } from '../dist/workload/distributions.js'
import { createDraw } from '../dist/workload/draw.js'
import { median } from './parts/machine.mjs'

const DRAWS = 2_000_000
const ROUNDS = 9
const WANTED = 100
const keys = { preload: 0.5, zipf_exponent: 0.99, gaussian_deviation: 0.1, hot_keys: 0.2, hot_share: 0.8 }

function drawOf(seed) {
  const random = createIndexedRandom(seed)
  random.seek(0)
  return { ...createDraw(random), written: 1e6 }
}

function nanosecondsOf(draw) {
  const startedAt = performance.now()
  let sum = 0
  for (let one = 0; one < DRAWS; one++) sum += draw()
  const took = performance.now() - startedAt
  // The sum is used, or the loop might be left out.
  return sum < 0 ? 0 : (took * 1e6) / DRAWS
}

let missed = 0
const random = createRandom(1)
const draws = { 'a number': () => random.below(1000) }
for (const count of [1000, 10_000_000])
  for (const [name, make] of Object.entries(distributions))
    draws[`${name}, ${count.toLocaleString('en')} keys`] = make({ ...keys, count }, drawOf(2), false)

const times = Object.fromEntries(Object.keys(draws).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++)
  for (const [name, draw] of Object.entries(draws)) times[name].push(nanosecondsOf(draw))
for (const [name, all] of Object.entries(times)) {
  const holds = median(all) < WANTED
  if (!holds) missed++
  console.log(`${name.padEnd(28)} ${median(all).toFixed(1).padStart(6)} ns${holds ? '' : '  MISSED'}`)
}
process.exitCode = missed > 0 ? 1 : 0
