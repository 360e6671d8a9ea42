import type { KeySource } from './keys.ts'
import type { ValueSource } from './values.ts'

/** Keys of different types must not meet, so each type has a part of the key space to itself. */
export type KeySpace = 'string' | 'counter'

/** What a command may be built from. */
export interface OperationSources {
  keys(space: KeySpace): KeySource
  values(): ValueSource
}

/** One Redis command that can be part of a load. */
export interface Operation {
  /** Whether a replica would run it. */
  readonly readOnly: boolean
  /** Key spaces it may create keys in; what the clean-up removes. */
  readonly writes: readonly KeySpace[]
  /** A function that returns the complete request, in RESP, for the next key and value. */
  prepare(sources: OperationSources): () => string
}

/** The fixed beginning of a request: array header and command name. */
export function requestHead(command: string, argumentCount: number): string {
  return `*${argumentCount + 1}\r\n$${command.length}\r\n${command}\r\n`
}
