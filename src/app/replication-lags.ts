import type { ServerLook } from '../model/server-look.ts'

/** How far replicas are behind, from what their masters say, who alone know both. */
export class ReplicationLags {
  readonly #reached: (announced: string) => string
  readonly #lags = new Map<string, { readonly bytes: number; readonly atMillis: number }>()

  /** `reached`: where an address that a server announces is reached from here. */
  constructor(reached: (announced: string) => string) {
    this.#reached = reached
  }

  /** Of a master: of the replica that is farthest behind; of a replica: what its master said, unless that was long ago. */
  noteAndGive(look: ServerLook, freshMillis: number): number | null {
    if (look.role === 'master') return this.#noteReplicas(look)
    const said = this.#lags.get(look.server)
    return said === undefined || look.at_ms - said.atMillis > freshMillis ? null : said.bytes
  }

  #noteReplicas({ replicas, numbers, at_ms: atMillis }: ServerLook): number | null {
    const { replication_offset_bytes: written } = numbers
    if (written === null || replicas.length === 0) return null
    const behind = replicas.map(({ address, offset }) => {
      const bytes = Math.max(0, written - offset)
      this.#lags.set(this.#reached(address), { bytes, atMillis })
      return bytes
    })
    return Math.max(...behind)
  }
}
