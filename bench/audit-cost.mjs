// What --audit-writes costs. First what it takes to make a unit, in nanoseconds, with a share of audit writes and without
// any: the fastest of interleaved rounds, so that a busy machine changes little. Then commands per second over without any,
// and CPU time of the load thread per command, in interleaved rounds over a closed loop of SET and GET.
//
//   npm run bench:audit -- [--making] [--rounds 5] …
//   node bench/audit-cost.mjs [--rounds 5] [--seconds 5] [--clients 50] [--size 100] [--pipeline 0] [--shares 1%,10%]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makingTimes } from './parts/audit-making.mjs'
import { describeMachine, MAIN, median, runClient, startServer } from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: {
    making: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '50' },
    size: { type: 'string', default: '100' },
    pipeline: { type: 'string', default: '0' },
    shares: { type: 'string', default: '1%,10%' },
  },
})
const shares = flags.shares.split(',')
console.log(describeMachine())
for (const [share, nanos] of makingTimes(shares))
  console.log(`making a unit, ${share} audit writes: ${nanos.toFixed(0)} ns`)
if (flags.making) process.exit(0)
const folder = mkdtempSync(join(tmpdir(), 'redis-test-cost-'))
const profile = join(folder, 'cost.yaml')
writeFileSync(profile, 'name: cost\noperations:\n  - command: SET\n  - command: GET\n')
const server = await startServer()
const output = join(folder, 'result.json')

async function measure(share) {
  await runClient(process.execPath, [
    ...[MAIN, 'run', '--port', String(server.port), '-w', profile, '--duration', flags.seconds],
    ...['--warmup', '1s', '--clients', flags.clients, '--threads', '1', '--value-size', flags.size],
    ...['--pipeline-size', flags.pipeline, '--output-file', output, '--audit-writes', share],
    ...['--no-metrics', '--no-otel', '--quiet', '--log-level', 'silent'],
  ])
  const {
    overall_throughput: rate,
    generator,
    acked_writes: acked,
  } = JSON.parse(readFileSync(output, 'utf8'))
  if (acked !== null && (acked.lost > 0 || acked.unread > 0 || acked.duplicated > 0))
    throw new Error(`writes went wrong: ${JSON.stringify(acked)}`)
  return { rate, micros: (generator.cpu_cores / rate) * 1e6, acknowledged: acked?.acknowledged ?? 0 }
}

const rates = new Map(shares.map((share) => [share, []]))
const times = new Map(shares.map((share) => [share, []]))
for (let round = 0; round < Number(flags.rounds); round++) {
  // Each is first in its turn, so that a machine that grows warm favours none.
  const all = ['0', ...shares]
  const order = [...all.slice(round % all.length), ...all.slice(0, round % all.length)]
  const measured = new Map()
  for (const share of order) measured.set(share, await measure(share))
  const plain = measured.get('0')
  const parts = shares.map((share) => {
    const { rate, micros, acknowledged } = measured.get(share)
    rates.get(share).push(rate / plain.rate)
    times.get(share).push(micros / plain.micros)
    return `${share}: ${rate.toFixed(0)} ops/s, ${micros.toFixed(2)} µs, ${acknowledged} audit writes, ratio ${(rate / plain.rate).toFixed(3)}`
  })
  console.log(
    `round ${round + 1}: none: ${plain.rate.toFixed(0)} ops/s, ${plain.micros.toFixed(2)} µs  ${parts.join('  ')}`,
  )
}
const spread = (values) => `${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}`
for (const share of shares) {
  const [rate, time] = [rates.get(share), times.get(share)]
  console.log(`${share}: throughput: median ratio ${median(rate).toFixed(3)}  (${spread(rate)})`)
  console.log(`${share}: CPU time per command: median ratio ${median(time).toFixed(3)}  (${spread(time)})`)
}
server.stop()
rmSync(folder, { recursive: true, force: true })
