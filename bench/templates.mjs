// What a template costs: commands with their arguments written out against the same commands by name, in interleaved
// rounds of one closed loop each.
//
//   npm run bench:templates -- [--rounds 6] [--seconds 3]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine, MAIN, median, runClient, startServer } from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '6' }, seconds: { type: 'string', default: '3' } },
})
const WANTED = 0.9
const folder = mkdtempSync(join(tmpdir(), 'redis-test-templates-'))
const SIDES = {
  'by name': ['SET', 'GET'],
  template: ['SET user:{key}:name {value}', 'GET user:{key}:name'],
  'template with more placeholders': ['SET {key users} {value} PX {int 60000..90000}', 'GET {key users}'],
}
const SHAPES = { 'single commands, 50 in flight': [], 'pipelines of 10': ['--pipeline-size', '10'] }

const profileOf = (side) => {
  const file = join(folder, `${side.replaceAll(' ', '-')}.yaml`)
  const operations = SIDES[side].map((command) => `  - command: ${JSON.stringify(command)}`)
  writeFileSync(file, `name: bench\noperations:\n${operations.join('\n')}\n`)
  return file
}

async function throughputOf(side, shape, port) {
  const output = join(folder, 'result.json')
  const load = ['--concurrency', '50', '--clients', '10', '--duration', flags.seconds, ...SHAPES[shape]]
  const quiet = ['--quiet', '--no-metrics', '--log-level', 'silent', '--output-file', output]
  await runClient(process.execPath, [
    MAIN,
    'run',
    '--port',
    String(port),
    '-w',
    profileOf(side),
    ...load,
    ...quiet,
  ])
  return JSON.parse(readFileSync(output, 'utf8')).overall_throughput
}

console.log(describeMachine())
let missed = 0
for (const shape of Object.keys(SHAPES)) {
  const server = await startServer()
  const ratios = new Map(Object.keys(SIDES).map((side) => [side, []]))
  const sides = Object.keys(SIDES)
  for (let round = 0; round < Number(flags.rounds); round++) {
    // Each side takes its turn at being first, so that a machine that grows warm favours none.
    const order = sides.map((_, index) => sides[(index + round) % sides.length])
    const seen = new Map()
    for (const side of order) seen.set(side, await throughputOf(side, shape, server.port))
    for (const side of sides) ratios.get(side).push(seen.get(side) / seen.get('by name'))
    console.log(
      `${shape}, round ${round + 1}: ${sides.map((side) => `${side} ${Math.round(seen.get(side)).toLocaleString('en')}`).join(' · ')} ops/s`,
    )
  }
  server.stop()
  for (const side of sides.slice(1)) {
    const all = ratios.get(side)
    const holds = median(all) >= WANTED
    if (!holds) missed++
    console.log(
      `  ${side} ÷ by name: median ${median(all).toFixed(3)} (${Math.min(...all).toFixed(3)}–${Math.max(...all).toFixed(3)})${holds ? '' : `  MISSED, wanted ${WANTED}`}`,
    )
  }
}
rmSync(folder, { recursive: true, force: true })
process.exitCode = missed > 0 ? 1 : 0
