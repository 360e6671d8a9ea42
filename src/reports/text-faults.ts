import type { FaultResult } from '../model/fault-result.ts'
import type { RunResult } from '../model/result.ts'

const SHOWN = 20

/** What was broken on purpose: by kind, and those that lasted one by one. */
export function* faultLines({ faults, run_start: start }: RunResult): Generator<string> {
  const kinds = [...new Set(faults.map(({ kind }) => kind))]
  for (const kind of kinds) yield `faults        ${total(faults.filter((fault) => fault.kind === kind))}`
  const lasting = faults.filter(({ reverted, error }) => reverted !== null && error === null)
  for (const fault of lasting.slice(0, SHOWN)) yield `              ${one(fault, start * 1000)}`
  if (lasting.length > SHOWN) yield `              and ${lasting.length - SHOWN} more`
}

function total(faults: readonly FaultResult[]): string {
  const hit = faults.reduce((sum, { connections }) => sum + connections, 0)
  const errors = faults.flatMap(({ error }) => error ?? [])
  const failed = errors.length === 0 ? '' : `, ${errors.length} failed (${errors[0]})`
  return `${faults[0]!.kind} × ${faults.length}: ${hit} connections${failed}`
}

/** `pause after 20.0 s for 2.0 s on 127.0.0.1:6379: CLIENT PAUSE 2000 ALL`. */
function one({ kind, at_ms, ended_at_ms, nodes, detail, origin }: FaultResult, startMillis: number): string {
  const began = ((at_ms - startMillis) / 1000).toFixed(1)
  const length = ended_at_ms === null ? '' : ` for ${((ended_at_ms - at_ms) / 1000).toFixed(1)} s`
  const where = nodes.length === 0 ? '' : ` on ${nodes.join(', ')}`
  return `${kind} after ${began} s${length}${where}: ${detail}${origin === 'live' ? ' (live)' : ''}`
}

/** Loud: somebody has to do by hand what the run could not. */
export function revertWarnings({ faults, plan }: RunResult): string[] {
  const open = faults.filter(({ reverted }) => reverted === false)
  if (open.length === 0) return []
  const { journal } = plan.output
  return [
    `FAULTS WERE NOT TAKEN BACK: ${open.length}; the servers are not as they were`,
    ...open.map(
      ({ kind, nodes, revert_error: why }) => `              ${kind} on ${nodes.join(', ')}: ${why}`,
    ),
    ...(journal === null ? [] : [`              try: redis-test recover ${journal}`]),
  ]
}
