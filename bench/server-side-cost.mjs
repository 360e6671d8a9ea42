// What looking at the server costs: commands per second in a closed loop, CPU time of the whole client and of the server
// for each command, with --server-metrics full over off, in interleaved rounds.
//
//   node bench/server-side-cost.mjs [--rounds 5] [--seconds 5] [--clients 50] [--interval 1s]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuSeconds, describeMachine, MAIN, median, runClient, startServer } from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '50' },
    interval: { type: 'string', default: '1s' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'redis-test-cost-'))
const profile = join(folder, 'cost.yaml')
writeFileSync(profile, 'name: cost\noperations:\n  - command: SET\n  - command: GET\n')
const server = await startServer()
const output = join(folder, 'result.json')

async function measure(mode) {
  const before = cpuSeconds(server.pid)
  await runClient(process.execPath, [
    ...[MAIN, 'run', '--port', String(server.port), '-w', profile, '--duration', flags.seconds],
    ...['--warmup', '1s', '--clients', flags.clients, '--threads', '1', '--output-file', output],
    ...['--server-metrics', mode, '--server-sample-interval', flags.interval],
    ...['--no-metrics', '--no-otel', '--quiet', '--log-level', 'silent'],
  ])
  const spent = cpuSeconds(server.pid) - before
  const {
    overall_throughput: rate,
    total_commands_count: count,
    generator,
    server_samples,
  } = JSON.parse(readFileSync(output, 'utf8'))
  return {
    rate,
    loadMicros: (generator.cpu_cores / rate) * 1e6,
    serverMicros: (spent / count) * 1e6,
    cost: server_samples?.cost,
  }
}

console.log(describeMachine())
const ratios = { rate: [], loadMicros: [], serverMicros: [] }
for (let round = 1; round <= Number(flags.rounds); round++) {
  // Alternately first, so that a machine that grows warm favours neither.
  const first = await measure(round % 2 === 1 ? 'off' : 'full')
  const second = await measure(round % 2 === 1 ? 'full' : 'off')
  const [off, full] = round % 2 === 1 ? [first, second] : [second, first]
  for (const name of Object.keys(ratios)) ratios[name].push(full[name] / off[name])
  const { commands, bytes, server_usec, seconds } = full.cost
  console.log(
    `round ${round}: off ${off.rate.toFixed(0)} ops/s  full ${full.rate.toFixed(0)} ops/s  ratio ${(full.rate / off.rate).toFixed(3)}  looking: ${(commands / seconds).toFixed(1)} commands/s, ${(bytes / seconds).toFixed(0)} B/s, ${(server_usec / seconds).toFixed(0)} µs/s of the server`,
  )
}
const spread = (values) => `${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}`
console.log(`throughput: median ratio ${median(ratios.rate).toFixed(3)}  (${spread(ratios.rate)})`)
console.log(
  `CPU of the load thread per command: median ratio ${median(ratios.loadMicros).toFixed(3)}  (${spread(ratios.loadMicros)})`,
)
console.log(
  `CPU of the server per command: median ratio ${median(ratios.serverMicros).toFixed(3)}  (${spread(ratios.serverMicros)})`,
)
server.stop()
rmSync(folder, { recursive: true, force: true })
