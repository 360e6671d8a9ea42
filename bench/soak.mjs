// What takes minutes to show: memory over time, a long freeze, ten million commands, exact rates, kill -9.
//
//   npm run soak -- [--only REGEXP] [--minutes-down 5]
//
// Each check prints its figures and whether it held; exit code 1 when one did not.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import {
  CLIENT_CORE,
  describeMachine,
  MAIN,
  pinBusiestThread,
  residentBytes,
  spawnOn,
  startServer,
  startSink,
} from './parts/machine.mjs'
import { underFire } from './parts/under-fire.mjs'

const { values: flags } = parseArgs({
  options: { only: { type: 'string', default: '.' }, 'minutes-down': { type: 'string', default: '5' } },
})
const folder = mkdtempSync(join(tmpdir(), 'redis-test-soak-'))
const profile = join(folder, 'soak.yaml')
writeFileSync(profile, 'name: soak\noperations:\n  - command: SET\n  - command: GET\n')
const MEGABYTE = 1 << 20
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis))
const sink = await startSink()
let failures = 0
let runs = 0

function say(what, figures, holds) {
  if (!holds) failures++
  console.log(`${holds ? 'held  ' : 'MISSED'}  ${what}: ${figures}`)
}

/** Starts a run with every surface on, scraped each second, on the client's core; `ended` gives its result. */
function start(port, args, core = CLIENT_CORE) {
  const file = join(folder, `result-${runs}.json`)
  const journal = join(folder, `journal-${runs++}.ndjson`)
  const telemetry = [
    '--metrics-port',
    '0',
    '--otel-endpoint',
    sink.endpoint,
    '--otel-export-interval',
    '1000',
  ]
  const common = ['--port', String(port), '-w', profile, '--output-file', file, '--journal', journal]
  const child = spawnOn(core, process.execPath, [MAIN, 'run', ...common, ...telemetry, ...args])
  let stderr = ''
  child.stdout.resume()
  child.stderr.on('data', (data) => (stderr += data))
  const scraping = setInterval(() => {
    const url = /"url":"(http[^"]+)"/.exec(stderr)?.[1]
    if (url !== undefined)
      void fetch(url).then(
        (answer) => answer.text(),
        () => {},
      )
  }, 1000)
  const ended = new Promise((resolve) => child.once('close', (code) => resolve(code))).then((code) => {
    clearInterval(scraping)
    if (code !== 0) throw new Error(`exit code ${code}:\n${stderr.slice(-2000)}`)
    return JSON.parse(readFileSync(file, 'utf8'))
  })
  ended.catch(() => {})
  return { child, pid: child.pid, journal, ended, stderr: () => stderr }
}

const percent = (share) => `${(share * 100).toFixed(3)} %`
const number = (value) => Math.round(value).toLocaleString('en')

