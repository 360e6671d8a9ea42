import { Document, isScalar } from 'yaml'
import type { BuiltPlan } from './build-plan.ts'

/** The plan as YAML, each value with a comment that says where it comes from. Holds no secret. */
export function printPlan({ plan, origins }: Pick<BuiltPlan, 'plan' | 'origins'>): string {
  const document = new Document(plan)
  for (const [path, origin] of origins) {
    const node = document.getIn(path.split('.'), true)
    if (isScalar(node)) node.comment = ` ${origin}`
  }
  return document.toString({ lineWidth: 0 })
}
