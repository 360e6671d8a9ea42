import type { ExitCode } from '../model/exit-code.ts'
import type { RunResult } from '../model/result.ts'
import { MARGIN, WIDEST, wrapLine } from './format.ts'
import { harmless } from './harmless.ts'
import type { OutcomeLatencies } from './overall-latencies.ts'
import { adjustmentLines } from './text-adjustments.ts'
import { ackedWritesLines } from './text-acked-writes.ts'
import { auditLines, verificationLines } from './text-audit.ts'
import { sentinelLines } from './text-connections.ts'
import { connectionLines, limitLines, loadLines, throughputTable } from './text-counts.ts'
import { disturbanceLines } from './text-disturbances.ts'
import { faultLines, revertWarnings } from './text-faults.ts'
import { maintenanceLines } from './text-maintenance.ts'
import { nodeLines } from './text-nodes.ts'
import { errorLines, operationTable, type SummaryMode } from './text-operations.ts'
import { describeLoad, phaseTable, stepSearchLines } from './text-phases.ts'
import { expectationLines, thresholdLines } from './text-thresholds.ts'
import { verdictOf } from './verdict.ts'

/** Less than that is no place for sentences. */
const NARROWEST = 60

/** A report that was written, or could not be. */
interface ReportFile {
  readonly path: string
  readonly error: string | undefined
}

export interface TextOptions {
  /** How the preset reads in words. */
  readonly preset: string
  readonly target: string
  readonly mode?: SummaryMode
  /** Of all operations together. */
  readonly overall?: OutcomeLatencies | undefined
  readonly files?: readonly ReportFile[]
  /** Of the terminal; absent: the summary is not for one. */
  readonly columns?: number | undefined
  /** That of the signal which ended the run. */
  readonly signal?: ExitCode | undefined
}

/**
 * The summary at the end of a run, as plain text: the answer first, then what was disturbed, the numbers, what limited
 * them, and where to read on.
 */
export function renderTextSummary(given: RunResult, options: TextOptions): string {
  const result = harmless(given)
  const { mode = 'compact', columns } = options
  const widest = columns === undefined ? WIDEST : Math.min(WIDEST, Math.max(NARROWEST, columns))
  const prose = (lines: readonly string[]): string[] => lines.flatMap((line) => wrapLine(line, widest))
  const sections = [
    prose(verdictLines(result, options.signal)),
    prose([...headline(result), ...setting(result, harmless(options))]),
    thresholdLines(result),
    expectationLines(result),
    prose(revertWarnings(result)),
    disturbanceLines(result.disturbances),
    prose([...faultLines(result)]),
    prose([...maintenanceLines(result)]),
    operationTable(result, mode, options.overall, columns),
    phaseTable(result, mode),
    prose(stepSearchLines(result)),
    errorLines(result, mode),
    throughputTable(result),
    prose([...loadLines(result), ...connectionLines(result)]),
    [...nodeLines(result)],
    prose([...limitLines(result, mode)]),
    prose([...verificationLines(result)]),
    prose([...ackedWritesLines(result)]),
    prose(auditLines(result, mode)),
    prose(fileLines(harmless(options.files ?? []))),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** `PASS          all 3 thresholds met · the audit holds · exit code 0`. */
function verdictLines(result: RunResult, signal: ExitCode | undefined): string[] {
  const { word, exitCode, reasons } = verdictOf(result, signal)
  const lines = [`${word.padEnd(MARGIN.length)}${reasons.join(' · ')} · exit code ${exitCode}`]
  if (result.partial) lines.push('PARTIAL: rebuilt from a journal whose end is missing')
  if (result.error !== null) lines.push(`ERROR: ${result.error}`)
  return lines
}

function headline(result: RunResult): string[] {
  const { plan } = result
  const lines = [
    `redis-test ${result.tool_version} · ${result.workload_name} · ${describeLoad(plan.load)} · ${result.measured_seconds.toFixed(1)} s measured` +
      (plan.load.warmup_ms > 0 ? ` after ${(plan.load.warmup_ms / 1000).toFixed(1)} s warm-up` : ''),
  ]
  if (result.load_model === 'closed')
    lines.push(
      'closed loop: the load waits for Redis, so a stall hides the commands that were not sent during it',
    )
  lines.push(...adjustmentLines(result))
  return lines
}

function setting(result: RunResult, { preset, target }: TextOptions): string[] {
  const { plan, server } = result
  const who = [server['name'], server['version'], server['mode']].filter(Boolean).join(' ')
  const batch = plan.batch.kind === 'none' ? '' : ` · ${plan.batch.kind}s of ${plan.batch.size}`
  return [
    `target        ${target}${who === '' ? '' : ` (${who})`}${plan.target.embedded ? ', embedded' : ''} · RESP${plan.target.protocol}`,
    ...sentinelLines(result),
    `client        ${connectionsOf(plan)} · ${plan.load.threads} load thread${plan.load.threads === 1 ? '' : 's'}${batch} · writes ${plan.client.coalesce_writes ? 'coalesced' : 'not coalesced'}`,
    `preset        ${preset}`,
  ]
}

/** Those that all operations share, and those of their own, which are a closed loop in any case. */
function connectionsOf(plan: RunResult['plan']): string {
  const own = plan.operations.filter(({ connections }) => connections > 0)
  const more = own.map(({ name, connections }) => `${connections} of ${name}'s own`)
  if (plan.pubsub.subscribers > 0) more.push(`${plan.pubsub.subscribers} subscribers`)
  if (plan.streams.consumers > 0) more.push(`${plan.streams.consumers} stream consumers`)
  return [`${plan.load.clients} connections`, ...more].join(' + ')
}

function fileLines(files: readonly ReportFile[]): string[] {
  return files.map(({ path, error }, index) => {
    const label = index === 0 ? 'reports'.padEnd(MARGIN.length) : MARGIN
    return error === undefined ? `${label}${path}` : `${label}NOT WRITTEN: ${path} (${error})`
  })
}
