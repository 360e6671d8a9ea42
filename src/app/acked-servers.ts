import { slotOfKey } from '../model/key-slot.ts'
import type { Deployment, DeploymentNode } from '../model/deployment.ts'
import { bounded } from '../redis/bounded.ts'
import { type InfoFields, parseInfo } from '../redis/info.ts'

/** Nobody can say now what is stored: a failover, or a copy, is under way. */
export class NotReadyError extends Error {}

/** Where keys are stored now. */
export interface Masters {
  readonly addresses: readonly string[]
  /** `undefined` when nobody has the slot of a key. */
  of(key: string): string | undefined
}

/** The servers of a deployment as the audit of acknowledged writes asks them: everything within a bound. */
export class AckedServers {
  readonly #deployment: Deployment

  constructor(deployment: Deployment) {
    this.#deployment = deployment
  }

  /** What is asked over one `channel` does not touch what is asked over another. */
  async call(
    address: string,
    command: string,
    args: readonly (string | number)[],
    limitMillis: number,
    channel = '',
  ): Promise<unknown> {
    const answer = this.#deployment.call(address, command, args, limitMillis, channel)
    // Dialling has bounds of its own, which may be longer.
    answer.catch(() => {})
    return await bounded(answer, limitMillis, command)
  }

  async info(address: string, section: string, limitMillis: number): Promise<InfoFields> {
    return parseInfo(String(await this.call(address, 'INFO', [section], limitMillis)))
  }

  async nodes(limitMillis: number): Promise<readonly DeploymentNode[]> {
    const answer = this.#deployment.nodes(limitMillis)
    answer.catch(() => {})
    return await bounded(answer, limitMillis, 'finding the servers')
  }

  /**
   * The current masters. Throws a {@link NotReadyError} while it is not settled who they are. `isLastTry`: of a single server
   * that became a replica and cannot reach its master, what it holds is taken as it is.
   */
  async masters(limitMillis: number, isLastTry = false): Promise<Masters> {
    const nodes = await this.nodes(limitMillis)
    if (this.#deployment.topology === 'cluster') return ofCluster(nodes)
    const [first] = nodes
    if (first === undefined) throw new NotReadyError('there is no server')
    if (first.role === 'replica') {
      if (this.#deployment.topology === 'sentinel') throw new NotReadyError(`${first.address} is no master`)
      if (!isLastTry) await this.#expectCopied(first.address, limitMillis)
    }
    return { addresses: [first.address], of: () => first.address }
  }

  /** A replica shows its old data until it begins to load that of its master. */
  async #expectCopied(address: string, limitMillis: number): Promise<void> {
    const info = await this.info(address, 'replication', limitMillis)
    if (info.get('master_link_status') !== 'up' || info.get('master_sync_in_progress') === '1')
      throw new NotReadyError(`${address} is a replica that has not copied its master yet`)
  }
}

function ofCluster(nodes: readonly DeploymentNode[]): Masters {
  const masters = nodes.filter(({ role, slots, isDown }) => role === 'master' && slots.length > 0 && !isDown)
  return {
    addresses: masters.map(({ address }) => address),
    of(key) {
      const slot = slotOfKey(key)
      return masters.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last))
        ?.address
    },
  }
}
