import { STDOUT } from '../app/result-files.ts'
import type { SeriesStep } from '../app/series-order.ts'
import type { Against } from '../config/against.ts'
import type { BuiltPlan } from '../config/build-plan.ts'
import { SETTINGS } from '../config/settings.ts'
import type { FileEntry } from '../config/sources.ts'
import { UsageError } from '../model/errors.ts'
import type { PlanFromOptions } from './commands/plan-from-options.ts'

const WHERE = '--repeat'
const SEVERAL = { message: 'several results cannot go to standard output', hint: 'give the path of a file' }

/** The plan of one run of a series: its own run id, and its own files (`result.json` becomes `result-b2.json`). */
export function planOfStep(
  planned: PlanFromOptions,
  step: SeriesStep,
  against: Against | undefined,
): BuiltPlan {
  const mine = step.side === 1 ? against : undefined
  const side = against === undefined ? '' : 'ab'[step.side]!
  const suffix = `-${step.isWarmUp ? 'warmup-' : ''}${side}${step.number}`
  const own = new Map<string, FileEntry>([...(mine?.settings ?? []), ...labelsOf(planned, suffix)])
  for (const [key, path] of pathsOf(planned, own))
    own.set(key, { input: withSuffix(path, suffix), where: WHERE })
  const built = planned.rebuild(own, mine?.profile)
  if (!step.isWarmUp) return built
  // What does not count does not belong to the history.
  return { ...built, plan: { ...built.plan, output: { ...built.plan.output, results_dir: null } } }
}

/** A run id that was given belongs to all of them. */
function labelsOf({ built: { origins, resolved } }: PlanFromOptions, suffix: string): [string, FileEntry][] {
  if (origins.get('identity.run_id') === 'default') return []
  const runId = String(resolved.get('identity.run_id')?.value)
  return [['identity.run_id', { input: `${runId}${suffix}`, where: WHERE }]]
}

/** Files that every run would write over. */
function pathsOf({ built }: PlanFromOptions, own: ReadonlyMap<string, FileEntry>): [string, string][] {
  return SETTINGS.filter(
    ({ key, kind }) => key.startsWith('output.') && kind.isPath === true && key !== 'output.results_dir',
  ).flatMap(({ key }): [string, string][] => {
    const path = own.get(key)?.input ?? built.resolved.get(key)?.value
    if (path === STDOUT) throw new UsageError([{ path: key, ...SEVERAL }])
    return typeof path === 'string' && !path.includes('{run_id}') ? [[key, path]] : []
  })
}

function withSuffix(path: string, suffix: string): string {
  return path.replace(/(\.\w+)?$/, `${suffix}$1`)
}
