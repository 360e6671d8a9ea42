import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { deriveSeed } from '../model/random.ts'
import type { ProxySpec } from '../model/toxic.ts'
import { type Address, addressKey, formatAddress } from './address.ts'
import { ApiError } from './api-error.ts'
import { FaultProxy } from './fault-proxy.ts'
import type { Rewriter } from './resp/replies.ts'
import { createRewriter } from './rewrite/rewriter.ts'

export interface ProxyCollectionOptions {
  readonly seed: number
  /** A node without a proxy was found in a reply, and has one now. */
  readonly onFound?: (proxy: FaultProxy) => void
}

/** Nodes that a server may make us listen for. */
const MOST_PROXIES = 1000
/** Addresses on which everything that reaches this machine comes in. */
const ANYWHERE = new Set(['0.0.0.0', '::'])

/** All proxies, by name, and which node each of them leads to. */
export class ProxyCollection {
  readonly #options: ProxyCollectionOptions
  readonly #proxies = new Map<string, FaultProxy>()
  /** By group and address of the node. */
  readonly #nodes = new Map<string, FaultProxy>()
  readonly #underWay = new Map<string, Promise<void>>()
  #made = 0

  constructor(options: ProxyCollectionOptions) {
    this.#options = options
  }

  get all(): readonly FaultProxy[] {
    return [...this.#proxies.values()]
  }

  get(name: string): FaultProxy {
    const proxy = this.#proxies.get(name)
    if (proxy === undefined) throw new ApiError('proxy not found', 404)
    return proxy
  }

  async add(spec: ProxySpec): Promise<FaultProxy> {
    if (this.#proxies.has(spec.name)) throw new ApiError('proxy already exists', 409)
    const proxy = this.#create(spec)
    if (spec.enabled !== false) await proxy.start()
    this.#proxies.set(spec.name, proxy)
    await this.#learnNames(proxy)
    return proxy
  }

  /** As {@link add}; a proxy of that name stays as it is when it leads from and to the same, and is replaced otherwise. */
  async addOrReplace(spec: ProxySpec): Promise<FaultProxy> {
    const existing = this.#proxies.get(spec.name)
    if (existing === undefined) return this.add(spec)
    const { listen, upstream } = this.#create(spec)
    if (!existing.differsFrom(listen, upstream)) return existing
    await this.remove(spec.name)
    return this.add(spec)
  }

  async remove(name: string): Promise<void> {
    const proxy = this.get(name)
    await proxy.stop()
    this.#proxies.delete(name)
    this.#forget(proxy)
  }

  async update(name: string, listen: string, upstream: string, isEnabled: boolean): Promise<FaultProxy> {
    const proxy = this.get(name)
    const before = addressKey(proxy.upstream)
    await proxy.update(listen, upstream, isEnabled)
    if (addressKey(proxy.upstream) !== before) {
      this.#forget(proxy)
      await this.#learnNames(proxy)
    }
    return proxy
  }

  /** All proxies on, all toxics gone. */
  async reset(): Promise<void> {
    for (const proxy of this.#proxies.values()) {
      await proxy.removeToxics()
      await proxy.start()
    }
  }

  async close(): Promise<void> {
    for (const proxy of this.#proxies.values()) await proxy.stop()
    this.#proxies.clear()
    this.#nodes.clear()
  }

  #create(spec: ProxySpec): FaultProxy {
    const proxy: FaultProxy = new FaultProxy({
      spec,
      seed: deriveSeed(this.#options.seed, this.#made++),
      createRewriter: (localHost) => this.#createRewriter(proxy, localHost),
      onConnected: (found, address) => this.#learn(found, address),
    })
    return proxy
  }

  #createRewriter(proxy: FaultProxy, localHost: string): Rewriter | undefined {
    if (proxy.spec.rewrite === undefined) return undefined
    return createRewriter({
      find: (node) => {
        const found = this.#nodes.get(nodeKey(proxy.spec, node))
        if (found === undefined) return undefined
        const { host, port } = found.listen
        return { host: ANYWHERE.has(host) ? localHost.replace(/^::ffff:/, '') : host, port }
      },
      provide: async (nodes) => {
        await Promise.all(nodes.map((node) => this.#provide(proxy, node)))
      },
      ownHost: () => proxy.upstream.host,
    })
  }

  /** Makes a proxy for a node that was found through another one; once, also when many ask. */
  #provide(near: FaultProxy, node: Address): Promise<void> {
    const key = nodeKey(near.spec, node)
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) return underWay
    if (this.#nodes.has(key) || this.#proxies.size >= MOST_PROXIES) return Promise.resolve()
    const upstream = formatAddress(node)
    const providing = this.add({
      ...near.spec,
      name: `${groupOf(near.spec)}-${upstream}`,
      listen: formatAddress({ host: near.listen.host, port: 0 }),
      upstream,
      enabled: true,
    })
      .then((proxy) => this.#options.onFound?.(proxy))
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, providing)
    return providing
  }

  #learn(proxy: FaultProxy, address: Address): void {
    if (proxy.spec.rewrite === undefined || this.#proxies.get(proxy.name) !== proxy) return
    const key = nodeKey(proxy.spec, address)
    // A proxy that was made for this very address comes first.
    if (!this.#nodes.has(key)) this.#nodes.set(key, proxy)
  }

  /** A node that was given by name is known by its addresses, too. */
  async #learnNames(proxy: FaultProxy): Promise<void> {
    if (proxy.spec.rewrite === undefined) return
    const { host, port } = proxy.upstream
    this.#learn(proxy, proxy.upstream)
    if (isIP(host) !== 0 || host === '') return
    const addresses = await lookup(host, { all: true }).catch(() => [])
    for (const { address } of addresses) this.#learn(proxy, { host: address, port })
  }

  #forget(proxy: FaultProxy): void {
    for (const [key, known] of this.#nodes) if (known === proxy) this.#nodes.delete(key)
  }
}

function groupOf({ group, rewrite }: ProxySpec): string {
  return group ?? rewrite ?? 'node'
}

function nodeKey(spec: ProxySpec, node: Address): string {
  return `${groupOf(spec)} ${addressKey(node)}`
}
