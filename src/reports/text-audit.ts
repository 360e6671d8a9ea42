import type { RunResult } from '../model/result.ts'
import { formatCount } from './format.ts'
import type { SummaryMode } from './text-operations.ts'

const FINDINGS_SHOWN = 5

/** Loud when the data was not what it had to be. */
export function* verificationLines({ verification }: RunResult): Generator<string> {
  if (verification === null) return
  const { ok, wrong, stale, missing, unjudged, findings } = verification
  const reads = formatCount(ok + wrong + stale + missing + unjudged)
  const open = unjudged === 0 ? '' : ` · ${formatCount(unjudged)} could not be judged`
  if (wrong + stale + missing === 0)
    yield `verification  ${reads} reads: ${formatCount(ok)} right${open} · none wrong, stale or missing`
  else {
    yield `READS WENT WRONG: ${formatCount(wrong)} wrong · ${formatCount(stale)} stale · ${formatCount(missing)} missing`
    yield `verification  ${reads} reads: ${formatCount(ok)} right${open}`
  }
  for (const { verdict, key, at_least, got } of findings.slice(0, FINDINGS_SHOWN))
    yield `              ${verdict}: ${key} gave ${got}, expected sequence ${at_least} or later`
  if (verification.missing_unjudged_because !== null)
    yield `              missing values are not (all) judged: ${verification.missing_unjudged_because}`
}

/** Whether the numbers add up, among themselves and with those of the server. */
export function auditLines({ audit }: RunResult, mode: SummaryMode): string[] {
  const failed = audit.checks.filter(({ ok }) => !ok)
  const { status, reason, commands } = audit.server
  const agreeing = commands.filter(({ ok }) => ok)
  const agrees =
    status === 'not_comparable' ? '' : `, the server's counts agree (${agreeing.length} commands)`
  const lines = [
    audit.ok
      ? `audit         ok: ${audit.checks.length} equations hold${mode === 'compact' ? agrees : ''}`
      : 'AUDIT FAILED: these numbers contradict each other; do not use them',
    ...failed.map(({ name, detail }) => `              ${name}: ${detail}`),
  ]
  if (status === 'not_comparable') lines.push(`              not compared with the server: ${reason}`)
  const told = mode === 'full' || !audit.ok ? commands : []
  for (const { command, server, at_least, at_most, ok } of told)
    lines.push(
      `              ${command}: server ${formatCount(server)} ${ok ? 'within' : 'OUTSIDE'} ${rangeOf(at_least, at_most)}`,
    )
  return lines
}

function rangeOf(atLeast: number, atMost: number | null): string {
  if (atMost === null) return `${formatCount(atLeast)} or more: others call it, too`
  return atLeast === atMost
    ? `${formatCount(atLeast)} exactly`
    : `${formatCount(atLeast)}…${formatCount(atMost)}`
}
