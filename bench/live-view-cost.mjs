// What the live view costs. First what the main thread does for a frame, in microseconds: the fastest of many, so that a busy
// machine changes little; a few are drawn in a second. Then commands per second of a closed loop that takes all it can get, with the view on a terminal
// (that of script(1), 80×24 or as given) over without anything shown, in interleaved rounds; CPU time of the load
// threads per command; and what the main thread takes more with the view, as a share of a core: where it shares the core
// with a load thread, as here, that is what throughput can lose to it.
//
//   npm run bench:live -- [--drawing] [--rounds 5] [--seconds 6] [--clients 50] [--threads 1] [--columns 80] [--lines 24]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drawingTimes } from './parts/live-drawing.mjs'
import { cpuSeconds, describeMachine, MAIN, median, runClient, startServer } from './parts/machine.mjs'

const { values: flags } = parseArgs({
  options: {
    drawing: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    clients: { type: 'string', default: '50' },
    threads: { type: 'string', default: '1' },
    columns: { type: 'string', default: '80' },
    lines: { type: 'string', default: '24' },
  },
})
console.log(describeMachine())
for (const [size, micros] of drawingTimes())
  console.log(`drawing a frame of ${size}: ${micros.toFixed(0)} µs`)
if (flags.drawing) process.exit(0)
const folder = mkdtempSync(join(tmpdir(), 'redis-test-cost-'))
const profile = join(folder, 'cost.yaml')
writeFileSync(profile, 'name: cost\noperations:\n  - command: SET\n  - command: GET\n')
const server = await startServer()
const output = join(folder, 'result.json')
const screen = join(folder, 'screen')

/** Both sides have the same terminal. */
async function measure(progress) {
  const run = [
    ...[process.execPath, MAIN, 'run', '--port', server.port, '-w', profile, '--duration', flags.seconds],
    ...['--warmup', '1s', '--clients', flags.clients, '--threads', flags.threads, '--output-file', output],
    ...['--no-metrics', '--no-otel', '--log-level', 'silent', '--progress', progress],
  ]
  const command = `stty cols ${flags.columns} rows ${flags.lines}; ${run.join(' ')}`
  let main = 0
  await runClient('script', ['--quiet', '--return', '--flush', '--command', command, screen], (child) => {
    const looking = setInterval(() => (main = mainThreadSeconds(child.pid) ?? main), 100)
    child.once('close', () => clearInterval(looking))
  })
  const result = JSON.parse(readFileSync(output, 'utf8'))
  const { overall_throughput: rate, generator } = result
  const frames = readFileSync(screen, 'utf8').split('\u001b[2K').length - 1
  return { rate, micros: (generator.cpu_cores / rate) * 1e6, frames, main }
}

/** CPU seconds so far of the main thread of the run below a script(1), with a shell between them or none; undefined where it is not there. */
function mainThreadSeconds(pid) {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ')
    if (child !== '') return mainThreadSeconds(child)
    const isRun = readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(MAIN)
    return isRun ? cpuSeconds(`${pid}/task/${pid}`) : undefined
  } catch {
    return undefined
  }
}

const percent = (share) => `${(share * 100).toFixed(2)} %`
const rates = []
const times = []
const shares = []
for (let round = 0; round < Number(flags.rounds); round++) {
  // Each is first in its turn, so that a machine that grows warm favours none.
  const order = round % 2 === 0 ? ['none', 'live'] : ['live', 'none']
  const measured = new Map()
  for (const progress of order) measured.set(progress, await measure(progress))
  const [none, live] = [measured.get('none'), measured.get('live')]
  if (none.frames > 0 || live.frames === 0) throw new Error('the view was not where it should be')
  rates.push(live.rate / none.rate)
  times.push(live.micros / none.micros)
  shares.push((live.main - none.main) / (Number(flags.seconds) + 1))
  console.log(
    `round ${round + 1}: none: ${none.rate.toFixed(0)} ops/s, ${none.micros.toFixed(2)} µs  live: ${live.rate.toFixed(0)} ops/s, ${live.micros.toFixed(2)} µs, ${live.frames} lines drawn, ratio ${rates.at(-1).toFixed(3)}, main thread ${percent(shares.at(-1))} of a core more`,
  )
}
const spread = (values) => `${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}`
console.log(`throughput: median ratio ${median(rates).toFixed(3)}  (${spread(rates)})`)
console.log(`CPU time per command: median ratio ${median(times).toFixed(3)}  (${spread(times)})`)
console.log(
  `main thread: median ${percent(median(shares))} of a core more  (${shares.map(percent).join(', ')})`,
)
server.stop()
rmSync(folder, { recursive: true, force: true })
