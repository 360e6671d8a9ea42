import type { CallListener } from '../../src/model/call.ts'
import { errorCodeAt } from '../../src/model/error-codes.ts'
import { OUTCOMES } from '../../src/model/outcome.ts'
import { LoadConnections } from '../../src/redis/load-connections.ts'
import { planOf } from './plan.ts'
import { untilCount } from './hostile-replies.ts'
import { createLedger } from './ledger.ts'
import { request } from './measured.ts'

const CONNECTIONS = 16
/** The engine bounds every command; here the silence of a connection does. */
const SILENCE_MILLIS = 60

export interface HostileLoad {
  /** Commands that were sent, and what became of them: `outcome code` → how often. */
  readonly sent: () => number
  readonly settled: ReadonlyMap<string, number>
  /** Resolves when so many commands have settled; rejects when nothing has for that long. */
  until(count: number, quietMillis: number): Promise<void>
  /** Lost connections by cause. */
  losses(): ReadonlyMap<string, number>
  stop(): void
}

/** The connections of a load thread, each sending one command after the other to a server. */
export function startHostileLoad(port: number, protocol: 2 | 3): HostileLoad {
  const { ledger, read } = createLedger()
  const settled = new Map<string, number>()
  let sent = 0
  let count = 0
  let isOver = false
  const GET = request('GET', 'key')
  const send: CallListener['connected'] = (connection) => {
    if (isOver || !connection.isReady || connection.held > 0) return
    const call = connection.take()
    call.name = 'get'
    call.wire = GET
    sent++
    connection.send(call)
  }
  const listener: CallListener = {
    settled(call, outcome, code) {
      const key = `${OUTCOMES[outcome]} ${errorCodeAt(code).code}`
      settled.set(key, (settled.get(key) ?? 0) + 1)
      count++
      const { connection } = call
      connection.give(call)
      setImmediate(() => send(connection))
    },
    settledLate() {},
    connected: send,
  }
  const { plan, secrets } = planOf({
    'target.port': String(port),
    'target.protocol': String(protocol),
    'client.socket_timeout': `${SILENCE_MILLIS}ms`,
    'client.connect_timeout': `${2 * SILENCE_MILLIS}ms`,
    'client.retry.initial': '1ms',
    'client.retry.max': '5ms',
    'client.retry.jitter': '1ms',
    'client.max_reply_bytes': '1048576',
  })
  const connections = new LoadConnections(
    {
      target: plan.target,
      client: plan.client,
      secrets,
      thread: 0,
      firstConnection: 0,
      count: CONNECTIONS,
      namePrefix: 'hostile',
      scripts: [],
      addresses: [],
    },
    {
      clock: performance,
      ledger,
      listener,
      lifeCycleListener: { attempt() {}, outage() {} },
      toEpochMillis: (at) => at,
    },
  )
  connections.dial()
  const looking = setInterval(() => connections.inspect(performance.now()), 10)
  return {
    sent: () => sent,
    settled,
    until: (wanted, quietMillis) => untilCount('commands', () => count, { count: wanted, quietMillis }),
    losses: () => new Map([...read().drops].map(([code, lost]) => [errorCodeAt(code).code, lost])),
    stop() {
      isOver = true
      clearInterval(looking)
      connections.stop(performance.now())
      connections.close()
    },
  }
}
