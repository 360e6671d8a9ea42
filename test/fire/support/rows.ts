import { CONNECTION_ROWS } from './connection-rows.ts'
import { PROXY_ROWS } from './proxy-rows.ts'
import { SERVER_ROWS } from './server-rows.ts'
import { SETTING_ROWS } from './setting-rows.ts'

export const TOPOLOGIES = ['standalone', 'sentinel', 'cluster'] as const
export type TopologyName = (typeof TOPOLOGIES)[number]

/** A fault as a profile has it. */
export type ProfileFault = Readonly<Record<string, unknown>> & { readonly kind: string }

/** A run with its faults, and what is expected of it besides the invariants. */
export interface Cell {
  readonly faults: readonly ProfileFault[]
  /** Of measured time. */
  readonly seconds: number
  readonly flags: readonly string[]
  /** A code that commands, lost connections or attempts to connect must show, so that the fault is known to have acted. */
  readonly sees: string | null
  /** The slowest command takes at least so long, milliseconds. */
  readonly slowest: number
  /**
   * Acknowledged writes: `none` is lost, `may` be lost (a replica became the master without them), or `must` be lost (the
   * server had them in memory only).
   */
  readonly loss: 'none' | 'may' | 'must'
  /** So many writes are made twice by somebody between the client and the server, and the audit has to find them all. */
  readonly duplicates: number
  /** The load speaks TLS. */
  readonly tls: boolean
}

/** A line of the table. Where it makes no sense, a topology has a few words that say why. */
export interface Row extends Partial<Cell> {
  readonly name: string
  readonly faults: readonly ProfileFault[]
  readonly on?: Readonly<Partial<Record<TopologyName, string | Partial<Cell>>>>
}

export const ROWS: readonly Row[] = [...CONNECTION_ROWS, ...SERVER_ROWS, ...SETTING_ROWS, ...PROXY_ROWS]

const USUAL: Omit<Cell, 'faults'> = {
  seconds: 6.5,
  flags: [],
  sees: null,
  slowest: 0,
  loss: 'none',
  duplicates: 0,
  tls: false,
}

/** The run of a row on a topology, or why there is none. */
export function cellOf(row: Row, topology: TopologyName): Cell | string {
  const here = row.on?.[topology] ?? {}
  return typeof here === 'string' ? here : { ...USUAL, ...row, ...here }
}
