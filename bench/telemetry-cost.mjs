// What full telemetry costs the app at a given rate: CPU time of the whole process with it over without it, in
// interleaved rounds. Full is what docker-compose.yml has: a scrape every 2 s, metrics over OTLP every 5 s, traces at
// their defaults, the log, a journal and a result file.
//
//   node bench/telemetry-cost.mjs [--rounds 5] [--seconds 15] [--rate 10000]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import {
  CLIENT_CORE,
  cpuSeconds,
  describeMachine,
  MAIN,
  median,
  spawnOn,
  startServer,
  startSink,
} from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '10000' },
  },
})
const SETTLE_MILLIS = 4000
const folder = mkdtempSync(join(tmpdir(), 'redis-test-cost-'))
const profile = join(folder, 'cost.yaml')
writeFileSync(profile, 'name: cost\noperations:\n  - command: SET\n  - command: GET\n')
const sink = await startSink()
const server = await startServer()

const OFF = ['--no-metrics', '--no-otel', '--log-level', 'silent', '--quiet']
const on = (round) => [
  ...['--metrics-port', '0', '--otel-endpoint', sink.endpoint, '--otel-logs', '--log-format', 'json'],
  ...['--journal', join(folder, `${round}.ndjson`), '--output-file', join(folder, `${round}.json`)],
]

/** Cores that a run used, once it was under way. */
async function cores(telemetry) {
  const load = ['--target-ops-per-second', flags.rate, '--clients', '50', '--warmup', '0']
  const args = ['run', '--port', String(server.port), '-w', profile, ...load, ...telemetry]
  const child = spawnOn(CLIENT_CORE, process.execPath, [MAIN, ...args])
  let stderr = ''
  child.stdout.resume()
  child.stderr.on('data', (data) => (stderr += data))
  const ended = new Promise((resolve) => child.once('close', resolve))
  const scraping = setInterval(() => {
    const url = /"url":"(http[^"]+)"/.exec(stderr)?.[1]
    if (url === undefined) return
    const headers = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' }
    void fetch(url, { headers }).then((answer) => answer.text())
  }, 2000)
  await sleep(SETTLE_MILLIS)
  const [cpu, at] = [cpuSeconds(child.pid), performance.now()]
  await sleep(Number(flags.seconds) * 1000)
  const used = (cpuSeconds(child.pid) - cpu) / ((performance.now() - at) / 1000)
  clearInterval(scraping)
  child.kill('SIGTERM')
  await ended
  return used
}

console.log(describeMachine())
console.log(`${flags.rate} ops/s, ${flags.seconds} s a side, cores of the whole process`)
const ratios = []
for (let round = 1; round <= Number(flags.rounds); round++) {
  // Alternately first, so that a machine that grows warm favours neither.
  const first = await cores(round % 2 === 1 ? OFF : on(round))
  const second = await cores(round % 2 === 1 ? on(round) : OFF)
  const [off, full] = round % 2 === 1 ? [first, second] : [second, first]
  ratios.push(full / off)
  console.log(
    `round ${round}: off ${off.toFixed(3)}  full ${full.toFixed(3)}  ratio ${(full / off).toFixed(3)}`,
  )
}
console.log(
  `median ratio ${median(ratios).toFixed(3)}  (${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)})`,
)
server.stop()
sink.stop()
rmSync(folder, { recursive: true, force: true })
