import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeScenario, simulateAndRepeat } from './repeat.ts'
import { simulate, type Simulated } from './simulate.ts'

/**
 * Many seeds, or one of them again:
 * `--seeds 10000 --from 1 --jobs 2`, `--seed 4711 --trace`. Ends with 1 when an invariant is broken.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** Ends with the first seed that fails; says nothing but that. */
    first: { type: 'boolean', default: false },
    share: { type: 'string' },
  },
})

const PROGRESS_SEEDS = 100
const SHOWN_FAILURES = 10

/** From the process of a share to the first one. */
interface Progress {
  readonly seeds: number
  readonly commands: number
  readonly virtualMillis: number
  readonly failed: readonly Failed[]
}
type Failed = Pick<Simulated, 'seed' | 'scenario' | 'broken'>

if (values.seed !== undefined) process.exitCode = await replay(Number(values.seed), values.trace)
else if (values.share !== undefined) await runShare(Number(values.share))
else process.exitCode = await runAll()

async function replay(seed: number, showsTrace: boolean): Promise<number> {
  const result = await simulate(seed, { trace: showsTrace })
  for (const line of result.trace) process.stdout.write(`${line}\n`)
  process.stdout.write(`${describeScenario(result.scenario)}\n`)
  process.stdout.write(
    `seed ${seed}: ${result.commands} commands in ${result.virtualMillis.toFixed(0)} ms of virtual time, trace ${result.hash}\n`,
  )
  return say(result) ? 1 : 0
}

/** Every so manieth seed, beginning with the given one; tells the process that started it. */
async function runShare(share: number): Promise<void> {
  const jobs = Number(values.jobs)
  const end = Number(values.from) + Number(values.seeds)
  let progress = { seeds: 0, commands: 0, virtualMillis: 0, failed: [] as Failed[] }
  const tell = (): void => {
    process.send?.(progress)
    progress = { seeds: 0, commands: 0, virtualMillis: 0, failed: [] }
  }
  for (let seed = Number(values.from) + share; seed < end; seed += jobs) {
    const result = await simulateAndRepeat(seed)
    progress.seeds++
    progress.commands += result.commands
    progress.virtualMillis += result.virtualMillis
    const { scenario, broken } = result
    if (broken !== undefined) progress.failed.push({ seed, scenario, broken })
    if (progress.seeds === PROGRESS_SEEDS || broken !== undefined) tell()
    if (broken !== undefined && values.first) break
  }
  tell()
  process.disconnect?.()
}

async function runAll(): Promise<number> {
  const began = performance.now()
  const jobs = Math.max(1, Math.min(Number(values.jobs), Number(values.seeds)))
  const sum = { seeds: 0, commands: 0, virtualMillis: 0, failed: 0 }
  const children = Array.from({ length: jobs }, (_, share) =>
    fork(fileURLToPath(import.meta.url), [
      ...['--seeds', values.seeds, '--from', values.from, '--jobs', String(jobs), '--share', String(share)],
      ...(values.first ? ['--first'] : []),
    ]),
  )
  const codes = await Promise.all(
    children.map(
      (child) =>
        new Promise<number>((resolve) => {
          child.on('message', (progress: Progress) => {
            sum.seeds += progress.seeds
            sum.commands += progress.commands
            sum.virtualMillis += progress.virtualMillis
            for (const failed of progress.failed) if (sum.failed++ < SHOWN_FAILURES) say(failed)
            if (!values.first) process.stderr.write(`\r${sum.seeds} of ${values.seeds} seeds`)
            if (values.first && sum.failed > 0) for (const other of children) other.kill()
          })
          child.on('exit', (code) => resolve(code ?? (sum.failed > 0 ? 0 : 1)))
        }),
    ),
  )
  const seconds = (performance.now() - began) / 1000
  if (!values.first)
    process.stderr.write(
      `\r${sum.seeds} seeds, ${sum.commands} commands, ${(sum.virtualMillis / 3_600_000).toFixed(1)} h of virtual time in ${seconds.toFixed(1)} s (${(sum.seeds / seconds).toFixed(0)} seeds/s): ${sum.failed} broken\n`,
    )
  return sum.failed > 0 || codes.some((code) => code !== 0) ? 1 : 0
}

/** Whether something was broken. */
function say({ seed, scenario, broken }: Failed): boolean {
  if (broken === undefined) return false
  process.stdout.write(
    `\nseed ${seed} breaks ${broken.invariant}: ${broken.text}\n  ${describeScenario(scenario)}\n  npm run simulate -- --seed ${seed} --trace\n`,
  )
  return true
}
