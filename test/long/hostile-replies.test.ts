import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { guardTarget } from '../../src/app/guard-target.ts'
import { checkCommands, checkServer, readServerFacts } from '../../src/app/preflight.ts'
import { ERROR_CODES } from '../../src/model/error-codes.ts'
import { ConnectError, describeProblem, UsageError } from '../../src/model/errors.ts'
import type { Log } from '../../src/model/log.ts'
import { causeOf, ControlClient } from '../../src/redis/control-client.ts'
import { SubscriberConnections } from '../../src/redis/subscriber-connections.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'
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
const note = (error: unknown): void => void uncaught.push(error)
beforeAll(() => {
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
})
afterEach(() => void uncaught.splice(0))
afterAll(() => {
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
})

describe(`${REPLIES} hostile replies`, () => {
  it.each([
    ['after the handshake, RESP3', 3, false, 0.6],
    ['after the handshake, RESP2', 2, false, 0.25],
    ['from the first byte on', 3, true, 0.15],
  ] as const)(
    '%s: no crash, no hang, a clear class',
    { timeout: 600_000 },
    async (_, protocol, fromTheStart, share) => {
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
        await server.until(wanted, QUIET_MILLIS)
        // Every command is settled, and the next one is on its way.
        await load.until(load.sent(), QUIET_MILLIS)
      } finally {
        load.stop()
        clearInterval(watching)
        await server.close()
      }
      expect(uncaught).toEqual([])
      expect([...families].toSorted()).toEqual([...HOSTILE_FAMILIES].toSorted())
      for (const key of load.settled.keys()) expect(CODES).toContain(key.split(' ')[1])
      expect(most - before).toBeLessThan(MOST_GROWTH_BYTES)
      expect(Object.keys(Object.prototype).concat(Object.keys(Array.prototype))).toEqual([])
      expect(server.sent()).toBeGreaterThanOrEqual(wanted)
      if (fromTheStart) return
      // Most are no answers: the connection is lost, for a reason that is counted.
      expect(load.settled.get('ok none')).toBeGreaterThan(wanted / 50)
      expect(load.losses().get('protocol')).toBeGreaterThan(wanted / 10)
      expect(load.losses().get('reply_too_large')).toBeGreaterThan(wanted / 50)
      expect(load.losses().get('socket_timeout')).toBeGreaterThan(wanted / 100)
    },
  )

  it.each([3, 2] as const)(
    'to subscribers, RESP%i: no crash, no hang',
    { timeout: 300_000 },
    async (protocol) => {
      const wanted = REPLIES / 20
      let index = 0
      const server = await startHostileServer(() => hostileReply(SEED, index++))
      const { ledger } = createLedger()
      const { plan, secrets } = planOf(hostilePlan(server.port, protocol))
      const subscribers = new SubscriberConnections(
        {
          target: plan.target,
          client: plan.client,
          secrets,
          thread: 0,
          firstConnection: 0,
          count: 16,
          namePrefix: 'hostile',
          addresses: [],
          subscription: { mode: 'channel', names: ['one', 'two'] },
        },
        {
          clock: performance,
          ledger,
          lifeCycleListener: { attempt() {}, outage() {} },
          toEpochMillis: (at) => at,
          onMessage(_, message) {
            expect(Buffer.isBuffer(message)).toBe(true)
          },
        },
      )
      subscribers.dial()
      const looking = setInterval(() => {
        subscribers.inspect(performance.now())
        // One that was confirmed waits for messages: it may, and is sent away to be answered anew.
        subscribers.cut(0.2, { next: Math.random, below: (bound) => Math.floor(Math.random() * bound) })
      }, 10)
      try {
        await server.until(wanted, QUIET_MILLIS)
      } finally {
        clearInterval(looking)
        subscribers.stop(performance.now())
        subscribers.close()
        await server.close()
      }
      expect(uncaught).toEqual([])
      expect(server.sent()).toBeGreaterThanOrEqual(wanted)
    },
  )

  it(
    'to what looks after things: each question ends with an answer or in one line',
    { timeout: 300_000 },
    async () => {
      const attempts = 300
      let index = 0
      const server = await startHostileServer(() => hostileReply(SEED + 1, index++))
      const { plan, secrets } = planOf(hostilePlan(server.port, 3))
      const lines: string[] = []
      const log = { warn: (_: object, line: string) => lines.push(line) } as unknown as Log
      try {
        for (let attempt = 0; attempt < attempts; attempt++) {
          const spec = { target: plan.target, client: plan.client, secrets, connectionName: 'hostile' }
          const control = await ControlClient.connect(spec)
          const startedAt = performance.now()
          const ask = async (question: () => Promise<unknown>): Promise<void> => {
            try {
              await Promise.race([
                question(),
                sleep(300).then(() => Promise.reject(new Error('Command timed out'))),
              ])
            } catch (error) {
              if (error instanceof UsageError) lines.push(...error.problems.map(describeProblem))
              else if (error instanceof ConnectError) lines.push(error.message)
              else expect(CODES).toContain(causeOf(error))
            }
          }
          const questions = [
            async () => checkServer(await readServerFacts(control), { writes: true, topology: 'standalone' }),
            () => checkCommands(plan, control),
            () => guardTarget(plan, control, log),
            () => control.stats('redis-test', 200),
            () => control.listClients(200),
            () => control.unlinkMatching('redis-test:12345678:', performance.now() + 200),
          ]
          await ask(questions[attempt % questions.length]!)
          control.close()
          expect(performance.now() - startedAt).toBeLessThan(2000)
        }
      } finally {
        await server.close()
      }
      expect(uncaught).toEqual([])
      // oxlint-disable-next-line no-control-regex
      for (const line of lines) expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f]{1,2100}$/)
    },
  )
})

function hostilePlan(port: number, protocol: 2 | 3): Record<string, string> {
  return {
    'target.port': String(port),
    'target.protocol': String(protocol),
    'client.socket_timeout': '60ms',
    'client.connect_timeout': '120ms',
    'client.retry.initial': '1ms',
    'client.retry.max': '5ms',
    'client.retry.jitter': '1ms',
    'client.max_reply_bytes': '1048576',
  }
}
