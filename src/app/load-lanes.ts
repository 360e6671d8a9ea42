import { Dispatcher } from '../engine/dispatcher.ts'
import { KeepGate } from '../engine/keep-gate.ts'
import type { Workload } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { ClientPlan } from '../model/plan.ts'
import { createRandom, deriveSeed } from '../model/random.ts'
import { slowestOfEach } from '../model/slowest-command.ts'
import type { ThreadData } from '../model/thread-message.ts'
import type { ConnectionRange } from '../model/thread-share.ts'
import { ClusterConnections } from '../redis/cluster-connections.ts'
import type { LoadGroup } from '../redis/connection-group.ts'
import {
  LoadConnections,
  type LoadConnectionsParts,
  type LoadConnectionsSpec,
} from '../redis/load-connections.ts'
import type { MaintenanceWatches } from '../redis/maintenance-watch.ts'
import type { ShardWatch } from '../redis/shard-watch.ts'
import { AuditedWorkload } from '../workload/acked/audited-workload.ts'
import { WriteFates } from '../workload/acked/write-fates.ts'
import { buildWorkloads } from '../workload/build-workload.ts'
import { commandBook } from '../workload/command-book.ts'
import { planSeries } from '../workload/series.ts'
import type { Verifier } from '../workload/verification/verifier.ts'
import type { EventOutbox } from './event-outbox.ts'
import type { NodeBook } from './node-book.ts'
import { guardMaintenance } from './maintenance.ts'
import type { Messaging } from './messaging.ts'
import { auditListsOf, connectionNamePrefixOf, workloadSpecOf } from './run-plan-parts.ts'
import type { ThreadTime } from './thread-time.ts'

/** Connections, the commands that go over them, and who sends and settles those. */
export interface LoadLane {
  readonly connections: LoadGroup
  readonly dispatcher: Dispatcher
  readonly workload: Workload
  readonly keepGate: KeepGate
  /** The connections that all operations share, or those of one operation or of the consumers. */
  readonly isShared: boolean
}

export interface LaneParts {
  readonly clock: Clock
  readonly time: ThreadTime
  readonly ledger: LedgerWriter
  readonly outbox: EventOutbox
  /** `undefined` when values are not verified. */
  readonly verifier: Verifier | undefined
  readonly nodes: NodeBook
  readonly shards: ShardWatch
  /** `undefined` when servers are not asked to announce anything. */
  readonly maintenance: MaintenanceWatches | undefined
}

/** How long a command may wait on the server beyond what a command usually takes. */
const LONGEST_BLOCK_MILLIS = 60_000

/** No other sequence of a load thread has this number. */
const AUDIT_SEQUENCE = 1_000_004

/** What makes lanes different, besides what is sent. */
interface LaneKind {
  readonly isShared: boolean
  /** Tells the lanes of a thread apart. */
  readonly index: number
  /** How long a command may wait on the server; 0 when none does. */
  readonly waitMillis: number
}

/**
 * Opens what a load thread sends its load through: one lane for all, one for each operation with its own connections, and
 * one for the consumers of streams.
 */
export function openLanes(
  data: ThreadData,
  parts: LaneParts,
  { hooks, consumers }: Messaging,
): readonly LoadLane[] {
  const { plan, share } = data
  const { shared, own } = buildWorkloads(workloadSpecOf(plan), share, { ...hooks, verifier: parts.verifier })
  const first =
    shared === undefined
      ? []
      : [
          openLane(
            audited(shared, data, parts),
            share,
            { isShared: true, index: 0, waitMillis: 0 },
            data,
            parts,
          ),
        ]
  const others = share.own.map(({ operation, ...part }) => {
    const { commands } = plan.operations[operation]!
    const waitMillis = commands.some((command) => commandBook.isBlocking(command)) ? LONGEST_BLOCK_MILLIS : 0
    return openLane(own.get(operation)!, part, { isShared: false, index: operation, waitMillis }, data, parts)
  })
  const consuming = { isShared: false, index: plan.operations.length, waitMillis: plan.streams.block_ms }
  const last = consumers === undefined ? [] : [openLane(consumers, share.consumers, consuming, data, parts)]
  return [...first, ...others, ...last]
}

/** With audit writes in between, if the plan wants any. */
function audited(
  workload: Workload,
  { plan, share, fates, anchor }: ThreadData,
  { clock, time, ledger }: LaneParts,
): Workload {
  if (fates === null) return workload
  return new AuditedWorkload(workload, {
    fates: new WriteFates(fates),
    lists: auditListsOf(plan),
    share: plan.acked_writes.share,
    series: planSeries(plan).ackedWrite,
    random: createRandom(deriveSeed(share.seed, AUDIT_SEQUENCE)),
    firstConnection: share.firstConnection,
    connections: share.connections,
    now: () => time.toEpochMillis(clock.now()) - anchor.epochMillis,
    onThinned: () => ledger.count('audit_writes_thinned', 1),
  })
}

function openLane(
  workload: Workload,
  part: ConnectionRange,
  { isShared, index, waitMillis }: LaneKind,
  data: ThreadData,
  parts: LaneParts,
): LoadLane {
  const { plan, share } = data
  const { clock, ledger } = parts
  const client = patient(plan.client, waitMillis)
  // Not where commands wait for something: servers announce nothing to those that block.
  const maintenance = waitMillis > 0 ? undefined : parts.maintenance
  const { length: seriesCount } = planSeries(plan).series
  const keepGate = new KeepGate(
    {
      slowestOfEach: slowestOfEach(seriesCount),
      sampleRatio: plan.traces.sample_ratio,
      maxPerSecond: share.keepPerSecond,
      // A command that waits for something is not slow.
      slowMillis: waitMillis > 0 ? Number.POSITIVE_INFINITY : plan.traces.slow_ms,
    },
    createRandom(deriveSeed(share.seed, 3, index)),
    ledger,
    seriesCount,
  )
  const dispatcher = new Dispatcher(
    {
      clock,
      ledger,
      workload,
      keepGate,
      slots: parts.shards,
      signs: parts.outbox,
      maintenance: maintenance && guardMaintenance(plan, ledger),
    },
    {
      commandTimeoutMillis: client.command_timeout_ms,
      // On connections of its own a unit is due when the one before it is answered.
      hasDueInstants: plan.load.model === 'open',
      isUnpaced: !isShared,
    },
  )
  const spec = connectionsSpec(data, client, part)
  const common = {
    clock,
    ledger,
    listener: dispatcher,
    lifeCycleListener: parts.outbox,
    toEpochMillis: (at: number) => parts.time.toEpochMillis(at),
    maintenance,
  }
  const connections = openConnections(spec, common, parts)
  return { connections, dispatcher, workload, keepGate, isShared }
}

function openConnections(
  spec: LoadConnectionsSpec,
  common: LoadConnectionsParts,
  { nodes, shards }: LaneParts,
): LoadGroup {
  return spec.target.topology === 'cluster'
    ? new ClusterConnections(spec, {
        ...common,
        nodeIndexOf: (address) => nodes.indexOf(address),
        shards,
      })
    : new LoadConnections(spec, common)
}

function connectionsSpec(
  { plan, secrets, share, addresses }: ThreadData,
  client: ClientPlan,
  part: ConnectionRange,
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
function patient(client: ClientPlan, waitMillis: number): ClientPlan {
  return {
    ...client,
    command_timeout_ms: client.command_timeout_ms + waitMillis,
    socket_timeout_ms: client.socket_timeout_ms + waitMillis,
  }
}
