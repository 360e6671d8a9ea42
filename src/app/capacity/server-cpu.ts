import { setTimeout } from 'node:timers/promises'
import type { BuiltPlan } from '../../config/build-plan.ts'
import type { ServerCpu } from '../../model/capacity-result.ts'
import type { Deployment } from '../../model/deployment.ts'
import { type InfoFields, parseInfo } from '../../redis/info.ts'
import { openDeployment } from '../deployment.ts'

const PERIOD_MILLIS = 500
const LIMIT_MILLIS = 5000
/** A server that answers at most so much later than before the load, three times in a row, has nothing left to do. */
const CALM_MILLIS = 20
const CALM_ANSWERS = 3
/** After a PING that could not be sent. */
const RETRY_MILLIS = 100
const LONGEST_PAUSE_MILLIS = 10_000

/** CPU time so far, microseconds. */
interface Sample {
  readonly atMillis: number
  readonly mainThreadMicros: number | null
  readonly processMicros: number
}

/** One server, over a connection of its own. */
interface WatchedServer {
  readonly address: string
  readonly samples: Sample[]
  /** Of a PING before the load. */
  roundTripMillis: number
  isAsking: boolean
}

/** Looks at the CPU time of the servers that get the load twice a second: of one, or of the masters of a Cluster. */
export class ServerCpuWatch {
  readonly #deployment: Deployment
  readonly #servers: readonly WatchedServer[]
  readonly #timer: NodeJS.Timeout

  private constructor(deployment: Deployment, addresses: readonly string[]) {
    this.#deployment = deployment
    this.#servers = addresses.map((address) => ({
      address,
      samples: [],
      roundTripMillis: CALM_MILLIS,
      isAsking: false,
    }))
    this.#timer = setInterval(() => this.#servers.forEach((server) => void this.#look(server)), PERIOD_MILLIS)
  }

  /** `undefined` when there is no server to ask. */
  static async start(
    { plan, secrets }: Pick<BuiltPlan, 'plan' | 'secrets'>,
    deployment = openDeployment(plan, secrets),
  ): Promise<ServerCpuWatch | undefined> {
    const nodes = await deployment.nodes(LIMIT_MILLIS).catch(() => [])
    const loaded = nodes.filter(({ isDown, slots }, index) => {
      if (isDown) return false
      if (plan.client.read_from === 'replicas') return true
      return deployment.topology === 'cluster' ? slots.length > 0 : index === 0
    })
    const addresses = loaded.map(({ address }) => address)
    if (addresses.length > 0) {
      const watch = new ServerCpuWatch(deployment, addresses)
      await watch.#measureDistances()
      return watch
    }
    deployment.close()
    return undefined
  }

  /**
   * Between the samples that are furthest apart within the given time, milliseconds since the epoch: of the server that was
   * busiest, which is the one that keeps the others from getting more.
   */
  between(fromMillis: number, toMillis: number): ServerCpu | null {
    const all = this.#servers.flatMap(({ samples }) => {
      const within = samples.filter(({ atMillis }) => atMillis >= fromMillis && atMillis <= toMillis)
      return cpuBetween(within[0], within.at(-1)) ?? []
    })
    const busyness = ({ main_thread, process }: ServerCpu): number => main_thread ?? process
    return all.toSorted((a, b) => busyness(b) - busyness(a))[0] ?? null
  }

  /** Waits, within a bound, until the servers answer at once: a backlog of one step must not be the next one's. */
  async calm(): Promise<void> {
    const deadline = performance.now() + LONGEST_PAUSE_MILLIS
    for (let answers = 0; answers < CALM_ANSWERS && performance.now() < deadline;) {
      const calm = await Promise.all(this.#servers.map((server) => this.#isCalm(server)))
      answers = calm.includes(false) ? 0 : answers + 1
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#deployment.close()
  }

  async #isCalm(server: WatchedServer): Promise<boolean> {
    const millis = await this.#pingMillis(server)
    if (millis === undefined) await setTimeout(RETRY_MILLIS)
    return millis !== undefined && millis < server.roundTripMillis + CALM_MILLIS
  }

  async #measureDistances(): Promise<void> {
    const measure = async (server: WatchedServer): Promise<void> => {
      server.roundTripMillis = (await this.#pingMillis(server)) ?? CALM_MILLIS
    }
    await Promise.all(this.#servers.map(measure))
  }

  /** `undefined` when there was no answer. */
  async #pingMillis({ address }: WatchedServer): Promise<number | undefined> {
    const startedAt = performance.now()
    return this.#deployment.call(address, 'PING', [], LIMIT_MILLIS).then(
      () => performance.now() - startedAt,
      () => undefined,
    )
  }

  /** A server that does not answer is not asked again until it does. */
  async #look(server: WatchedServer): Promise<void> {
    if (server.isAsking) return
    server.isAsking = true
    try {
      const text = await this.#deployment.call(server.address, 'INFO', ['cpu'], LIMIT_MILLIS)
      server.samples.push(sampleOf(parseInfo(String(text))))
    } catch {
      // It does not tell: then nobody knows.
    } finally {
      server.isAsking = false
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
