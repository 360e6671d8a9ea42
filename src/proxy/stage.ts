import type { Random } from '../model/random.ts'

/**
 * How a stream ends: its source closed its side (`half`: the other direction goes on), a toxic closes the connection, or
 * resets it.
 */
export type EndMode = 'half' | 'close' | 'reset'

/** Where bytes go next. */
export interface Outlet {
  push(chunk: Buffer): void
  end(mode: EndMode): void
}

export interface StageContext {
  readonly out: Outlet
  /** Says that the stage holds this many more bytes (or fewer); the link stops reading when there are too many. */
  hold(bytes: number): void
  readonly random: Random
}

/** What one toxic does to one direction of one connection. */
export interface Stage extends Outlet {
  /** The toxic's attributes were changed. */
  update(): void
  /** The toxic is removed: lets go of everything it holds. */
  release(): void
  /** The connection is gone. */
  dispose(): void
}
