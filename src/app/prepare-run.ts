import { splitPlan } from '../config/split-plan.ts'
import { allocateLedger, layOutLedger } from '../ledger/layout.ts'
import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import { PulseReader } from '../ledger/pulse-reader.ts'
import type { Calibration } from '../model/calibration.ts'
import type { Outage } from '../model/connection-event.ts'
import type { FailureSigns } from '../model/disturbance.ts'
import { ConnectError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { MaintenanceNews } from '../model/maintenance.ts'
import type { RunPlan, Secrets } from '../model/plan.ts'
import { plannedConnections } from '../model/planned-connections.ts'
import type { Screen } from '../model/screen.ts'
import type { VerificationScope } from '../model/run-record.ts'
import type { RunCourse, RunPhase, RunView, ToolCounters } from '../model/run-view.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { SlowestCommand } from '../model/slowest-command.ts'
import type { Finding } from '../model/verification.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { Deployment } from '../model/deployment.ts'
import type { FaultProxy } from './fault-proxy.ts'
import type { EmbeddedServer } from '../redis/embedded-server.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import type { Journal } from '../telemetry/journal.ts'
import { planSeries } from '../workload/series.ts'
import type { IntervalLogFile } from './interval-log-file.ts'
import type { JournalEntry } from './journal-entry.ts'
import { type AckedWrites, openAckedWrites } from './acked-writes.ts'
import { addTraffic } from './add-traffic.ts'
import { describeSlowest } from './describe-slowest.ts'
import { fillKeys } from './fill-keys.ts'
import { awaitReplicas } from './replicas.ts'
import { comparedAddressesOf, type LoadServers } from './load-servers.ts'
import { LoadThreads, type LoadThreadsListener, ThreadConnectError } from './load-threads.ts'
import { openServerSide } from './open-server-side.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'
import { shareVerification } from './share-verification.ts'
import { nodesToCount } from './node-book.ts'
import { type Aside, ServerComparison } from './server-audit.ts'
import type { ServerSide } from './server-side.ts'
import { SnapshotSource } from './snapshot-source.ts'
import { BacklogWatch, createGroups } from './stream-groups.ts'
import type { Surfaces } from './surfaces.ts'
import type { Profiler } from '../telemetry/profiler.ts'
import { takeTimeAnchor } from './thread-time.ts'
import type { CleanupStack } from './cleanup-stack.ts'

/** The parts of a run that exist before its target is known. */
export interface RunFrame {
  readonly toolVersion: string
  readonly log: Log
  readonly stderr: (text: string) => void
  /** Set when the run is to be shown on it while it goes on. */
  readonly screen: Screen | undefined
  /** Which of several runs it is, in words. */
  readonly place: string | undefined
  readonly tool: ToolCounters
  /** `target`: commands per second that the plan asks for now. It and `course` are set by whoever knows when the load began. */
  readonly phase: { current: RunPhase; target: () => number; course: (total: LedgerSnapshot) => RunCourse }
  readonly journal: Journal<JournalEntry>
  readonly journalFailures: () => number
  /** The latencies of each second, if they are asked for. */
  readonly intervalLog: IntervalLogFile | undefined
  readonly surfaces: Surfaces
  /** Of the main thread, if profiles are asked for. */
  readonly profiler: Profiler | undefined
  readonly environment: NodeJS.ProcessEnv
  /** What the generator can do here with these settings; `null` when nobody has measured it. */
  readonly calibration: Calibration | null
}

/** What faults act on, besides the connections of the load. */
interface TargetParts {
  readonly deployment: Deployment
  readonly embedded: EmbeddedServer | undefined
  readonly proxy: FaultProxy
  /** Servers that the load goes to; `null`: all of the deployment. */
  readonly loadAddresses: readonly string[] | null
}

/** Set by whoever wants to hear of outages, and of reads that went wrong. */
interface RunEvents {
  onOutage: (outage: Outage) => void
  onShardOutage: (outage: ShardOutage) => void
  onSigns: (signs: FailureSigns) => void
  onFinding: (finding: Finding) => void
  onMaintenance: (news: MaintenanceNews) => void
  onSlowest: (command: SlowestCommand) => void
}

/** Everything is connected and nothing has been sent. */
export interface RunStage extends RunFrame {
  readonly reach: TargetParts
  readonly plan: RunPlan
  readonly secrets: Secrets
  readonly facts: Readonly<Record<string, string>>
  readonly servers: LoadServers
  readonly threads: LoadThreads
  readonly source: SnapshotSource
  readonly comparison: ServerComparison
  /** `undefined` without stream consumers. */
  readonly backlog: BacklogWatch | undefined
  readonly events: RunEvents
  readonly pulses: PulseReader
  /** `undefined` without audit writes. */
  readonly acked: AckedWrites | undefined
  /** `undefined` when the servers are not looked at. */
  readonly serverSide: ServerSide | undefined
  /** `undefined` when values are not verified. */
  readonly verification: VerificationScope | undefined
}

/** What the surfaces show of a run. */
export function viewOf({ plan, phase, source, tool }: RunStage): RunView {
  const snapshot = source.take()
  return {
    plan,
    phase: phase.current,
    snapshot,
    targetOpsPerSecond: phase.target(),
    course: phase.course(snapshot),
    tool,
  }
}

export interface PrepareParts {
  readonly reach: TargetParts
  readonly plan: RunPlan
  readonly secrets: Secrets
  readonly facts: Readonly<Record<string, string>>
  readonly control: ControlClient
  readonly servers: LoadServers
  readonly cleanup: CleanupStack
  readonly threadEntry: URL
  /** Rejects when the user wants the run to end. */
  readonly interrupted: Promise<never>
}

/** Starts the load threads, waits until all their connections are ready, and asks the server for its counts. */
export async function prepareRun(frame: RunFrame, parts: PrepareParts): Promise<RunStage> {
  const { plan, secrets, control, servers, cleanup, reach } = parts
  const anchor = takeTimeAnchor()
  const layout = layOutLedger(planSeries(plan).series, nodesToCount(plan))
  const shares = splitPlan(plan)
  const ledgers = shares.map(() => allocateLedger(layout))
  const source = new SnapshotSource(ledgers, layout, anchor)
  const events = unheard()
  const verified = await shareVerification(plan, control)
  const verification = verified?.shared ?? null
  const acked = await openAckedWrites(frame, parts, shares, anchor)
  const threads = new LoadThreads(
    shares.map((share, thread) => ({
      plan: { ...plan, target: reach.proxy.loadTarget },
      secrets,
      share,
      ledger: ledgers[thread]!,
      anchor,
      verification,
      fates: acked?.memory[thread] ?? null,
      addresses: servers.addresses,
    })),
    listenerOf(frame, events, source, plan),
    parts.threadEntry,
  )
  cleanup.add('end the load threads', () => threads.close())
  await Promise.race([threads.connected(), parts.interrupted]).catch((error: unknown) => {
    throw error instanceof ThreadConnectError ? explain(plan, error) : error
  })
  if (plan.keys.preload > 0) {
    await Promise.race([fillKeys(plan, threads, frame), parts.interrupted])
    if (plan.client.read_from === 'replicas') await Promise.race([awaitReplicas(control), parts.interrupted])
  }
  if (plan.streams.consumers > 0) await Promise.race([createGroups(plan, control), parts.interrupted])
  const backlog = plan.streams.consumers > 0 ? new BacklogWatch(plan, control, frame.tool) : undefined
  const serverSide = openServerSide(frame, parts, () => source.now())
  const comparison = await compareWithServers(parts, source, serverSide)
  // After the connections and the keys: what is learned from now on is of the run.
  await serverSide?.begin()
  return {
    ...frame,
    plan,
    secrets,
    reach,
    facts: parts.facts,
    servers,
    threads,
    source,
    pulses: new PulseReader(ledgers, layout, plan.load.model === 'open'),
    comparison,
    backlog,
    acked,
    serverSide,
    events,
    verification: verified?.scope,
  }
}

function unheard(): RunEvents {
  return {
    onOutage() {},
    onShardOutage() {},
    onSigns() {},
    onFinding() {},
    onMaintenance() {},
    onSlowest() {},
  }
}

/** What faults, and looking at the servers, do beside the load is ours, too. */
function compareWithServers(
  { plan, servers, reach: { deployment } }: PrepareParts,
  source: SnapshotSource,
  serverSide: ServerSide | undefined,
): Promise<ServerComparison> {
  // What was sent to others, a replica perhaps, is not among the counts that are compared.
  const compared = comparedAddressesOf(plan, servers)
  const aside: Aside = () => addTraffic(deployment.traffic(compared), serverSide?.traffic(compared))
  return ServerComparison.begin(servers, connectionNamePrefixOf(plan), source.take(), aside)
}

function listenerOf(
  { log, surfaces }: RunFrame,
  events: RunStage['events'],
  source: SnapshotSource,
  plan: RunPlan,
): LoadThreadsListener {
  const { series } = planSeries(plan)
  return {
    attempt: (attempt) => surfaces.spans?.attempt(attempt),
    outage(outage) {
      events.onOutage(outage)
      surfaces.spans?.outage(outage)
    },
    kept(kept, thread) {
      const ids = surfaces.spans?.command(kept)
      if (!kept.isSlowest) return
      const node = source.nodeName(thread, kept.node)
      const command = describeSlowest(kept, { plan, series }, node, ids)
      if (command !== undefined) events.onSlowest(command)
    },
    finding: (finding) => events.onFinding(finding),
    shardOutage: (outage) => events.onShardOutage(outage),
    maintenance: (news) => events.onMaintenance(news),
    node: (thread, index, address) => source.nameNode(thread, index, address),
    signs: (signs) => events.onSigns(signs),
    internalError: (thread, message) => log.warn({ thread, reason: message }, 'internal error of the client'),
  }
}

/** The control connection came through, so the address and the password are right. */
function explain(plan: RunPlan, { code }: ThreadConnectError): ConnectError {
  const hint =
    code === 'closed' || code === 'EPIPE' || code === 'maxclients'
      ? 'the server closes connections: is its maxclients high enough?'
      : code === 'NOPERM' && plan.pubsub.subscribers > 0
        ? 'may the user subscribe to the channels of the run?'
        : 'the first connection succeeded and the others did not'
  return new ConnectError(
    `cannot open ${plannedConnections(plan)} connections to ${describeTarget(plan.target)}: ${code}`,
    hint,
  )
}
