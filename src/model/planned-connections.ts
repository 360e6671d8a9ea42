import type { RunPlan } from './plan.ts'

/** Connections of a run besides the control connection: those that operations share or have for themselves, and listeners. */
export function plannedConnections({ load, operations, pubsub, streams }: RunPlan): number {
  const isShared = operations.some(({ connections }) => connections === 0)
  const own = operations.reduce((sum, { connections }) => sum + connections, 0)
  return (isShared ? load.clients : 0) + own + pubsub.subscribers + streams.consumers
}
