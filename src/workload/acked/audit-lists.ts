import { slotOfKey, SLOTS } from '../../model/key-slot.ts'
import type { Topology } from '../../model/plan.ts'
import { SEGMENT_WRITES } from './write-fates.ts'

/** In a Cluster every connection has lists in so many places, evenly over the slots: at most, at least, and all together. */
const MOST_LISTS = 16
const LEAST_LISTS = 4
const LISTS_IN_ALL = 256
/** A prefix that has a hash tag of its own puts all keys into one slot, whatever follows. */
const TRIES = 1000

export interface AuditListsSpec {
  readonly keyPrefix: string
  readonly topology: Topology
  /** That share the load, in the whole run. */
  readonly clients: number
}

/** The names of the lists that audit writes go to, and how many each connection has. */
export class AuditLists {
  readonly perConnection: number
  readonly #spec: AuditListsSpec
  readonly #stems = new Map<number, string>()

  constructor(spec: AuditListsSpec) {
    this.#spec = spec
    this.perConnection =
      spec.topology === 'cluster'
        ? Math.max(LEAST_LISTS, Math.min(MOST_LISTS, Math.ceil(LISTS_IN_ALL / spec.clients)))
        : 1
  }

  /** Every key begins with it. */
  get prefix(): string {
    return `${this.#spec.keyPrefix}:acked:`
  }

  /** A segment of a list; `connection` and `list` (of that connection) count from 0. */
  keyOf(connection: number, list: number, ordinal: number): string {
    const number = connection * this.perConnection + list
    const stem = this.#stems.get(number) ?? this.#stemOf(connection, list)
    this.#stems.set(number, stem)
    return `${stem}:${ordinal}`
  }

  #stemOf(connection: number, list: number): string {
    if (this.#spec.topology !== 'cluster') return `${this.prefix}${connection}`
    const width = SLOTS / this.perConnection
    let stem = ''
    for (let tried = 0; tried < TRIES; tried++) {
      stem = `${this.prefix}{${connection}-${list}-${tried}}`
      if (Math.floor(slotOfKey(stem) / width) === list) break
    }
    return stem
  }
}

/** What the write at a place of a segment appends. */
export function sequenceOf(ordinal: number, place: number): number {
  return ordinal * SEGMENT_WRITES + place
}
