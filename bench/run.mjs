// Compares redis-test, everything on, with bare ioredis and with redis-benchmark, in one interleaved session.
//
//   npm run bench -- [--rounds 5] [--seconds 4] [--only REGEXP] [--json FILE]
//
// Half SET, half GET of 100-byte values everywhere; redis-benchmark runs one after the other, and its figure is the
// harmonic mean. Every ratio is taken within a round; shown are the median and the extremes over the rounds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  cpuSeconds,
  describeMachine,
  MAIN,
  median,
  ROOT,
  runClient,
  startServer,
  startSink,
} from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '.' },
    json: { type: 'string' },
  },
})
const rounds = Number(flags.rounds)
const seconds = Number(flags.seconds)
const WARMUP_SECONDS = 1.5

const folder = mkdtempSync(join(tmpdir(), 'redis-test-bench-'))
const profile = join(folder, 'bench.yaml')
writeFileSync(profile, 'name: bench\noperations:\n  - command: SET\n  - command: GET\n')

const server = await startServer()
const sink = await startSink()

/** Everything that looks at the numbers: scraped each second, exported each second, traces at their default limits. */
const EVERYTHING_ON = [
  '--metrics-port',
  '0',
  '--otel-endpoint',
  sink.endpoint,
  '--otel-export-interval',
  '1000',
]
const EVERYTHING_OFF = ['--no-metrics', '--no-otel', '--quiet', '--log-level', 'silent']

async function redisTest(args, isOn = true) {
  const file = join(folder, 'result.json')
  const journal = isOn ? ['--journal', join(folder, 'journal.ndjson')] : []
  const cpu = []
  const common = ['--port', String(server.port), '-w', profile, '--warmup', `${WARMUP_SECONDS}s`]
  let timers = []
  await runClient(
    process.execPath,
    [MAIN, 'run', ...common, '--duration', String(seconds), '--output-file', file, ...args].concat(
      isOn ? [...EVERYTHING_ON, ...journal] : EVERYTHING_OFF,
    ),
    (child) => {
      const sample = () => cpu.push([performance.now(), cpuSeconds(child.pid)])
      timers = [
        setTimeout(sample, (WARMUP_SECONDS + 1) * 1000),
        setTimeout(sample, (WARMUP_SECONDS + seconds) * 1000),
      ]
      let text = ''
      child.stderr.on('data', (data) => {
        text += data
        const url = /"url":"(http[^"]+)"/.exec(text)?.[1]
        if (url === undefined || timers.length > 2) return
        timers.push(
          setInterval(
            () =>
              void fetch(url)
                .then((answer) => answer.text())
                .catch(() => {}),
            1000,
          ),
        )
      })
    },
  )
  for (const timer of timers) clearInterval(timer)
  const result = JSON.parse(readFileSync(file, 'utf8'))
  if (!result.audit.ok || result.audit.server.status !== 'ok')
    throw new Error(`audit: ${JSON.stringify(result.audit)}`)
  const [[firstAt, first], [lastAt, last]] = cpu
  const cores = (last - first) / ((lastAt - firstAt) / 1000)
  return { rate: result.overall_throughput, cpuMicros: (cores / result.overall_throughput) * 1e6 }
}

async function bare(connections, inFlight, batch = 1) {
  const plan = { port: server.port, connections, inFlight, batch, warmupSeconds: WARMUP_SECONDS, seconds }
  const { stdout } = await runClient(process.execPath, [
    join(ROOT, 'bench/parts/bare-ioredis.mjs'),
    JSON.stringify(plan),
  ])
  const { ops, seconds: measured, cpuMicros } = JSON.parse(stdout)
  return { rate: ops / measured, cpuMicros: cpuMicros / ops }
}

/** `expected` commands a second decide how many are sent. */
async function redisBenchmark(connections, pipeline, expected) {
  const rates = []
  const cpu = []
  for (const test of ['set', 'get']) {
    let pid
    const requests = Math.round((expected * seconds) / 2)
    const shape = ['-c', String(connections), '-P', String(pipeline), '-n', String(requests)]
    const samples = []
    let timer
    const { stdout } = await runClient(
      'redis-benchmark',
      ['-p', String(server.port), '-t', test, '-d', '100', '-r', '10000', ...shape, '--csv'],
      (child) => {
        pid = child.pid
        timer = setInterval(() => {
          try {
            samples.push([performance.now(), cpuSeconds(pid)])
          } catch {
            clearInterval(timer)
          }
        }, 100)
      },
    )
    clearInterval(timer)
    const rate = Number(new RegExp(`"${test}","([\\d.]+)"`, 'i').exec(stdout)[1])
    const [firstAt, first] = samples[1]
    const [lastAt, last] = samples.at(-2)
    rates.push(rate)
    cpu.push(((last - first) / ((lastAt - firstAt) / 1000) / rate) * 1e6)
  }
  return { rate: 2 / (1 / rates[0] + 1 / rates[1]), cpuMicros: (cpu[0] + cpu[1]) / 2 }
}

