import { Dispatcher } from '../engine/dispatcher.ts'
import { KeepGate } from '../engine/keep-gate.ts'
import type { Workload } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { ClientPlan } from '../model/plan.ts'
import { createRandom, deriveSeed } from '../model/random.ts'
import type { ThreadData } from '../model/thread-message.ts'
import { LoadConnections, type LoadConnectionsSpec } from '../redis/load-connections.ts'
import { buildWorkloads } from '../workload/build-workload.ts'
import { commandBook } from '../workload/command-book.ts'
import type { EventOutbox } from './event-outbox.ts'
import { connectionNamePrefixOf, workloadSpecOf } from './run-plan-parts.ts'
import type { ThreadTime } from './thread-time.ts'

/** Connections, the commands that go over them, and who sends and settles those. */
export interface LoadLane {
  readonly connections: LoadConnections
  readonly dispatcher: Dispatcher
  readonly workload: Workload
  readonly keepGate: KeepGate
  /** The connections that all operations share, or those of one operation. */
  readonly isShared: boolean
}

export interface LaneParts {
  readonly clock: Clock
  readonly time: ThreadTime
  readonly ledger: LedgerWriter
  readonly outbox: EventOutbox
}

/** How long a command may wait on the server beyond what a command usually takes. */
const LONGEST_BLOCK_MILLIS = 60_000

/** Opens what a load thread sends its load through: one lane for all, and one for each operation with its own connections. */
export function openLanes(data: ThreadData, parts: LaneParts): readonly LoadLane[] {
  const { plan, share } = data
  const { clock, time } = parts
  const { shared, own } = buildWorkloads(workloadSpecOf(plan), share, {
    now: () => time.toEpochMillis(clock.now()),
    nextMessage: () => '',
    readerOf: () => null,
  })
  const first = shared === undefined ? [] : [openLane(shared, share, undefined, data, parts)]
  const others = share.own.map((part) =>
    openLane(own.get(part.operation)!, part, part.operation, data, parts),
  )
  return [...first, ...others]
}

function openLane(
  workload: Workload,
  part: { readonly firstConnection: number; readonly connections: number },
  operation: number | undefined,
  data: ThreadData,
  parts: LaneParts,
): LoadLane {
  const { plan, share } = data
  const { clock, ledger } = parts
  const isBlocking =
    operation !== undefined &&
    plan.operations[operation]!.commands.some((command) => commandBook.isBlocking(command))
  const client = isBlocking ? patient(plan.client) : plan.client
  const keepGate = new KeepGate(
    {
      sampleRatio: plan.traces.sample_ratio,
      maxPerSecond: share.keepPerSecond,
      // A command that waits for something is not slow.
      slowMillis: isBlocking ? Number.POSITIVE_INFINITY : plan.traces.slow_ms,
    },
    createRandom(deriveSeed(share.seed, 3, operation ?? 0)),
    ledger,
  )
  const dispatcher = new Dispatcher(
    { clock, ledger, workload, keepGate },
    {
      commandTimeoutMillis: client.command_timeout_ms,
      // On connections of its own a unit is due when the one before it is answered.
      hasDueInstants: plan.load.model === 'open',
    },
  )
  const connections = new LoadConnections(connectionsSpec(data, client, part), {
    clock,
    ledger,
    listener: dispatcher,
    lifeCycleListener: parts.outbox,
    toEpochMillis: (at) => parts.time.toEpochMillis(at),
  })
  return { connections, dispatcher, workload, keepGate, isShared: operation === undefined }
}

function connectionsSpec(
  { plan, secrets, share, addresses }: ThreadData,
  client: ClientPlan,
  part: { readonly firstConnection: number; readonly connections: number },
): LoadConnectionsSpec {
  const scripts = plan.operations.flatMap(({ script }) => (script?.engine === 'script' ? script.text : []))
  return {
    target: plan.target,
    client,
    secrets,
    thread: share.thread,
    firstConnection: part.firstConnection,
    count: part.connections,
    namePrefix: connectionNamePrefixOf(plan),
    addresses,
    scripts,
  }
}

/** Silence is what a blocking command is for. */
function patient(client: ClientPlan): ClientPlan {
  return {
    ...client,
    command_timeout_ms: client.command_timeout_ms + LONGEST_BLOCK_MILLIS,
    socket_timeout_ms: client.socket_timeout_ms + LONGEST_BLOCK_MILLIS,
  }
}
