import type { UndoTarget } from '../../src/faults/take-back.ts'
import type { DeploymentNode } from '../../src/model/deployment.ts'
import type { FaultTarget } from '../../src/model/fault.ts'

export interface Call {
  readonly address: string
  readonly words: readonly string[]
}

export interface FakeTarget extends FaultTarget, UndoTarget {
  readonly calls: Call[]
  readonly killed: string[]
  /** `address: COMMAND ARGS`, as they were sent. */
  said(): string[]
}

export interface FakeParts {
  readonly nodes?: readonly DeploymentNode[]
  /** Ids of our connections, all at the first node. */
  readonly connections?: readonly string[]
  readonly gone?: readonly string[]
  readonly topology?: FaultTarget['deployment']['topology']
  readonly sentinels?: readonly string[]
  /** Answer to a command; an Error is a refusal. Without one, OK. */
  readonly answer?: (address: string, words: readonly string[]) => unknown
  readonly changes?: Partial<FaultTarget>
}

export function node(address: string, parts: Partial<DeploymentNode> = {}): DeploymentNode {
  return { address, role: 'master', master: null, slots: [], isDown: false, ...parts }
}

/** A deployment that answers as it is told, and remembers what it was asked. */
export function fakeTarget(parts: FakeParts = {}): FakeTarget {
  const { nodes = [node('127.0.0.1:7000')], connections = [], gone = [], answer, topology, sentinels } = parts
  const calls: Call[] = []
  const killed: string[] = []
  return {
    calls,
    killed,
    said: () => calls.map(({ address, words }) => `${address}: ${words.join(' ')}`),
    deployment: {
      topology: topology ?? 'standalone',
      sentinels: sentinels ?? [],
      nodes: () => Promise.resolve(nodes),
      call(address, command, args) {
        const words = [command, ...args.map(String)]
        calls.push({ address, words })
        const given = answer?.(address, words) ?? 'OK'
        return given instanceof Error ? Promise.reject(given) : Promise.resolve(given)
      },
      traffic: () => ({ dials: 0, sent: new Map() }),
      close() {},
    },
    loadAddresses: null,
    listConnections: (address) =>
      Promise.resolve(address === nodes[0]!.address ? connections.map((id) => ({ address, id })) : []),
    killConnection({ id }) {
      killed.push(id)
      return Promise.resolve(!gone.includes(id))
    },
    cutConnections: (share) => Promise.resolve(Math.round(share * connections.length)),
    processOf: () => undefined,
    user: 'default',
    sentinelMaster: 'mymaster',
    passwords: { rotate: () => Promise.resolve(), restore: () => Promise.resolve() },
    migrateCredentials: () => [],
    toxiproxy: null,
    isOurToxiproxy: false,
    isAllowed: () => true,
    startEmbedded: () => Promise.resolve(),
    ...parts.changes,
  }
}
