import { type SlowestCommand, slowestOfEach } from '../model/slowest-command.ts'

/** The slowest units of each operation of a run, of a bounded number. */
export class SlowestCommands {
  readonly #most: number
  /** By operation and shape, slowest first. */
  readonly #slowest = new Map<string, SlowestCommand[]>()

  /** `seriesCount`: of the plan. */
  constructor(seriesCount: number) {
    this.#most = slowestOfEach(seriesCount)
  }

  /** `true` when it is among them. What is said later of the same one counts. */
  offer(command: SlowestCommand): boolean {
    const name = `${command.operation} ${command.shape}`
    const slowest = this.#slowest.get(name) ?? []
    this.#slowest.set(name, slowest)
    const same = slowest.findIndex((one) => isSame(one, command))
    if (same >= 0) {
      slowest[same] = command
      return true
    }
    const place = slowest.findIndex(({ service_ms }) => service_ms < command.service_ms)
    if (place < 0 && slowest.length >= this.#most) return false
    slowest.splice(place < 0 ? slowest.length : place, 0, command)
    slowest.length = Math.min(slowest.length, this.#most)
    return true
  }

  /** Slowest first. */
  toArray(): SlowestCommand[] {
    return [...this.#slowest.values()].flat().toSorted((a, b) => b.service_ms - a.service_ms)
  }
}

function isSame(one: SlowestCommand, other: SlowestCommand): boolean {
  return (
    one.at_ms === other.at_ms && one.connection === other.connection && one.service_ms === other.service_ms
  )
}
