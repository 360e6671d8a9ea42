import { cpus } from 'node:os'
import type { MachineCpu } from '../../model/capacity-result.ts'

const PERIOD_MILLIS = 500
const MICROS_PER_MILLI = 1000

/** CPU time so far of all cores, and of this process with all its threads; milliseconds. */
interface Sample {
  readonly atMillis: number
  readonly cores: number
  readonly idleMillis: number
  readonly busyMillis: number
  readonly ownMillis: number
}

/** Looks twice a second at what the machine does, so that what others do on it is not taken for what the server does. */
export class MachineCpuWatch {
  readonly #samples: Sample[] = [takeSample()]
  readonly #timer = setInterval(() => this.#samples.push(takeSample()), PERIOD_MILLIS)

  /**
   * Between the samples that are furthest apart within the given time, milliseconds since the epoch. `serverCores`: what the
   * server used, if it runs on this machine and tells.
   */
  between(fromMillis: number, toMillis: number, serverCores: number): MachineCpu | null {
    const within = this.#samples.filter(({ atMillis }) => atMillis >= fromMillis && atMillis <= toMillis)
    return machineCpuOf(within[0], within.at(-1), serverCores)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

function takeSample(): Sample {
  const all = cpus()
  const { user, system } = process.cpuUsage()
  const sum = (of: (times: (typeof all)[number]['times']) => number): number =>
    all.reduce((total, { times }) => total + of(times), 0)
  return {
    atMillis: Date.now(),
    cores: all.length,
    idleMillis: sum(({ idle }) => idle),
    busyMillis: sum(({ user: mine, nice, sys, irq }) => mine + nice + sys + irq),
    ownMillis: (user + system) / MICROS_PER_MILLI,
  }
}

/** `null` where the system does not count. */
export function machineCpuOf(
  first: Sample | undefined,
  last: Sample | undefined,
  serverCores: number,
): MachineCpu | null {
  if (first === undefined || last === undefined || last.atMillis <= first.atMillis) return null
  const millis = last.atMillis - first.atMillis
  const busy = (last.busyMillis - first.busyMillis) / millis
  const idle = (last.idleMillis - first.idleMillis) / millis
  if (!(busy + idle > 0)) return null
  const own = (last.ownMillis - first.ownMillis) / millis
  const rounded = (cores: number): number => Math.round(Math.max(0, cores) * 100) / 100
  return { cores: last.cores, idle: rounded(idle), others: rounded(busy - own - serverCores) }
}
