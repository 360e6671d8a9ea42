import { writeAddress } from '../model/address.ts'
import type { Deployment, DeploymentNode } from '../model/deployment.ts'
import type { TargetPlan } from '../model/plan.ts'
import { parseInfo } from '../redis/info.ts'
import { parseClusterNodes, replicasOf } from '../redis/parse-topology.ts'

/** Whom to ask, and how. */
export interface NodeFinding {
  readonly target: TargetPlan
  /** The Sentinels, or servers of the deployment. */
  readonly entrances: readonly string[]
  readonly call: Deployment['call']
  /** Servers that are known from before. */
  readonly known: () => Iterable<string>
}

/** Asks a deployment for all of its servers, in the way of its topology. */
export function findNodes(finding: NodeFinding, limitMillis: number): Promise<DeploymentNode[]> {
  return finders[finding.target.topology](finding, limitMillis)
}

const finders: Record<
  TargetPlan['topology'],
  (finding: NodeFinding, limitMillis: number) => Promise<DeploymentNode[]>
> = {
  standalone: (finding, limitMillis) => masterAndReplicas(finding, finding.entrances[0]!, limitMillis),
  async cluster(finding, limitMillis) {
    const addresses = [...finding.entrances, ...finding.known()]
    const text = await askFirst(finding, addresses, ['CLUSTER', 'NODES'], limitMillis)
    return parseClusterNodes(String(text)).map((node) => ({
      ...node,
      address: reachedAddress(finding.target, node.address),
      master: node.master === null ? null : reachedAddress(finding.target, node.master),
    }))
  },
  async sentinel(finding, limitMillis) {
    const { name } = finding.target.sentinel
    const question = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name] as const
    const answer = (await askFirst(finding, finding.entrances, question, limitMillis)) as
      | [string, string]
      | null
    if (answer === null) throw new Error(`the Sentinels do not know a master named ${name}`)
    const [host, port] = answer
    const master = reachedAddress(finding.target, writeAddress({ host, port: Number(port) }))
    return await masterAndReplicas(finding, master, limitMillis)
  },
}

/**
 * Whoever answers first. They are asked in the order given; the next one as soon as one has failed, or has been silent for
 * its share of the limit: a frozen server must not hide the others.
 */
function askFirst(
  { call }: NodeFinding,
  addresses: readonly string[],
  [command, ...args]: readonly [string, ...string[]],
  limitMillis: number,
): Promise<unknown> {
  const asked = [...new Set(addresses)]
  const deadline = performance.now() + limitMillis
  return new Promise((resolve, reject) => {
    let next = 0
    let silent = asked.length
    let failure: unknown
    let impatience: NodeJS.Timeout | undefined
    const end = (): void => {
      clearTimeout(impatience)
      if (failure === undefined) resolve(null)
      else reject(failure)
    }
    const ask = (): void => {
      clearTimeout(impatience)
      const address = asked[next++]
      if (address === undefined) return
      impatience = setTimeout(ask, limitMillis / asked.length)
      const noAnswer = (): void => {
        if (--silent === 0) end()
        else ask()
      }
      call(address, command, args, Math.max(1, deadline - performance.now())).then(
        (answer) => {
          if (answer === null) noAnswer()
          else {
            clearTimeout(impatience)
            resolve(answer)
          }
        },
        (error: unknown) => {
          failure = error
          noAnswer()
        },
      )
    }
    if (asked.length === 0) resolve(null)
    else ask()
  })
}

async function masterAndReplicas(
  finding: NodeFinding,
  master: string,
  limitMillis: number,
): Promise<DeploymentNode[]> {
  const info = parseInfo(String(await finding.call(master, 'INFO', ['replication'], limitMillis)))
  const role = info.get('role') === 'slave' ? 'replica' : 'master'
  const replicas = replicasOf(info).map(({ address }): DeploymentNode => {
    return {
      address: reachedAddress(finding.target, address),
      role: 'replica',
      master,
      slots: [],
      isDown: false,
    }
  })
  return [{ address: master, role, master: null, slots: [], isDown: false }, ...replicas]
}

/** Where an address that a server announces is reached from here. */
export function reachedAddress({ nat_map }: TargetPlan, announced: string): string {
  const pair = nat_map.find((entry) => entry.startsWith(`${announced}=`))
  return pair === undefined ? announced : pair.slice(announced.length + 1)
}
