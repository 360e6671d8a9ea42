import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServerCpuWatch } from '../../../src/app/capacity/server-cpu.ts'
import type { Deployment, DeploymentNode } from '../../../src/model/deployment.ts'
import type { Topology } from '../../../src/model/plan.ts'
import { planOf } from '../../support/plan.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const SLOTS = [[0, 100]] as const
const nodeOf = (address: string, change: Partial<DeploymentNode> = {}): DeploymentNode => ({
  ...{ address, role: 'master', master: null, slots: SLOTS, isDown: false },
  ...change,
})

/** `cores`: how much CPU the main thread of each server takes; the process takes twice as much. */
function deploymentOf(
  topology: Topology,
  nodes: readonly DeploymentNode[],
  cores: Readonly<Record<string, number>>,
): Deployment & { readonly asked: Set<string>; isClosed: boolean } {
  return {
    ...{ topology, sentinels: [], asked: new Set<string>(), isClosed: false },
    nodes: () => Promise.resolve(nodes),
    call(address) {
      this.asked.add(address)
      const seconds = (Date.now() / 1000) * (cores[address] ?? 0)
      const main = `used_cpu_sys_main_thread:${seconds / 2}\r\nused_cpu_user_main_thread:${seconds / 2}`
      return Promise.resolve(`used_cpu_sys:${seconds}\r\nused_cpu_user:${seconds}\r\n${main}\r\n`)
    },
    traffic: () => ({ dials: 0, sent: new Map() }),
    close() {
      this.isClosed = true
    },
  }
}

async function watched(deployment: Deployment, flags: Record<string, string> = {}): Promise<unknown> {
  const watch = await ServerCpuWatch.start(planOf(flags), deployment)
  const startedAt = Date.now()
  await vi.advanceTimersByTimeAsync(3000)
  const cpu = watch?.between(startedAt, Date.now())
  watch?.close()
  return cpu
}

describe('ServerCpuWatch', () => {
  it('tells the CPU of the busiest master of a Cluster, not that of a replica or of a node without slots', async () => {
    const nodes = [
      nodeOf('h:1'),
      nodeOf('h:2'),
      nodeOf('h:3', { role: 'replica', master: 'h:1', slots: [] }),
      nodeOf('h:4', { slots: [] }),
      nodeOf('h:5', { isDown: true }),
    ]
    const deployment = deploymentOf('cluster', nodes, { 'h:1': 0.25, 'h:2': 0.75, 'h:3': 1, 'h:4': 1 })
    expect(await watched(deployment)).toEqual({ main_thread: 0.75, process: 1.5 })
    expect([...deployment.asked]).toEqual(['h:1', 'h:2'])
    expect(deployment.isClosed).toBe(true)
  })

  it('is about the server itself where there is one, also when it is a replica; about replicas when they are read', async () => {
    const alone = [nodeOf('h:1', { role: 'replica', slots: [] }), nodeOf('h:2', { slots: [] })]
    const cores = { 'h:1': 0.5, 'h:2': 0.875 }
    expect(await watched(deploymentOf('standalone', alone, cores))).toMatchObject({ main_thread: 0.5 })
    const reading = { 'client.read_from': 'replicas' }
    expect(await watched(deploymentOf('sentinel', alone, cores), reading)).toMatchObject({
      main_thread: 0.875,
    })
  })

  it('is nobody where nobody is there', async () => {
    const deployment = deploymentOf('standalone', [], {})
    expect(await watched(deployment)).toBeUndefined()
    expect(deployment.isClosed).toBe(true)
  })
})