const CHECKS = {
  async 'audit over ten million commands'() {
    const server = await startServer()
    const args = [
      '--clients',
      '50',
      '--concurrency',
      '50',
      '--pipeline-size',
      '50',
      '--warmup',
      '1s',
      '--duration',
      '30',
    ]
    const { totals, audit } = await start(server.port, args).ended
    server.stop()
    const exact = audit.server.commands.every(
      ({ server: seen, at_least, at_most }) => seen === at_least && seen === at_most,
    )
    const holds = totals.ok >= 10e6 && audit.ok && audit.server.status === 'ok' && exact
    const seen = audit.server.commands
      .map(({ command, server: count }) => `${command} ${number(count)}`)
      .join(', ')
    say(
      'audit over ten million commands',
      `${number(totals.ok)} ok, server counted ${seen}, exactly: ${exact}`,
      holds,
    )
  },

  async 'rates for a minute'() {
    const server = await startServer()
    for (const rate of [1000, 10_000, 50_000]) {
      const {
        totals,
        overall_throughput: achieved,
        audit,
        generator,
      } = await start(server.port, [
        ...['--target-ops-per-second', String(rate), '--clients', '50', '--warmup', '1s', '--duration', '60'],
      ]).ended
      const error = achieved / rate - 1
      const figures = `${achieved.toFixed(1)} achieved (${percent(error)}), ${number(totals.ok)} ok of ${number(totals.scheduled)} scheduled, lag p50 ${generator.start_lag.p50_ms} p99 ${generator.start_lag.p99_ms} ms, ${generator.cpu_cores.toFixed(2)} cores, ${generator.pacing}`
      say(`${number(rate)} ops/s for 60 s`, figures, Math.abs(error) <= 0.001 && audit.ok)
    }
    server.stop()
  },

  async 'start lag at 10,000 ops/s'() {
    const server = await startServer()
    for (const [pacing, p50, p99, cores] of [
      ['precise', 0.1, 0.6, Number.POSITIVE_INFINITY],
      ['balanced', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      ['economical', 0.7, 1.7, 0.25],
    ]) {
      const load = [
        '--target-ops-per-second',
        '10000',
        '--clients',
        '10',
        '--warmup',
        '4s',
        '--duration',
        '30',
      ]
      const run = start(server.port, [...load, '--pacing', pacing], null)
      await sleep(3000)
      pinBusiestThread(run.pid)
      const { generator } = await run.ended
      const lag = generator.start_lag
      const holds = lag.p50_ms <= p50 && lag.p99_ms <= p99 && generator.cpu_cores <= cores
      const figures = `p50 ${lag.p50_ms} p99 ${lag.p99_ms} p99.9 ${lag.p999_ms} ms, ${generator.cpu_cores.toFixed(2)} cores`
      say(`start lag at 10,000 ops/s, ${pacing}`, figures, holds)
    }
    server.stop()
  },

  async 'a server frozen for a minute'() {
    const server = await startServer()
    const run = start(server.port, [
      '--target-ops-per-second',
      '10000',
      '--clients',
      '50',
      '--duration',
      '90',
    ])
    await sleep(12_000)
    const before = residentBytes(run.pid)
    let most = before
    process.kill(server.pid, 'SIGSTOP')
    const frozenAt = performance.now()
    while (performance.now() - frozenAt < 60_000) {
      await sleep(500)
      most = Math.max(most, residentBytes(run.pid))
    }
    process.kill(server.pid, 'SIGCONT')
    const { totals, intervals, audit } = await run.ended
    server.stop()
    const last = intervals.slice(-5).map(({ ok }) => ok)
    const growth = (most - before) / MEGABYTE
    const holds =
      growth < 30 && totals.dropped_max_in_flight + totals.failed > 0 && Math.min(...last) > 9900 && audit.ok
    const figures = `RSS ${(before / MEGABYTE).toFixed(0)} MiB and at most ${growth.toFixed(1)} MiB more; ${number(totals.dropped_max_in_flight)} dropped, ${number(totals.failed)} failed, ${number(totals.indeterminate)} indeterminate; last seconds ${last.join(' ')} ok`
    say('a server frozen for 60 s at 10,000 ops/s', figures, holds)
  },

  async 'kill -9, twenty times'() {
    const server = await startServer()
    const client = new Redis(server.port)
    let worst = 0
    let readable = 0
    for (let turn = 0; turn < 20; turn++) {
      await client.config('RESETSTAT')
      const run = start(server.port, ['--target-ops-per-second', '5000', '--warmup', '0', '--duration', '60'])
      const count = async () =>
        [...(await client.info('commandstats')).matchAll(/cmdstat_(?:set|get):calls=(\d+)/g)].reduce(
          (sum, [, calls]) => sum + Number(calls),
          0,
        )
      while ((await count()) === 0) await sleep(20)
      await sleep(1200 + Math.random() * 3000)
      process.kill(run.pid, 'SIGKILL')
      await run.ended.catch(() => {})
      const sent = await count()
      const file = join(folder, 'rebuilt.json')
      const report = spawn(process.execPath, [MAIN, 'report', run.journal, '--output-file', file], {
        stdio: 'ignore',
      })
      const code = await new Promise((resolve) => report.once('close', resolve))
      if (code !== 0) continue
      readable++
      worst = Math.max(worst, (sent - JSON.parse(readFileSync(file, 'utf8')).total_commands_count) / 5000)
    }
    client.disconnect()
    server.stop()
    say(
      'kill -9, twenty times',
      `${readable} journals readable, at most ${worst.toFixed(2)} s lost`,
      readable === 20 && worst <= 1.05,
    )
  },

  async 'memory over ten minutes'() {
    const server = await startServer()
    const run = start(server.port, ['--clients', '50', '--concurrency', '500', '--duration', '605'])
    const samples = []
    const startedAt = performance.now()
    for (let second = 30; second <= 600; second += 30) {
      await sleep(startedAt + second * 1000 - performance.now())
      samples.push([second, residentBytes(run.pid) / MEGABYTE])
    }
    const { totals, audit, overall_throughput: rate } = await run.ended
    server.stop()
    // The mean of three samples: RSS moves with the garbage collector.
    const around = (at) => {
      const near = samples.filter(([second]) => Math.abs(second - at) <= 30).map(([, size]) => size)
      return near.reduce((sum, size) => sum + size, 0) / near.length
    }
    const ratio = around(570) / around(60)
    const figures = `${around(60).toFixed(1)} MiB after 1 minute, ${around(570).toFixed(1)} after 10 (${ratio.toFixed(3)}×), ${number(rate)} ops/s, ${number(totals.ok)} ok [${samples.map(([, size]) => size.toFixed(0)).join(' ')}]`
    say('memory over ten minutes', figures, ratio <= 1.05 && audit.ok)
  },
  ...underFire({ start, say, minutesDown: Number(flags['minutes-down']) }),
}

console.log(`${describeMachine()}\n`)
try {
  for (const [name, check] of Object.entries(CHECKS)) if (new RegExp(flags.only).test(name)) await check()
} finally {
  sink.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failures === 0 ? 0 : 1)
