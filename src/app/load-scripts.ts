import { type Problem, UsageError } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { CleanupStack } from './cleanup-stack.ts'
import { scriptTextOf } from './run-plan-parts.ts'

const LIMIT_MILLIS = 5000

/**
 * Loads the Lua scripts and function libraries of a plan into the server, and takes the libraries out again at the end;
 * scripts stay in its cache, as EVAL leaves them there, too. Throws a `UsageError` for one that the server refuses.
 */
export async function loadScripts(
  plan: RunPlan,
  control: ControlClient,
  cleanup: CleanupStack,
): Promise<void> {
  const problems: Problem[] = []
  for (const [index, { script }] of plan.operations.entries()) {
    if (script === null) continue
    const text = scriptTextOf(script, plan)
    try {
      if (script.engine === 'script') await control.call('SCRIPT', ['LOAD', text], LIMIT_MILLIS)
      else {
        const library = String(await control.call('FUNCTION', ['LOAD', 'REPLACE', text], LIMIT_MILLIS))
        cleanup.add(`remove the function library ${library}`, async () => {
          await control.call('FUNCTION', ['DELETE', library], LIMIT_MILLIS).catch(ignoreAbsence)
        })
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const path = `operations.${index}.${script.engine}`
      problems.push({ path, where: script.file, message: `the server does not load it: ${reason}` })
    }
  }
  if (problems.length > 0) throw new UsageError(problems)
}

/** Two operations may call functions of one library. */
function ignoreAbsence(error: unknown): void {
  if (!String(error).includes('Library not found')) throw error
}