const loop = (connections, inFlight) => ['--clients', String(connections), '--concurrency', String(inFlight)]
const SUBJECTS = {
  'ioredis 50/50': () => bare(50, 50),
  'redis-test 50/50': () => redisTest(loop(50, 50)),
  'redis-test 50/50, telemetry off': () => redisTest(loop(50, 50), false),
  'redis-benchmark -c 50 -P 1': () => redisBenchmark(50, 1, 80_000),
  'ioredis 500/50': () => bare(50, 500),
  'redis-test 500/50': () => redisTest(loop(50, 500)),
  'redis-test 500/50, telemetry off': () => redisTest(loop(50, 500), false),
  'redis-test 500/50, not coalesced': () => redisTest([...loop(50, 500), '--no-coalesce-writes']),
  'redis-benchmark -c 50 -P 10': () => redisBenchmark(50, 10, 600_000),
  'ioredis pipeline(50)': () => bare(50, 50, 50),
  'redis-test pipelines of 50': () => redisTest([...loop(50, 50), '--pipeline-size', '50']),
  'redis-benchmark -c 50 -P 50': () => redisBenchmark(50, 50, 1_200_000),
  'redis-test 50/4': () => redisTest(loop(4, 50)),
  'redis-benchmark -c 4 -P 12': () => redisBenchmark(4, 12, 600_000),
}

/** [what, divided by what, at least] */
const RATIOS = [
  ['redis-test 50/50', 'ioredis 50/50', 1.05],
  ['redis-test 50/50', 'redis-benchmark -c 50 -P 1', 0.95],
  ['redis-test 50/50', 'redis-test 50/50, telemetry off', 0.97],
  ['redis-test 500/50', 'ioredis 500/50', 4],
  ['redis-test 500/50', 'redis-benchmark -c 50 -P 10', 0.5],
  ['redis-test 500/50', 'redis-test 500/50, telemetry off', 0.97],
  ['redis-test 500/50, not coalesced', 'ioredis 500/50', 1.05],
  ['redis-test pipelines of 50', 'ioredis pipeline(50)', 2.5],
  ['redis-test pipelines of 50', 'redis-benchmark -c 50 -P 50', 0.25],
  ['redis-test 50/4', 'redis-benchmark -c 50 -P 1', 4],
  ['redis-test 50/4', 'redis-benchmark -c 4 -P 12', 0.5],
]

console.log(describeMachine())
console.log(
  'N/C: N commands in flight over C connections. redis-test: every surface on unless it says otherwise.\n',
)
const measured = new Map(Object.keys(SUBJECTS).map((name) => [name, []]))
try {
  for (let round = 1; round <= rounds; round++) {
    for (const [name, measure] of Object.entries(SUBJECTS)) {
      if (!new RegExp(flags.only).test(name)) continue
      const { rate, cpuMicros } = await measure()
      measured.get(name).push({ rate, cpuMicros })
      const shown = `${Math.round(rate).toLocaleString('en').padStart(9)} ops/s  ${cpuMicros.toFixed(2).padStart(6)} µs CPU/op`
      console.log(`round ${round}/${rounds}  ${name.padEnd(34)} ${shown}`)
    }
  }
} finally {
  server.stop()
  sink.stop()
  rmSync(folder, { recursive: true, force: true })
}

const number = (value) => Math.round(value).toLocaleString('en')
console.log(
  `\n${'medians'.padEnd(36)}${'ops/s'.padStart(10)}  ${'lowest–highest'.padEnd(22)}${'µs CPU/op'.padStart(10)}`,
)
for (const [name, samples] of measured) {
  if (samples.length === 0) continue
  const rates = samples.map(({ rate }) => rate)
  const spread = `${number(Math.min(...rates))}–${number(Math.max(...rates))}`
  const cpu = median(samples.map(({ cpuMicros }) => cpuMicros)).toFixed(2)
  console.log(
    `${name.padEnd(36)}${number(median(rates)).padStart(10)}  ${spread.padEnd(22)}${cpu.padStart(10)}`,
  )
}

console.log(`\n${'ratios'.padEnd(70)}median  lowest–highest  wanted`)
const ratios = []
for (const [left, right, wanted] of RATIOS) {
  const values = measured.get(left).map(({ rate }, round) => rate / measured.get(right)[round]?.rate)
  if (values.length === 0 || values.some(Number.isNaN)) continue
  const ratio = median(values)
  ratios.push({ left, right, ratio, wanted, values })
  const spread = `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`
  const verdict = ratio >= wanted ? '' : '  MISSED'
  console.log(
    `${`${left} ÷ ${right}`.padEnd(70)}${ratio.toFixed(2).padStart(6)}  ${spread.padEnd(14)}  ≥ ${wanted}${verdict}`,
  )
}
console.log(`\ntelemetry sink: ${sink.received.metrics} metric and ${sink.received.traces} trace requests`)
if (flags.json !== undefined)
  writeFileSync(flags.json, JSON.stringify({ measured: Object.fromEntries(measured), ratios }, undefined, 2))
