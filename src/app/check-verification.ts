import { UsageError } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import { verificationProblems } from '../workload/verification/problems.ts'
import { workloadSpecOf } from './run-plan-parts.ts'

/** Throws when a plan wants its values verified and they cannot be. `origins`: where each setting comes from. */
export function checkVerification(plan: RunPlan, origins: ReadonlyMap<string, string>): void {
  if (!plan.values.verify) return
  const problems = verificationProblems(workloadSpecOf(plan)).map((problem) => {
    const where = origins.get(problem.path)
    return where === undefined ? problem : { ...problem, where }
  })
  if (problems.length > 0) throw new UsageError(problems)
}
