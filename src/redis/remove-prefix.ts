import { setTimeout as sleep } from 'node:timers/promises'
import { escapeGlob } from './escape-glob.ts'

/** How many of the keys existed, and whether there was time for all of them. */
export interface Removal {
  readonly removed: number
  readonly complete: boolean
}

/** How gently keys are removed. */
export interface ScanLimits {
  /** Keys in one UNLINK. */
  readonly atOnce?: number
  readonly keysPerSecond?: number
  /** They are counted and stay. */
  readonly isTrial?: boolean
}

/** The two commands that it takes, on one server. */
export interface PrefixCommands {
  scan(args: readonly (string | number)[], limitMillis: number): Promise<unknown>
  unlink(keys: readonly Buffer[]): Promise<Removal>
}

const COUNT = 500

/** Removes every key of one server that begins with a prefix, by a SCAN over the whole database. */
export async function removePrefix(
  prefix: string,
  deadlineAt: number,
  commands: PrefixCommands,
  { atOnce = COUNT, keysPerSecond = Number.POSITIVE_INFINITY, isTrial = false }: ScanLimits = {},
): Promise<Removal> {
  const startedAt = performance.now()
  let cursor = '0'
  let found = 0
  let removed = 0
  do {
    const left = deadlineAt - performance.now()
    if (left <= 0) return { removed, complete: false }
    const args = [cursor, 'MATCH', `${escapeGlob(prefix)}*`, 'COUNT', COUNT]
    const { next, keys } = readScan(await commands.scan(args, left), prefix)
    cursor = next
    found += keys.length
    for (let first = 0; first < keys.length; first += atOnce) {
      if (isTrial) break
      const part = await commands.unlink(keys.slice(first, first + atOnce))
      removed += part.removed
      if (!part.complete) return { removed, complete: false }
      const early = startedAt + (removed * 1000) / keysPerSecond - performance.now()
      if (early > 0) await sleep(Math.min(early, Math.max(0, deadlineAt - performance.now())))
    }
  } while (cursor !== '0')
  return { removed: isTrial ? found : removed, complete: true }
}

/** What the server returns is looked at once more: only what does begin with the prefix is ours. */
function readScan(answer: unknown, prefix: string): { next: string; keys: readonly Buffer[] } {
  const [next, keys] = Array.isArray(answer) ? (answer as unknown[]) : []
  if (!/^\d{1,20}$/.test(String(next)) || !Array.isArray(keys))
    throw new Error('the server does not answer SCAN as it should')
  const start = Buffer.from(prefix)
  const isOurs = (key: unknown): key is Buffer =>
    Buffer.isBuffer(key) && key.subarray(0, start.length).equals(start)
  return { next: String(next), keys: keys.filter(isOurs) }
}
