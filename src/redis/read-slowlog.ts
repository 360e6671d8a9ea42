/** An entry of `SLOWLOG GET`, its command already as it may be shown. */
export interface LoggedCommand {
  readonly id: number
  /** When it was logged, by the clock of the server; whole seconds. */
  readonly atSeconds: number
  readonly usec: number
  /** Lower case. */
  readonly name: string
  readonly command: string
  readonly client: string
  readonly clientName: string
}

const ARGUMENTS_SHOWN = 8
const LONGEST_ARGUMENT = 48
const LONGEST_NAME = 100
/** What follows their name may be a password, whoever sent them. */
const HOLD_SECRETS = new Set(['auth', 'hello', 'acl', 'config', 'migrate', 'sentinel', 'debug', 'replicaof'])
/** What follows their name is no key. */
const WITHOUT_KEY = new Set(['eval', 'eval_ro', 'echo', 'ping'])
// oxlint-disable-next-line no-control-regex -- what a server says is shown on terminals
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g

export interface SlowlogReading {
  /** Hides the secrets of the run in a text. */
  readonly hide: (text: string) => string
  readonly isOurs: (clientName: string) => boolean
}

/**
 * Reads an answer of `SLOWLOG GET`: `[id, seconds, microseconds, [argument, …], client, client name]` each. What is no such
 * entry is left out. Of our own commands a few arguments are kept, each of them short; of others' the name and the first,
 * where that is a key.
 */
export function readSlowlog(answer: unknown, reading: SlowlogReading): LoggedCommand[] {
  if (!Array.isArray(answer)) return []
  return (answer as unknown[]).flatMap((entry) => {
    if (!Array.isArray(entry)) return []
    const [id, atSeconds, usec, words, client = '', name = ''] = entry as unknown[]
    if (!Array.isArray(words) || words.length === 0 || !Number.isFinite(Number(id))) return []
    const clientName = shown(String(name), LONGEST_NAME, reading.hide)
    const args = (words as unknown[]).map(String)
    return [
      {
        id: Number(id),
        atSeconds: Number(atSeconds),
        usec: Number(usec),
        name: shown(args[0]!.toLowerCase(), LONGEST_ARGUMENT, reading.hide),
        command: describeCommand(args, reading.isOurs(clientName), reading.hide),
        client: shown(String(client), LONGEST_NAME, reading.hide),
        clientName,
      },
    ]
  })
}

function describeCommand(args: readonly string[], isOurs: boolean, hide: SlowlogReading['hide']): string {
  const name = args[0]!
  if (args.length > 1 && HOLD_SECRETS.has(name.toLowerCase()))
    return `${shown(name, LONGEST_ARGUMENT, hide)} (${args.length - 1} arguments)`
  const most = isOurs ? ARGUMENTS_SHOWN : WITHOUT_KEY.has(name.toLowerCase()) ? 1 : 2
  const kept = args.slice(0, most).map((word) => shown(word, LONGEST_ARGUMENT, hide))
  const left = args.length - kept.length
  return left === 0 ? kept.join(' ') : `${kept.join(' ')} … (${left} more)`
}

/** Secrets are hidden before anything is cut off: the rest of one would not be recognised. */
function shown(word: string, longest: number, hide: SlowlogReading['hide']): string {
  const text = hide(word).replaceAll(CONTROL_CHARACTERS, '\ufffd')
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** The newest time of each event in an answer of `LATENCY LATEST`, by name; seconds. */
export function readLatestLatencies(answer: unknown): Map<string, number> {
  const latest = new Map<string, number>()
  if (!Array.isArray(answer)) return latest
  for (const entry of answer as unknown[]) {
    if (!Array.isArray(entry)) continue
    const [event, atSeconds] = entry as unknown[]
    if (/^[\w-]{1,40}$/.test(String(event))) latest.set(String(event), Number(atSeconds))
  }
  return latest
}

/** Points of an answer of `LATENCY HISTORY`. */
export function readLatencyHistory(
  answer: unknown,
): { readonly atSeconds: number; readonly millis: number }[] {
  if (!Array.isArray(answer)) return []
  return (answer as unknown[]).flatMap((point) => {
    const [atSeconds, millis] = Array.isArray(point) ? (point as unknown[]) : []
    const isPoint = Number.isFinite(Number(atSeconds ?? Number.NaN)) && Number.isFinite(Number(millis))
    return isPoint ? [{ atSeconds: Number(atSeconds), millis: Number(millis) }] : []
  })
}
