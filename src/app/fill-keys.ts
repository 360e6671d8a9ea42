import { ConnectError } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import type { PreloadState } from '../model/thread-message.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { formatCount } from '../reports/format.ts'
import type { LoadThreads } from './load-threads.ts'
import type { RunFrame } from './prepare-run.ts'

const LINE_EVERY_MILLIS = 1000

/** Fills the keys before the load, at full speed and with a line a second. Throws when the server does not take them. */
export async function fillKeys(
  plan: RunPlan,
  threads: LoadThreads,
  { log, stderr }: Pick<RunFrame, 'log' | 'stderr'>,
): Promise<void> {
  const startedAt = performance.now()
  let lineAt = startedAt
  const state = await threads.preload((progress) => {
    const now = performance.now()
    if (plan.output.quiet || now - lineAt < LINE_EVERY_MILLIS) return
    lineAt = now
    stderr(`${renderLine(progress, (now - startedAt) / 1000)}\n`)
  })
  const { written, failed, error } = state
  if (error !== null)
    throw new ConnectError(
      `cannot fill the keys at ${describeTarget(plan.target)}: ${formatCount(written)} written, ${formatCount(failed)} failed (${error})`,
      'is there room for them (maxmemory), and may the user write?',
    )
  const seconds = (performance.now() - startedAt) / 1000
  log.info({ keys: written, seconds: Math.round(seconds * 1000) / 1000 }, 'filled the keys')
}

function renderLine({ written, expected }: PreloadState, seconds: number): string {
  const share = expected === 0 ? 100 : Math.min(100, (100 * written) / expected)
  const rate = written / seconds
  const left = rate === 0 ? '' : ` · ${Math.ceil(Math.max(0, expected - written) / rate)} s left`
  return `preload ${share.toFixed(0).padStart(3)} % · ${formatCount(written)} of about ${formatCount(expected)} keys · ${formatCount(Math.round(rate))} keys/s${left}`
}
