import type { DeploymentTraffic } from '../model/deployment.ts'

/** What both sent. */
export function addTraffic(one: DeploymentTraffic, other: DeploymentTraffic | undefined): DeploymentTraffic {
  if (other === undefined) return one
  const sent = new Map(one.sent)
  for (const [command, count] of other.sent) sent.set(command, (sent.get(command) ?? 0) + count)
  return { dials: one.dials + other.dials, sent }
}
