import type { Deployment } from '../model/deployment.ts'
import { type Problem, UsageError } from '../model/errors.ts'
import { FAULT_CATALOGUE, type FaultKind, isDangerousFault } from '../model/fault-catalogue.ts'
import { isAddress } from '../model/node-selector.ts'
import type { FaultPlan } from '../model/fault-plan.ts'
import type { RunPlan } from '../model/plan.ts'
import { isFaultTarget } from './fault-target.ts'

const LIMIT_MILLIS = 5000

interface Asked {
  readonly plan: RunPlan
  readonly fault: FaultPlan
  readonly hasPassword: boolean
}

type Rule = (asked: Asked) => string | undefined

const isForCluster: Rule = ({ plan, fault }) =>
  plan.target.topology === 'cluster' ? undefined : `${fault.kind} needs --topology cluster`
const isNotForCluster: Rule = ({ plan, fault }) =>
  plan.target.topology === 'cluster' ? `${fault.kind} is not for a Cluster` : undefined
const hasCommands: Rule = ({ plan, fault: { kind, params } }) => {
  const names = Object.keys(FAULT_CATALOGUE[kind].parameters)
  if (plan.target.embedded || names.every((name) => params[name] !== undefined)) return undefined
  return `${kind} needs ${names.join(' and ')}, or --embedded-redis`
}

/** What a kind needs of the plan. */
const NEEDS: Partial<Record<FaultKind, Rule>> = {
  freeze: hasCommands,
  crash: hasCommands,
  failover: isNotForCluster,
  'role-change': isNotForCluster,
  'cluster-failover': isForCluster,
  'slot-migration': isForCluster,
  'sentinel-failover': ({ plan }) =>
    plan.target.topology === 'sentinel' ? undefined : 'sentinel-failover needs --topology sentinel',
  'password-rotation': ({ hasPassword }) => (hasPassword ? undefined : 'password-rotation needs a password'),
  proxy: ({ plan: { proxy, client } }) =>
    proxy.url === null && client.read_from === 'replicas'
      ? 'proxy needs --toxiproxy when replicas are read'
      : undefined,
}

const isPermitted: Rule = ({ plan, fault }) => {
  if (!isDangerousFault(fault)) return undefined
  const { kind, on } = fault
  if (!plan.safety.allow_dangerous)
    return `${kind} acts on more than the connections of this run: --allow-dangerous permits it`
  if (on === null || !isAddress(on) || isFaultTarget(plan, on)) return undefined
  return `${on} is not on the list of targets: --fault-target ${on} puts it there`
}

/** Why a fault cannot be done in this run, as far as the plan tells; `undefined` when nothing speaks against it. */
export function faultProblem(plan: RunPlan, fault: FaultPlan, hasPassword: boolean): string | undefined {
  const asked = { plan, fault, hasPassword }
  return isPermitted(asked) ?? NEEDS[fault.kind]?.(asked)
}

/** Refuses a plan whose faults cannot or may not be done; before anything is connected. */
export function checkFaults(plan: RunPlan, hasPassword: boolean): void {
  const problems = plan.faults.flatMap((fault, index): Problem[] => {
    const message = faultProblem(plan, fault, hasPassword)
    return message === undefined ? [] : [{ path: `faults.${index}`, message }]
  })
  if (problems.length > 0) throw new UsageError(problems)
}

/** Refuses a deployment with servers that dangerous faults of the plan may choose and must not hit. */
export async function checkFaultTargets(plan: RunPlan, deployment: Deployment): Promise<void> {
  const chosen = plan.faults.filter((fault) => isDangerousFault(fault) && !isAddress(fault.on ?? ''))
  if (chosen.every(({ kind }) => kind === 'http')) return
  const nodes = await deployment.nodes(LIMIT_MILLIS)
  const forbidden = nodes.map(({ address }) => address).filter((address) => !isFaultTarget(plan, address))
  if (forbidden.length === 0) return
  throw new UsageError([
    {
      path: 'safety.fault_targets',
      message: `${forbidden.join(', ')} ${forbidden.length === 1 ? 'is' : 'are'} not on the list of targets of dangerous faults`,
      hint: `--fault-target ${forbidden.join(',')} puts ${forbidden.length === 1 ? 'it' : 'them'} there`,
    },
  ])
}
