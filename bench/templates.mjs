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
const PAIRS = {
  'SET and GET': {
    'by name': ['SET', 'GET'],
    template: ['SET user:{key}:name {value}', 'GET user:{key}:name'],
  },
  'ZADD and ZSCORE': {
    'by name': ['ZADD', 'ZSCORE'],
    template: ['ZADD board:{key} {int 0..1000000} {member}', 'ZSCORE board:{key} {member}'],
  },
}
const SHAPES = { 'single commands, 50 in flight': [], 'pipelines of 10': ['--pipeline-size', '10'] }

const profileOf = (commands) => {
  const file = join(folder, 'profile.yaml')
  const operations = commands.map((command) => `  - command: ${JSON.stringify(command)}`)
  writeFileSync(file, `name: bench\noperations:\n${operations.join('\n')}\n`)
  return file
}

async function throughputOf(commands, shape, port) {
  const output = join(folder, 'result.json')
  const load = ['--concurrency', '50', '--clients', '10', '--duration', flags.seconds, ...SHAPES[shape]]
  const quiet = ['--quiet', '--no-metrics', '--log-level', 'silent', '--output-file', output]
  const args = ['run', '--port', String(port), '-w', profileOf(commands), ...load, ...quiet]
  await runClient(process.execPath, [MAIN, ...args])
  return JSON.parse(readFileSync(output, 'utf8')).overall_throughput
}

console.log(describeMachine())
let missed = 0
for (const [pair, sides] of Object.entries(PAIRS)) {
  for (const shape of Object.keys(SHAPES)) {
    const server = await startServer()
    const ratios = []
    for (let round = 1; round <= Number(flags.rounds); round++) {
      const seen = {}
      // Alternately first, so that a machine that grows warm favours neither.
      const order = round % 2 === 1 ? ['by name', 'template'] : ['template', 'by name']
      for (const side of order) seen[side] = await throughputOf(sides[side], shape, server.port)
      ratios.push(seen.template / seen['by name'])
      const shown = Object.entries(sides).map(
        ([side]) => `${side} ${Math.round(seen[side]).toLocaleString('en')}`,
      )
      console.log(`${pair}, ${shape}, round ${round}: ${shown.join(' · ')} ops/s`)
    }
    server.stop()
    const holds = median(ratios) >= WANTED
    if (!holds) missed++
    const range = `${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)}`
    console.log(
      `  template ÷ by name: median ${median(ratios).toFixed(3)} (${range})${holds ? '' : `  MISSED, wanted ${WANTED}`}`,
    )
  }
}
rmSync(folder, { recursive: true, force: true })
process.exitCode = missed > 0 ? 1 : 0
