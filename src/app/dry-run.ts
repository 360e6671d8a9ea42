import type { BuiltPlan } from '../config/build-plan.ts'
import type { DryRunReport, TrafficEstimate } from '../model/dry-run-report.ts'
import { ConnectError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { dangersOf, obstaclesOf } from '../reports/dry-run-dangers.ts'
import { planSeries } from '../workload/series.ts'
import { measureDistance } from './check-target.ts'
import { checkSlots } from './check-slots.ts'
import { checkFaults } from './check-faults.ts'
import { CleanupStack } from './cleanup-stack.ts'
import { connectControl } from './connect-control.ts'
import { peakRateOf } from './outline-keys.ts'
import { checkName, objectionsOf } from './guard-target.ts'
import { outlineWorkload, type WorkloadOutline } from './outline-workload.ts'
import { checkCommands, checkServer, checkWhatIsAsked, readServerFacts } from './preflight.ts'
import { nameOf, probePermissions } from './probe-permissions.ts'
import { provideTarget } from './provide-target.ts'
import { auditListsOf, connectionNamePrefixOf, keyPrefixOf } from './run-plan-parts.ts'
import { estimateSpace } from './sample-keys.ts'
import { checkRunFiles } from './result-files.ts'
import { readTargetState } from './target-state.ts'

export interface DryRunDependencies {
  readonly built: BuiltPlan
  readonly toolVersion: string
  readonly environment: NodeJS.ProcessEnv
  readonly log: Log
}

/**
 * Finds out all that can be known about a run without running it: resolves the plan, connects, asks for permissions,
 * estimates keys, memory and bandwidth, and looks for dangers. It opens one connection and executes no command of the
 * workload.
 */
export async function dryRun(dependencies: DryRunDependencies): Promise<DryRunReport> {
  const { built, toolVersion, log } = dependencies
  checkWhatIsAsked(built, planSeries(built.plan).series)
  checkSlots(built.plan)
  checkFaults(built.plan, built.secrets.password !== null)
  checkRunFiles(built.plan)
  const cleanup = new CleanupStack(log)
  try {
    checkName(built.plan)
    const { plan } = await provideTarget(dependencies, cleanup)
    const control = await connectControl({ ...built, plan })
    cleanup.add('close the control connection', () => control.close())
    await checkCommands(plan, control)
    return await inspect(plan, control, toolVersion)
  } finally {
    await cleanup.run()
  }
}

async function inspect(plan: RunPlan, control: ControlClient, toolVersion: string): Promise<DryRunReport> {
  const outline = outlineWorkload(plan)
  // First, while nothing of ours is in it.
  const state = await readTargetState(control, plan, connectionNamePrefixOf(plan))
  const server = await readServerFacts(control)
  const permissions = await probePermissions(control, [...outline.examples, ...supportingCommands(plan)])
  const { round_trip_ms } = await measureDistance(control)
  const refusal = refusalOf(server, { writes: !outline.readOnly, topology: plan.target.topology })
  const spaces: DryRunReport['key_spaces'][number][] = []
  for (const space of outline.spaces) spaces.push(await estimateSpace(control, space, plan.keys.ttl !== null))
  const ofWorkload = new Set(outline.examples.map(nameOf))
  if (plan.batch.kind === 'transaction') ofWorkload.add('MULTI')
  const dangers = {
    plan,
    state,
    readOnly: outline.readOnly,
    permissions: permissions.known.filter(({ command }) => ofWorkload.has(command)),
    connections: outline.connections,
    keySpaces: spaces,
    hasOtherKeys: outline.hasOthers,
    roundTripP50Millis: round_trip_ms.p50,
  }
  const objections = objectionsOf(plan, state)
  const isHindered = (isWarning: boolean): boolean => !isWarning && !plan.safety.yes
  const guarded = objections.filter(({ isWarning }) => isHindered(isWarning))
  const obstacles = [
    ...refusal,
    ...obstaclesOf(dangers),
    ...guarded.map(({ text }) => `${text} (--yes runs all the same)`),
  ]
  return {
    schema: 'redis-test/dry-run',
    schema_version: 1,
    tool_version: toolVersion,
    can_run: obstacles.length === 0,
    obstacles,
    warnings: [...dangersOf(dangers)],
    target: describeTarget(plan.target),
    server,
    state,
    round_trip_ms,
    permissions: permissions.known,
    permissions_unknown: permissions.unknown,
    connections: outline.connections,
    key_spaces: spaces,
    has_other_keys: outline.hasOthers,
    traffic: estimateTraffic(plan, outline),
    plan,
  }
}

/** What a run asks of the server besides its load; without them it runs, and knows less. */
function supportingCommands(plan: RunPlan): [string, ...string[]][] {
  const commands: [string, ...string[]][] = [
    ['INFO', 'commandstats'],
    ['CLIENT', 'LIST'],
  ]
  if (plan.faults.some(({ kind }) => kind === 'client-kill')) commands.push(['CLIENT', 'KILL', 'ID', '1'])
  if (plan.keys.cleanup) commands.push(['UNLINK', keyPrefixOf(plan)])
  if (plan.acked_writes.share > 0) {
    const list = auditListsOf(plan).keyOf(0, 0, 0)
    commands.push(['LRANGE', list, '0', '-1'], ['INFO', 'all'])
    // Lists that were read back go while the load goes on, whatever becomes of the other keys.
    if (!plan.keys.cleanup) commands.push(['UNLINK', list])
  }
  if (plan.streams.consumers > 0) {
    const stream = `${keyPrefixOf(plan)}:x:0`
    commands.push(['XGROUP', 'CREATE', stream, 'g', '$', 'MKSTREAM'], ['XACK', stream, 'g', '0-1'])
  }
  return commands
}

function refusalOf(
  server: Readonly<Record<string, string>>,
  needs: Parameters<typeof checkServer>[1],
): string[] {
  try {
    checkServer(server, needs)
    return []
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    return [error.hint === undefined ? error.message : `${error.message} (${error.hint})`]
  }
}

function estimateTraffic(
  plan: RunPlan,
  { requestBytes, replyBytes, hasLongReplies }: WorkloadOutline,
): TrafficEstimate {
  const rate = peakRateOf(plan)
  return {
    ops_per_second: rate,
    request_bytes: requestBytes,
    reply_bytes: replyBytes,
    reply_is_at_least: hasLongReplies,
    sent_bytes_per_second: rate === null ? null : rate * requestBytes,
    received_bytes_per_second: rate === null ? null : rate * replyBytes,
  }
}
