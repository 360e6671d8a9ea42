import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../src/model/error-codes.ts'
import { startHostileLoad } from '../support/hostile-load.ts'
import { HOSTILE_FAMILIES, hostileReply, startHostileServer } from '../support/hostile-replies.ts'

const SEED = 20_261
const REPLIES = 10_000
/** Nothing may hang: every command settles within the limit of silence, so this is long. */
const QUIET_MILLIS = 5000
/** More than all connections may hold at once (16 × 1 MiB, twice while it is put together), and what V8 has not freed. */
const MOST_GROWTH_BYTES = 300_000_000

const CODES = new Set(ERROR_CODES.map(({ code }) => code))
const uncaught: unknown[] = []
const note = (error: unknown): void => { uncaught.push(error); if (uncaught.length < 3) console.info((error as Error).stack) }
beforeAll(() => {
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
})
afterAll(() => {
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
})

describe(`${REPLIES} hostile replies`, () => {
  it.each([
    ['after the handshake, RESP3', 3, false, 0.6],
    ['after the handshake, RESP2', 2, false, 0.25],
    ['from the first byte on', 3, true, 0.15],
  ] as const)('%s: no crash, no hang, a clear class', { timeout: 600_000 }, async (_, protocol, fromTheStart, share) => {
    const wanted = Math.ceil(REPLIES * share)
    let index = 0
    const families = new Set<string>()
    const server = await startHostileServer(
      () => {
        const reply = hostileReply(SEED, index++)
        families.add(reply.family)
        return reply
      },
      { fromTheStart },
    )
    const before = process.memoryUsage().rss
    let most = before
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 20)
    const load = startHostileLoad(server.port, protocol)
    try {
      if (fromTheStart) {
        // Hardly a connection becomes ready: what counts is that they go on trying.
        for (let last = -1; server.sent() < wanted; last = server.sent()) {
          await new Promise((resolve) => setTimeout(resolve, 1000))
          expect(server.sent()).toBeGreaterThan(last)
        }
      } else await load.until(wanted, QUIET_MILLIS)
    } finally {
      load.stop()
      clearInterval(watching)
      await server.close()
    }
    console.info(`${server.sent()} replies, ${most - before} bytes more`, Object.fromEntries(load.settled))
    expect(uncaught).toEqual([])
    expect([...families].toSorted()).toEqual([...HOSTILE_FAMILIES].toSorted())
    for (const key of load.settled.keys()) expect(CODES).toContain(key.split(' ')[1])
    expect(most - before).toBeLessThan(MOST_GROWTH_BYTES)
    expect(Object.keys(Object.prototype).concat(Object.keys(Array.prototype))).toEqual([])
    if (!fromTheStart) expect(load.settledCount()).toBeGreaterThanOrEqual(wanted)
  })
})
