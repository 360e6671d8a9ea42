// What --verify costs: commands per second with it over without it, and CPU time of the load thread per command, in
// interleaved rounds over a closed loop of SET and GET.
//
//   node bench/verify-cost.mjs [--rounds 5] [--seconds 5] [--clients 50] [--size 100] [--pipeline 0] [--keys 10000]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine, MAIN, median, runClient, startServer } from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '50' },
    size: { type: 'string', default: '100' },
    pipeline: { type: 'string', default: '0' },
    keys: { type: 'string', default: '10000' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'redis-test-cost-'))
const profile = join(folder, 'cost.yaml')
writeFileSync(profile, 'name: cost\noperations:\n  - command: SET\n  - command: GET\n')
const server = await startServer()
const output = join(folder, 'result.json')

async function measure(isVerifying) {
  await runClient(process.execPath, [
    ...[MAIN, 'run', '--port', String(server.port), '-w', profile, '--duration', flags.seconds],
    ...['--warmup', '1s', '--clients', flags.clients, '--threads', '1', '--value-size', flags.size],
    ...['--pipeline-size', flags.pipeline, '--key-range', flags.keys, '--output-file', output],
    ...[
      '--no-metrics',
      '--no-otel',
      '--quiet',
      '--log-level',
      'silent',
      ...(isVerifying ? ['--verify'] : []),
    ],
  ])
  const { overall_throughput: rate, generator, verification } = JSON.parse(readFileSync(output, 'utf8'))
  if (isVerifying && verification.wrong + verification.stale + verification.missing > 0)
    throw new Error(`reads went wrong: ${JSON.stringify(verification)}`)
  return { rate, micros: (generator.cpu_cores / rate) * 1e6 }
}

console.log(describeMachine())
const rates = []
const times = []
for (let round = 1; round <= Number(flags.rounds); round++) {
  // Alternately first, so that a machine that grows warm favours neither.
  const isPlainFirst = round % 2 === 1
  const first = await measure(!isPlainFirst)
  const second = await measure(isPlainFirst)
  const [plain, verified] = isPlainFirst ? [first, second] : [second, first]
  rates.push(verified.rate / plain.rate)
  times.push(verified.micros / plain.micros)
  console.log(
    `round ${round}: without ${plain.rate.toFixed(0)} ops/s, ${plain.micros.toFixed(2)} µs  ` +
      `with ${verified.rate.toFixed(0)} ops/s, ${verified.micros.toFixed(2)} µs  ratio ${rates.at(-1).toFixed(3)}`,
  )
}
const spread = (values) => `${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}`
console.log(`throughput: median ratio ${median(rates).toFixed(3)}  (${spread(rates)})`)
console.log(`CPU time per command: median ratio ${median(times).toFixed(3)}  (${spread(times)})`)
server.stop()
rmSync(folder, { recursive: true, force: true })
