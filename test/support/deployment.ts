import type { Deployment, DeploymentNode, DeploymentTraffic } from '../../src/model/deployment.ts'
import { slotOfKey } from '../../src/model/key-slot.ts'
import type { Topology } from '../../src/model/plan.ts'

/** Servers that are not there, with lists in one store: of a Cluster two masters, each with half of the slots. */
export class FakeDeployment implements Deployment {
  topology: Topology = 'standalone'
  readonly sentinels = []
  readonly store = new Map<string, string[]>()
  /** Commands, or `COMMAND address`. */
  readonly failing = new Set<string>()
  readonly denied = new Set<string>()
  role: 'master' | 'replica' = 'master'
  isDown = false
  isCopying = false
  /** The second master of a Cluster is gone. */
  isHalf = false
  /** Questions for a key to a server that has it not. */
  misdirected = 0
  info: Readonly<Record<string, string>> = { maxmemory_policy: 'noeviction', maxmemory: '0' }
  readonly #calls: { readonly address: string; readonly command: string }[] = []
  readonly #address: string

  constructor(address: string) {
    this.#address = address
  }

  traffic(): DeploymentTraffic {
    return { dials: 0, sent: new Map() }
  }

  push(key: string, value: string): void {
    this.store.set(key, [...(this.store.get(key) ?? []), value])
  }

  callsOf(command: string): number {
    return this.askedFor(command).length
  }

  askedFor(command: string): string[] {
    return this.#calls.filter((call) => call.command === command).map(({ address }) => address)
  }

  async nodes(): Promise<readonly DeploymentNode[]> {
    this.#answer('', this.#address)
    const node: DeploymentNode = {
      address: this.#address,
      role: this.role,
      master: null,
      slots: [],
      isDown: false,
    }
    if (this.topology !== 'cluster') return await Promise.resolve([node])
    return [
      { ...node, slots: [[0, 8191]] },
      { ...node, address: '127.0.0.1:2', slots: [[8192, 16_383]], isDown: this.isHalf },
    ]
  }

  async call(
    address: string,
    command: string,
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    this.#calls.push({ address, command })
    this.#answer(command, address)
    await Promise.resolve()
    const key = String(args[0])
    if (command === 'INFO') return this.#infoText()
    const isElsewhere = this.topology === 'cluster' && slotOfKey(key) > 8191 !== address.endsWith(':2')
    if (isElsewhere) this.misdirected++
    if (command === 'UNLINK') return this.store.delete(key) ? 1 : 0
    return this.store.get(key) ?? []
  }

  close(): void {}

  #answer(command: string, address: string): void {
    if (this.isDown) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    if (this.denied.has(command)) {
      const error = new Error('NOPERM this user has no permissions')
      error.name = 'ReplyError'
      throw error
    }
    if (this.failing.has(command) || this.failing.has(`${command} ${address}`))
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  }

  #infoText(): string {
    const replication = {
      master_link_status: this.isCopying ? 'down' : 'up',
      master_sync_in_progress: this.isCopying ? '1' : '0',
    }
    return Object.entries({ ...this.info, ...replication })
      .map(([name, value]) => `${name}:${value}\r\n`)
      .join('')
  }
}
