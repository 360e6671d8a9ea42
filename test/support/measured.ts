import { once } from 'node:events'
import { Redis } from 'ioredis'
import type { Batch, Call, CallListener } from '../../src/model/call.ts'
import { errorCodeAt } from '../../src/model/error-codes.ts'
import { OUTCOMES } from '../../src/model/outcome.ts'
import type { ClientPlan, Preset } from '../../src/model/plan.ts'
import { loadClientOptions } from '../../src/redis/client-options.ts'
import { guardReplies } from '../../src/redis/ioredis-internals.ts'
import { MeasuredConnection } from '../../src/redis/measured-connection.ts'
import { FakeClock } from './fake-clock.ts'
import { createLedger } from './ledger.ts'
import { TARGET } from './target.ts'

export const CLIENT: ClientPlan = {
  preset: 'measure',
  coalesce_writes: true,
  command_timeout_ms: 5000,
  connect_timeout_ms: 2000,
  socket_timeout_ms: 2000,
  max_reply_bytes: 1_048_576,
  retry_attempts: null,
  renew_after: null,
  maintenance_notifications: 'off',
  maintenance_relaxed_timeout_ms: 10_000,
  maintenance_endpoint_type: 'auto',
  read_from: 'primary',
  retry: { initial_ms: 20, factor: 1, max_ms: 20, jitter_ms: 0 },
}

/** What became of each call, in order: `name outcome code`. */
export interface Measured {
  readonly connection: MeasuredConnection
  readonly settled: string[]
  readonly late: string[]
  readonly read: ReturnType<typeof createLedger>['read']
  send(wire: string, name?: string): Call
  sendBatch(kind: Batch['kind'], wires: readonly string[]): void
  /** Resolves when so many calls have settled. */
  until(count: number): Promise<void>
  close(): void
}

/** A request in RESP. */
export function request(...parts: readonly string[]): string {
  return `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`
}

/** One measured connection to a server on this machine, ready. */
export async function connectMeasured(
  port: number,
  options: { readonly preset?: Preset; readonly coalesce?: boolean; readonly protocol?: 2 | 3 } = {},
): Promise<Measured> {
  const settled: string[] = []
  const late: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const { ledger, read } = createLedger()
  const listener: CallListener = {
    settled(call, outcome, code) {
      settled.push(
        `${call.name} ${OUTCOMES[outcome]}${code > 0 ? ` ${errorCodeAt(code).code}` : ''}${call.nil ? ' nil' : ''}`,
      )
      call.connection.give(call)
      for (const { count, resolve } of waiting) if (settled.length + late.length >= count) resolve()
    },
    settledLate(call, failed) {
      late.push(`${call.name} ${failed ? 'failed' : 'answered'}`)
      call.connection.give(call)
      for (const { count, resolve } of waiting) if (settled.length + late.length >= count) resolve()
    },
    connected() {},
  }
  const redis = new Redis(
    loadClientOptions({
      target: { ...TARGET, port, protocol: options.protocol ?? 3 },
      client: { ...CLIENT, preset: options.preset ?? 'measure', coalesce_writes: options.coalesce ?? true },
      secrets: { password: null, sentinelPassword: null, tlsKeyPassphrase: null },
      connectionName: 'test',
    }),
  )
  redis.on('error', () => {})
  guardReplies(redis)
  const connection = new MeasuredConnection(0, redis, { clock: new FakeClock(), ledger, listener })
  redis.connect().catch(() => {})
  await once(redis, 'ready')
  const fill = (wire: string, name: string): Call => {
    const call = connection.take()
    call.wire = wire
    call.name = name
    return call
  }
  return {
    connection,
    settled,
    late,
    read,
    send(wire, name = /\r\n([A-Za-z]+)\r\n/.exec(wire)![1]!.toLowerCase()) {
      const call = fill(wire, name)
      connection.send(call)
      return call
    },
    sendBatch(kind, wires) {
      const calls = wires.map((wire) => fill(wire, /\r\n([A-Za-z]+)\r\n/.exec(wire)![1]!.toLowerCase()))
      const batch: Batch = {
        kind,
        calls,
        series: 0,
        phase: 0,
        dueAt: 0,
        sentAt: 0,
        remaining: calls.length,
        outcome: 0,
        code: 0,
      }
      for (const call of calls) call.batch = batch
      connection.sendBatch(batch)
    },
    until: (count) =>
      settled.length + late.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () => redis.disconnect(),
  }
}
