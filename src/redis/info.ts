/** Fields of an `INFO` reply by name. */
export type InfoFields = ReadonlyMap<string, string>

const LONGEST_FIELD = 1000
// oxlint-disable-next-line no-control-regex -- what a server says is shown on terminals
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g

/** A field as it can be shown: one line of a bounded length that no terminal carries out. */
function shown(value: string): string {
  return value.trimEnd().slice(0, LONGEST_FIELD).replaceAll(CONTROL_CHARACTERS, '\ufffd')
}

/** Parses the text of `INFO`: `name:value` lines, `#` lines are section titles. */
export function parseInfo(text: string): InfoFields {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const separator = line.indexOf(':')
    if (separator > 0 && !line.startsWith('#'))
      fields.set(line.slice(0, separator), shown(line.slice(separator + 1)))
  }
  return fields
}

/** What `INFO commandstats` says of one command. */
export interface CommandStat {
  /** Executed, including those that failed while executing. */
  readonly calls: number
  /** Refused before execution: wrong arity, no permission, out of memory, … */
  readonly rejected: number
  /** Failed while executing; 0 before Redis 6.2. */
  readonly failed: number
  /** Time inside the server. */
  readonly usec: number
}

/** Statistics by lower-case command name; subcommands (`client|list`) are apart. */
export function parseCommandStats(fields: InfoFields): Map<string, CommandStat> {
  const stats = new Map<string, CommandStat>()
  for (const [name, value] of fields) {
    if (!name.startsWith('cmdstat_')) continue
    const numbers = new Map(value.split(',').map((part) => part.split('=') as [string, string]))
    stats.set(name.slice('cmdstat_'.length), {
      calls: Number(numbers.get('calls') ?? 0),
      rejected: Number(numbers.get('rejected_calls') ?? 0),
      failed: Number(numbers.get('failed_calls') ?? 0),
      usec: Number(numbers.get('usec') ?? 0),
    })
  }
  return stats
}

/** What `INFO latencystats` says of one command, since the server started; microseconds. */
export interface CommandLatency {
  readonly p50: number | null
  readonly p99: number | null
  readonly p999: number | null
}

/** By lower-case command name. `latency_percentiles_usec_get:p50=1.003,p99=2.007,p99.9=3.007` (Redis 7). */
export function parseLatencyStats(fields: InfoFields): Map<string, CommandLatency> {
  const latencies = new Map<string, CommandLatency>()
  const prefix = 'latency_percentiles_usec_'
  for (const [name, value] of fields) {
    if (!name.startsWith(prefix)) continue
    const numbers = new Map(value.split(',').map((part) => part.split('=') as [string, string]))
    const at = (percentile: string): number | null => {
      const usec = Number(numbers.get(percentile) ?? Number.NaN)
      return Number.isFinite(usec) ? usec : null
    }
    latencies.set(name.slice(prefix.length), { p50: at('p50'), p99: at('p99'), p999: at('p99.9') })
  }
  return latencies
}

/** One line of `CLIENT LIST`. */
export interface ListedClient {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly flags: string
}

export function parseClientList(text: string): ListedClient[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('id='))
    .map((line) => {
      const fields = new Map(line.split(' ').map((part) => splitOnce(part)))
      return {
        id: fields.get('id') ?? '',
        name: fields.get('name') ?? '',
        address: fields.get('addr') ?? '',
        flags: fields.get('flags') ?? '',
      }
    })
}

function splitOnce(part: string): [string, string] {
  const separator = part.indexOf('=')
  return separator < 0 ? [part, ''] : [part.slice(0, separator), shown(part.slice(separator + 1))]
}
