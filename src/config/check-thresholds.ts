import type { Problem } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import { parseThreshold, type Threshold } from '../model/threshold.ts'
import { thresholdMetric } from '../model/threshold-metrics.ts'
import { readFaultSelector } from '../model/threshold-disturbances.ts'
import { suggest } from './suggest.ts'

/** What is wrong with a threshold in this plan: about something that the run cannot have. */
interface Complaint {
  readonly message: string
  readonly hint: string
}

/**
 * Thresholds against the rest of the plan: a threshold that could never be judged is a mistake of its writer.
 * `operations` are the names under which the workload counts its commands and batches.
 */
export function checkThresholds(
  { plan, origins }: { readonly plan: RunPlan; readonly origins: ReadonlyMap<string, string> },
  operations: readonly string[],
): Problem[] {
  return [
    ...checkList('thresholds', { plan, origins }, operations),
    ...checkList('expect', { plan, origins }, operations),
  ]
}

function checkList(
  list: 'thresholds' | 'expect',
  { plan, origins }: { readonly plan: RunPlan; readonly origins: ReadonlyMap<string, string> },
  operations: readonly string[],
): Problem[] {
  return plan[list].flatMap(({ expression, abort_on_fail }, index) => {
    const parsed = parseThreshold(expression)
    if ('error' in parsed) return []
    const path = `${list}.${index}`
    const where = origins.get(`${path}.expression`) ?? 'default'
    const { threshold } = parsed
    const complaints = [
      ...complainOfOperation(threshold, operations),
      ...complainOfFault(threshold, plan),
      ...complainOfPhase(threshold, plan),
      ...complainOfModel(threshold, plan),
      ...complainOfServers(threshold, plan),
      ...(abort_on_fail ? complainOfAbort(threshold) : []),
    ]
    return complaints.map(({ message, hint }) => ({
      path,
      where,
      message: `"${expression}": ${message}`,
      hint,
    }))
  })
}

/** A disturbance may also begin by itself: `fault(none)`. */
function* complainOfFault({ metric, operation }: Threshold, { faults }: RunPlan): Generator<Complaint> {
  if (thresholdMetric(metric).operation !== 'fault' || operation === null) return
  const { kind } = readFaultSelector(operation)
  const known: string[] = [...new Set(faults.map((fault) => fault.kind))]
  if (kind === null || known.includes(kind)) return
  yield {
    message: `the plan has no fault ${kind}`,
    hint: suggest(kind, known) ?? (known.length === 0 ? 'it has no faults' : `it has ${known.join(', ')}`),
  }
}

function* complainOfOperation(
  { metric, operation }: Threshold,
  known: readonly string[],
): Generator<Complaint> {
  const { operation: rule } = thresholdMetric(metric)
  if (rule === 'fault' || rule === 'instant') return
  if (operation === null || known.includes(operation)) return
  yield {
    message: `the workload has no operation ${operation}`,
    hint: suggest(operation, known) ?? `it has ${known.join(', ')}`,
  }
}

function* complainOfPhase({ phase }: Threshold, { load }: RunPlan): Generator<Complaint> {
  if (phase === null) return
  const known = [...new Set(load.stages.map(({ name }) => name))]
  if (known.includes(phase)) return
  yield {
    message: `there is no phase ${phase}`,
    hint:
      known.length === 0
        ? 'the load has no stages; leave out "in …"'
        : (suggest(phase, known) ?? `the stages are ${known.join(', ')}`),
  }
}

function* complainOfModel({ metric }: Threshold, { load }: RunPlan): Generator<Complaint> {
  if (load.model === 'open' || thresholdMetric(metric).needsOpenLoop !== true) return
  yield {
    message: `${metric} is not measured in a closed loop, whose commands have no due instant`,
    hint: 'use service, or set a target rate',
  }
}

function* complainOfServers({ metric }: Threshold, { server }: RunPlan): Generator<Complaint> {
  const { needsServers } = thresholdMetric(metric)
  if (needsServers !== undefined && server.metrics === 'off')
    yield {
      message: `${metric} is what servers say of themselves, and nobody asks them`,
      hint: 'leave out --server-metrics off',
    }
  else if (needsServers === 'full' && server.metrics !== 'full')
    yield {
      message: `${metric} is about slow logs, and nobody asks for them`,
      hint: 'use --server-metrics full',
    }
}

function* complainOfAbort({ metric, comparison }: Threshold): Generator<Complaint> {
  const { course } = thresholdMetric(metric)
  if (course === 'known_at_end')
    yield { message: `${metric} is known at the end only, so it cannot end the run`, hint: 'leave out abort' }
  else if (course === 'counts' && (comparison.startsWith('>') || comparison === '!='))
    yield {
      message: `${metric} only grows, so it may still come true and cannot end the run`,
      hint: 'leave out abort',
    }
}
