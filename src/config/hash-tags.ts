import type { CommandBook } from '../model/command-book.ts'
import type { BatchPlan, OperationPlan } from '../model/plan.ts'
import type { Resolved } from './sources.ts'

const TAGS = 64
const KEY = /\{(?:key|same)\b/g
const REPEATED_KEY = /\([^()]*\{(?:key|same)\b[^()]*\)\*/

/**
 * Decides how many hash tags keys get where nobody says: in a Cluster, some if a command or a transaction of the workload
 * has several keys, which then have to be in one slot; otherwise none, so that keys spread over all slots.
 */
export function deriveHashTags(
  resolved: Resolved,
  operations: readonly OperationPlan[],
  batch: BatchPlan,
  commands: CommandBook,
): void {
  const tags = resolved.get('keys.hash_tags')!
  if (tags.value !== null) return
  const isCluster = resolved.get('target.topology')?.value === 'cluster'
  const needsThem =
    batch.kind === 'transaction' || operations.some((operation) => hasSeveralKeys(operation, commands))
  const most = Math.min(TAGS, Number(resolved.get('keys.count')?.value))
  resolved.set('keys.hash_tags', { ...tags, value: isCluster && needsThem ? most : 0 })
}

function hasSeveralKeys({ batch, commands, watch }: OperationPlan, book: CommandBook): boolean {
  if (batch.kind === 'transaction' || watch.length > 0) return true
  return commands.some((command) => {
    const template = book.templateOf(command)
    return (template.match(KEY) ?? []).length > 1 || REPEATED_KEY.test(template)
  })
}
