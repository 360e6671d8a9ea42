import type { BuiltPlan } from '../../config/build-plan.ts'
import type { ServerCpu } from '../../model/capacity-result.ts'
import type { ControlClient } from '../../redis/control-client.ts'
import type { InfoFields } from '../../redis/info.ts'
import { connectControl } from '../connect-control.ts'

const PERIOD_MILLIS = 500
const LIMIT_MILLIS = 5000
/** A server that answers within this has nothing left to do. */
const CALM_MILLIS = 20
const LONGEST_PAUSE_MILLIS = 10_000

/** CPU time so far, microseconds. */
interface Sample {
  readonly atMillis: number
  readonly mainThreadMicros: number | null
  readonly processMicros: number
}

/** Looks at the CPU time of a server twice a second, over a connection of its own. */
export class ServerCpuWatch {
  readonly #control: ControlClient
  readonly #samples: Sample[] = []
  readonly #timer: NodeJS.Timeout
  #isAsking = false

  private constructor(control: ControlClient) {
    this.#control = control
    this.#timer = setInterval(() => void this.#look(), PERIOD_MILLIS)
  }

  /** `undefined` when there is no server to ask, or more than one. */
  static async start(built: Pick<BuiltPlan, 'plan' | 'secrets'>): Promise<ServerCpuWatch | undefined> {
    if (built.plan.target.topology === 'cluster') return undefined
    const control = await connectControl(built).catch(() => undefined)
    return control === undefined ? undefined : new ServerCpuWatch(control)
  }

  /** Between the samples that are furthest apart within the given time, milliseconds since the epoch. */
  between(fromMillis: number, toMillis: number): ServerCpu | null {
    const within = this.#samples.filter(({ atMillis }) => atMillis >= fromMillis && atMillis <= toMillis)
    return cpuBetween(within[0], within.at(-1))
  }

  /** Waits, within a bound, until the server answers at once: a backlog of one step must not be the next one's. */
  async calm(): Promise<void> {
    const deadline = performance.now() + LONGEST_PAUSE_MILLIS
    while (performance.now() < deadline) {
      const startedAt = performance.now()
      const isAnswered = await this.#control.call('PING', [], LIMIT_MILLIS).then(
        () => true,
        () => false,
      )
      if (isAnswered && performance.now() - startedAt < CALM_MILLIS) return
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#control.close()
  }

  /** A server that does not answer is not asked again until it does. */
  async #look(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      const fields = await this.#control.info(LIMIT_MILLIS, 'cpu')
      this.#samples.push(sampleOf(fields))
    } catch {
      // It does not tell: then nobody knows.
    } finally {
      this.#isAsking = false
    }
  }
}

function sampleOf(fields: InfoFields): Sample {
  const micros = (...names: readonly string[]): number | null => {
    const seconds = names.map((name) => Number(fields.get(name) ?? Number.NaN))
    const sum = seconds.reduce((total, each) => total + each, 0)
    return Number.isFinite(sum) ? sum * 1e6 : null
  }
  return {
    atMillis: Date.now(),
    mainThreadMicros: micros('used_cpu_sys_main_thread', 'used_cpu_user_main_thread'),
    processMicros: micros('used_cpu_sys', 'used_cpu_user') ?? Number.NaN,
  }
}

function cpuBetween(first: Sample | undefined, last: Sample | undefined): ServerCpu | null {
  if (first === undefined || last === undefined || last.atMillis <= first.atMillis) return null
  const micros = 1000 * (last.atMillis - first.atMillis)
  const process = (last.processMicros - first.processMicros) / micros
  if (!Number.isFinite(process)) return null
  const rounded = (share: number): number => Math.round(share * 1000) / 1000
  return {
    process: rounded(process),
    main_thread:
      first.mainThreadMicros === null || last.mainThreadMicros === null
        ? null
        : rounded((last.mainThreadMicros - first.mainThreadMicros) / micros),
  }
}
