import type { BuiltPlan } from '../config/build-plan.ts'
import { histogramOf } from '../ledger/decimal-histogram.ts'
import type { CheckReport, Permission } from '../model/check-report.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import type { InfoFields } from '../redis/info.ts'
import { connectControl } from './connect-control.ts'
import { readServerFacts } from './preflight.ts'
import { keyPrefixOf } from './run-plan-parts.ts'

const LIMIT_MILLIS = 2000
const PINGS = 200

/** Can I reach it, who is it, what may I do, how far is it. Writes one key of its own and removes it. */
export async function checkTarget(built: BuiltPlan): Promise<CheckReport> {
  const control = await connectControl(built)
  try {
    const server = await readServerFacts(control)
    return {
      target: describeTarget(built.plan.target),
      established_ms: control.connectTimes.establishedMillis,
      ready_ms: control.connectTimes.readyMillis,
      server,
      user: await ask(async () => String(await control.call('ACL', ['WHOAMI'], LIMIT_MILLIS))),
      permissions: await tryCommands(control, `${keyPrefixOf(built.plan)}:check`),
      ...(await measureDistance(control)),
      ...(await readCapacity(control)),
      keys: await ask(async () => Number(await control.call('DBSIZE', [], LIMIT_MILLIS))),
    }
  } finally {
    control.close()
  }
}

/** The commands that a run needs or may need, each tried for real on a key of our own. */
async function tryCommands(control: ControlClient, key: string): Promise<Permission[]> {
  const trials: readonly (readonly [string, readonly (string | number)[]])[] = [
    ['SET', [key, '0', 'EX', 10]],
    ['GET', [key]],
    ['INCR', [key]],
    ['EXISTS', [key]],
    ['DEL', [key]],
    ['UNLINK', [key]],
    ['INFO', ['commandstats']],
    ['CLIENT', ['LIST']],
    // No client has this id.
    ['CLIENT', ['KILL', 'ID', '9223372036854775807']],
  ]
  const permissions: Permission[] = []
  for (const [command, args] of trials) {
    const name = command === 'CLIENT' ? `CLIENT ${String(args[0])}` : command
    try {
      await control.call(command, args, LIMIT_MILLIS)
      permissions.push({ command: name, allowed: true, error: null })
    } catch (error) {
      permissions.push({ command: name, allowed: false, error: causeOf(error) })
    }
  }
  return permissions
}

/** Round trips of PING, and the server's clock. */
export async function measureDistance(
  control: ControlClient,
): Promise<Pick<CheckReport, 'round_trip_ms' | 'clock_offset_ms'>> {
  const times: number[] = []
  for (let sent = 0; sent < PINGS; sent++) {
    const startedAt = performance.now()
    await control.call('PING', [], LIMIT_MILLIS)
    times.push((performance.now() - startedAt) * 1000)
  }
  const histogram = histogramOf(times)
  const millis = (micros: number): number => Math.round(micros) / 1000
  return {
    round_trip_ms: {
      p50: millis(histogram.quantile(0.5)),
      p99: millis(histogram.quantile(0.99)),
      max: millis(histogram.maxMicros),
      samples: PINGS,
    },
    clock_offset_ms: await ask(() => clockOffset(control)),
  }
}

/** The server's clock against the middle of the round trip. */
async function clockOffset(control: ControlClient): Promise<number> {
  const before = Date.now()
  const startedAt = performance.now()
  const [seconds, micros] = (await control.call('TIME', [], LIMIT_MILLIS)) as [string, string]
  const middle = before + (performance.now() - startedAt) / 2
  return Math.round((Number(seconds) * 1000 + Number(micros) / 1000 - middle) * 10) / 10
}

async function readCapacity(control: ControlClient): Promise<Pick<CheckReport, 'memory' | 'clients'>> {
  const memory = await ask(() => control.info(LIMIT_MILLIS, 'memory'))
  const clients = await ask(() => control.info(LIMIT_MILLIS, 'clients'))
  const number = (fields: InfoFields, name: string): number => Number(fields.get(name) ?? 0)
  return {
    memory:
      memory === null
        ? null
        : {
            used_bytes: number(memory, 'used_memory'),
            limit_bytes: number(memory, 'maxmemory'),
            policy: memory.get('maxmemory_policy') ?? 'unknown',
          },
    clients:
      clients === null
        ? null
        : { connected: number(clients, 'connected_clients'), limit: number(clients, 'maxclients') },
  }
}

/** The answer, or `null` when the server refuses it. */
async function ask<Value>(question: () => Promise<Value>): Promise<Value | null> {
  try {
    return await question()
  } catch {
    return null
  }
}
