import type { ServerLookingCost } from '../model/server-samples.ts'

/** By the names under which `INFO commandstats` counts what we ask. */
function countedNames(command: string, [subcommand]: readonly (string | number)[]): string[] {
  const name = command.toLowerCase()
  return name === 'info' ? [name] : [name, `${name}|${String(subcommand).toLowerCase()}`]
}

/** What looking costs: what we asked, what came back, and what the servers say they spent on it. */
export class ServerCost {
  readonly #beganAtMillis: number
  /** Asked since the last counts of the server, by server and name. */
  readonly #asked = new Map<string, Map<string, number>>()
  readonly #countedAt = new Map<string, number>()
  #commands = 0
  #bytes = 0
  #usec: number | null = null
  #shareMax: number | null = null
  #lastAtMillis: number

  constructor(beganAtMillis: number) {
    this.#beganAtMillis = beganAtMillis
    this.#lastAtMillis = beganAtMillis
  }

  asked(server: string, command: string, args: readonly (string | number)[]): void {
    this.#commands++
    const asked = this.#asked.get(server) ?? new Map<string, number>()
    this.#asked.set(server, asked)
    for (const name of countedNames(command, args)) asked.set(name, (asked.get(name) ?? 0) + 1)
  }

  answered(answer: unknown, atMillis: number): void {
    this.#bytes += sizeOf(answer)
    this.#lastAtMillis = atMillis
  }

  /**
   * What a server counted since it was asked for its counts before: our part of the time is our part of the calls. Gives
   * the share of its time that we took; `undefined` for the first counts.
   */
  counted(
    server: string,
    added: ReadonlyMap<string, { readonly calls: number; readonly usec: number }>,
    atMillis: number,
  ): number | undefined {
    const asked = this.#asked.get(server)
    const since = this.#countedAt.get(server)
    this.#asked.delete(server)
    this.#countedAt.set(server, atMillis)
    if (since === undefined || asked === undefined) return undefined
    let usec = 0
    for (const [name, calls] of asked) {
      const all = added.get(name)
      // Either the command or its subcommand is counted, by version.
      if (all !== undefined && all.calls > 0) usec += (all.usec * Math.min(calls, all.calls)) / all.calls
    }
    this.#usec = (this.#usec ?? 0) + usec
    const millis = atMillis - since
    if (millis <= 0) return undefined
    const share = usec / 1000 / millis
    this.#shareMax = Math.max(this.#shareMax ?? 0, share)
    return share
  }

  toResult(): ServerLookingCost {
    return {
      commands: this.#commands,
      bytes: this.#bytes,
      server_usec: this.#usec === null ? null : Math.round(this.#usec),
      seconds: Math.round(this.#lastAtMillis - this.#beganAtMillis) / 1000,
      server_share_max: this.#shareMax === null ? null : Number(this.#shareMax.toPrecision(3)),
    }
  }
}

/** Of an answer as it travels, nearly: the frames around texts and numbers are left out. */
function sizeOf(answer: unknown): number {
  if (Array.isArray(answer)) return (answer as unknown[]).reduce<number>((sum, part) => sum + sizeOf(part), 0)
  return String(answer).length
}
