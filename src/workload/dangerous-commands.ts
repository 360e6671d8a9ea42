/** What reaches beyond the keys of the run, or stops the server for everybody. */
export const DANGEROUS: ReadonlySet<string> = new Set(
  (
    'ACL BGREWRITEAOF BGSAVE CLIENT CLUSTER CONFIG DEBUG FAILOVER FLUSHALL FLUSHDB FUNCTION KEYS LATENCY MIGRATE MODULE MOVE ' +
    'PFDEBUG PFSELFTEST RANDOMKEY REPLCONF REPLICAOF RESTORE-ASKING SAVE SCRIPT SENTINEL SHUTDOWN SLAVEOF SLOWLOG SWAPDB'
  ).split(' '),
)

/** What the server calls dangerous and touches nothing but the keys it names, or only tells something. */
const HARMLESS: ReadonlySet<string> = new Set('INFO LASTSAVE RESTORE ROLE SORT SORT_RO'.split(' '))

/** Names that mean nothing else when they stand in a script as a text. */
const UNMISTAKABLE: ReadonlySet<string> = new Set(
  'BGREWRITEAOF BGSAVE FLUSHALL FLUSHDB REPLICAOF SHUTDOWN SLAVEOF SWAPDB MIGRATE FAILOVER RESTORE-ASKING'.split(
    ' ',
  ),
)

/** A text in Lua: '…', "…" or [[…]]. */
const TEXT = String.raw`(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|\[(=*)\[([\s\S]*?)\]\3\])`
const TEXTS = new RegExp(TEXT, 'g')
/** `redis.call('GET'`, `redis.pcall "GET"`, `server.call([[GET]]`; group 1: what stands in place of a text. */
const CALLS = new RegExp(String.raw`\.\s*p?call\s*\(?\s*(?:${TEXT}|(\S))`, 'g')

/** The command in a template that reaches beyond the keys of the run, upper-case; `undefined` when there is none. */
export function dangerIn(command: string): string | undefined {
  const words = command.trim().toUpperCase().split(/\s+/)
  const [name = ''] = words
  if (DANGEROUS.has(name)) return name
  if (name === 'RESTORE' && words.includes('REPLACE')) return 'RESTORE REPLACE'
  return /^EVAL(_RO)?$/.test(name) ? dangerInLua(command.replaceAll(String.raw`\"`, '"')) : undefined
}

/**
 * The dangerous command that a Lua text calls by name. A name that is put together while the script runs cannot be seen;
 * but then a text in it that is the name of nothing else counts as well. The server's ACL is what holds in the end.
 */
export function dangerInLua(script: string): string | undefined {
  let isComputed = false
  for (const [, single, double, , long, other] of script.matchAll(CALLS)) {
    const name = unescapeLua(single ?? double ?? long ?? '').toUpperCase()
    if (DANGEROUS.has(name) || name === 'MONITOR') return name
    isComputed ||= other !== undefined || /^\s*\.\./.test(name)
  }
  const named = [...script.matchAll(TEXTS)].map(([, single, double, , long]) =>
    unescapeLua(single ?? double ?? long ?? '').toUpperCase(),
  )
  return named.find((text) => UNMISTAKABLE.has(text)) ?? (isComputed ? joinedDanger(named) : undefined)
}

/** `'FLUSH' .. 'ALL'`: two or three texts that follow each other. */
function joinedDanger(texts: readonly string[]): string | undefined {
  return texts
    .flatMap((text, at) => [
      text + (texts[at + 1] ?? ''),
      text + (texts[at + 1] ?? '') + (texts[at + 2] ?? ''),
    ])
    .find((joined) => UNMISTAKABLE.has(joined))
}

/** `\70LUSHALL` is FLUSHALL. */
function unescapeLua(text: string): string {
  return text
    .replaceAll(/\\(\d{1,3})/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll(/\\x([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** Whether the server's own categories (`@admin`, `@dangerous`) speak against a command. */
export function isDangerousToServer(name: string, categories: readonly string[]): boolean {
  const isNamed = categories.some((category) => category === '@admin' || category === '@dangerous')
  return isNamed && !HARMLESS.has(name.toUpperCase())
}
