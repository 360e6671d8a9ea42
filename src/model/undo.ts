/**
 * What takes a fault back, as the journal holds it: enough for another process to do it, and never a secret. Doing it
 * twice does no harm.
 */
export type UndoStep = UndoWork & {
  /** Milliseconds since the epoch: from then on there is nothing left to take back. */
  readonly ends_by_itself_at_ms?: number
  /** What it is about is gone when the run is. */
  readonly ends_with_run?: true
}

export type UndoWork =
  | {
      readonly do: 'call'
      readonly address: string
      readonly command: string
      readonly args: readonly string[]
      /** Beginnings of errors that say that it is not necessary. */
      readonly unless: readonly string[]
    }
  | { readonly do: 'config'; readonly address: string; readonly values: Readonly<Record<string, string>> }
  /** A master again, if it still follows the server that does not exist. */
  | { readonly do: 'master-again'; readonly address: string }
  /** The password of the run is valid again; the other one is made of it and the salt. */
  | { readonly do: 'password'; readonly address: string; readonly user: string; readonly salt: string }
  | {
      readonly do: 'slots'
      readonly slots: readonly number[]
      /** Where they are, and where they belong. */
      readonly from: string
      readonly to: string
    }
  /** `born`: when the process started, as the system tells it, so that no other one is meant. */
  | { readonly do: 'continue'; readonly pid: number; readonly born: string }
  /** The embedded server, which ends with the run in any case. */
  | { readonly do: 'start-embedded' }
  | { readonly do: 'run'; readonly argv: readonly string[] }
  | {
      readonly do: 'http'
      readonly method: string
      readonly url: string
      readonly body: string | null
      /** Status codes besides 2xx that are as good. */
      readonly accept: readonly number[]
    }

type Describe = {
  readonly [Kind in UndoWork['do']]: (step: Extract<UndoWork, { readonly do: Kind }>) => string
}

const DESCRIBE: Describe = {
  call: ({ address, command, args }) => `${address}: ${[command, ...args].join(' ')}`,
  config: ({ address, values }) =>
    `${address}: CONFIG SET ${Object.entries(values).map(writePair).join(' ')}`,
  'master-again': ({ address }) => `${address}: REPLICAOF NO ONE`,
  password: ({ address, user }) => `${address}: the password of user ${user} is valid again`,
  slots: ({ slots, from, to }) => `${to}: ${slots.length} slots come back from ${from}`,
  continue: ({ pid }) => `process ${pid}: SIGCONT`,
  'start-embedded': () => 'the embedded server is started again',
  run: ({ argv }) => argv.join(' '),
  http: ({ method, url }) => `${method} ${url}`,
}

function writePair([name, value]: readonly [string, string]): string {
  return `${name} ${value === '' ? '""' : value}`
}

/** One line that says what would be done. */
export function describeUndo(step: UndoStep): string {
  return (DESCRIBE[step.do] as (one: UndoStep) => string)(step)
}
