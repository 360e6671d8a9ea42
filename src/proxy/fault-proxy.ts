import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { ProxyConnection, ProxySpec, ProxyState, ProxyStats, Toxic, ToxicValue } from '../model/toxic.ts'
import { type Address, formatAddress, parseAddress } from './address.ts'
import { ApiError, badRequest } from './api-error.ts'
import { Connection } from './connection.ts'
import { countApplied, createCounters, describeCounters } from './counters.ts'
import type { Rewriter } from './resp/replies.ts'
import { isRespToxic, isToxicType } from './toxic-kinds.ts'
import { type ActiveToxic, asObject, createToxicSet, describeToxic, type ToxicSet } from './toxic-set.ts'

export interface FaultProxyOptions {
  readonly spec: ProxySpec
  readonly seed: number
  /** The rewriter of one connection, whose client came in at this address of ours. */
  readonly createRewriter: (localHost: string) => Rewriter | undefined
  /** The server is known under this address as well. */
  readonly onConnected: (proxy: FaultProxy, address: Address) => void
}

/** A client that comes again and again while nothing answers must not use up what the process may open. */
const MOST_CONNECTIONS = 10_000

/** A listener, its connections and their toxics. */
export class FaultProxy {
  readonly name: string
  readonly spec: ProxySpec
  readonly #options: FaultProxyOptions
  readonly #toxics: ToxicSet
  readonly #counters = createCounters()
  readonly #connections = new Map<number, Connection>()
  #listen: Address
  #upstream: Address
  #isEnabled = false
  #server: Server | undefined

  constructor(options: FaultProxyOptions) {
    const { spec, seed } = options
    this.name = spec.name
    this.spec = spec
    this.#options = options
    this.#toxics = createToxicSet(seed)
    this.#listen = readAddress(spec.listen ?? '', 'listen')
    this.#upstream = readAddress(spec.upstream, 'upstream')
  }

  get listen(): Address {
    return this.#listen
  }

  get upstream(): Address {
    return this.#upstream
  }

  get isEnabled(): boolean {
    return this.#isEnabled
  }

  /** Begins to accept connections. Throws when it cannot listen. */
  async start(): Promise<void> {
    if (this.#isEnabled) return
    this.#isEnabled = true
    try {
      await this.#followRefuse()
    } catch (error) {
      this.#isEnabled = false
      throw error
    }
  }

  /** Closes the listener and every connection. */
  async stop(): Promise<void> {
    this.#isEnabled = false
    await this.#closeListener()
    this.closeConnections('close')
  }

  /** Changes where it listens, where it leads and whether it does. */
  async update(listen: string, upstream: string, isEnabled: boolean): Promise<void> {
    const to = { listen: readAddress(listen, 'listen'), upstream: readAddress(upstream, 'upstream') }
    if (this.differsFrom(to.listen, to.upstream)) {
      await this.stop()
      this.#listen = to.listen
      this.#upstream = to.upstream
    }
    if (isEnabled) await this.start()
    else await this.stop()
  }

  differsFrom(listen: Address, upstream: Address): boolean {
    return (
      formatAddress(listen) !== formatAddress(this.#listen) ||
      formatAddress(upstream) !== formatAddress(this.#upstream)
    )
  }

  get toxics(): readonly Toxic[] {
    const { all } = this.#toxics
    return ['upstream', 'downstream'].flatMap((stream) =>
      all.filter((toxic) => toxic.stream === stream).map(describeToxic),
    )
  }

  toxic(name: string): Toxic {
    return describeToxic(this.#toxics.get(name))
  }

  async addToxic(body: unknown): Promise<Toxic> {
    const { type } = asObject(body)
    if (!this.#followsResp && typeof type === 'string' && isToxicType(type) && isRespToxic(type))
      throw badRequest(`${type} needs a proxy of protocol resp`)
    const toxic = this.#toxics.add(body)
    await this.#tell(toxic, (connection) => connection.add(toxic))
    return describeToxic(toxic)
  }

  async updateToxic(name: string, body: unknown): Promise<Toxic> {
    const toxic = this.#toxics.update(name, body)
    await this.#tell(toxic, (connection) => connection.update(toxic))
    return describeToxic(toxic)
  }

  async removeToxic(name: string): Promise<void> {
    const toxic = this.#toxics.remove(name)
    await this.#tell(toxic, (connection) => connection.remove(toxic))
  }

  async removeToxics(): Promise<void> {
    for (const { name } of this.#toxics.all.toReversed()) await this.removeToxic(name)
  }

  get connections(): readonly ProxyConnection[] {
    return [...this.#connections.values()].map((connection) => connection.describe())
  }

  /** Closes one connection, or all; the number of those that it closed. */
  closeConnections(how: 'close' | 'reset', id?: number): number {
    const chosen = [...this.#connections.values()].filter(
      (connection) => id === undefined || connection.id === id,
    )
    for (const connection of chosen) connection.destroy(how)
    return chosen.length
  }

  /** Sends a push of RESP3 to every client that understands it; the number of those. */
  push(items: readonly ToxicValue[]): number {
    return [...this.#connections.values()].filter((connection) => connection.push(items)).length
  }

  describe(): ProxyState {
    const { rewrite, group, protocol } = this.spec
    return {
      name: this.name,
      listen: formatAddress(this.#listen),
      upstream: formatAddress(this.#upstream),
      enabled: this.#isEnabled,
      toxics: this.toxics,
      ...(rewrite === undefined ? {} : { rewrite }),
      ...(group === undefined ? {} : { group }),
      ...(protocol === undefined ? {} : { protocol }),
    }
  }

  get #followsResp(): boolean {
    return this.spec.protocol !== 'tcp' || this.spec.rewrite !== undefined
  }

  get stats(): ProxyStats {
    return describeCounters(this.#counters, this.#connections.size)
  }

  async #tell(toxic: ActiveToxic, change: (connection: Connection) => void): Promise<void> {
    for (const connection of this.#connections.values()) change(connection)
    if (toxic.type === 'refuse') await this.#followRefuse()
  }

  /** Listens unless a toxic says that nobody is to be let in. */
  async #followRefuse(): Promise<void> {
    const refuse = this.#toxics.all.find(({ type, toxicity }) => type === 'refuse' && toxicity > 0)
    if (refuse !== undefined) {
      if (this.#server !== undefined) countApplied(this.#counters, refuse.type)
      await this.#closeListener()
    } else if (this.#isEnabled && this.#server === undefined) await this.#openListener()
  }

  async #openListener(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      this.#accept(socket),
    )
    server.maxConnections = MOST_CONNECTIONS
    const { host, port } = this.#listen
    server.listen({ host: host === '' ? '127.0.0.1' : host, port })
    try {
      await once(server, 'listening')
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error)
      throw new ApiError(`cannot listen on ${formatAddress(this.#listen)}: ${reason}`, 500)
    }
    const bound = server.address()
    if (bound !== null && typeof bound === 'object') this.#listen = { host: bound.address, port: bound.port }
    this.#server = server
  }

  async #closeListener(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    // Its connections may live on; that it no longer listens is so at once.
    server?.close()
    await Promise.resolve()
  }

  #accept(client: Socket): void {
    const id = ++this.#counters.connections
    const closing = this.#toxics.all.find((toxic) => toxic.type === 'accept_close' && toxic.strikes(id))
    if (closing !== undefined) {
      countApplied(this.#counters, closing.type)
      client.on('error', () => {})
      client.destroy()
      return
    }
    const connection = new Connection({
      id,
      client,
      upstream: this.#upstream,
      counters: this.#counters,
      toxics: this.#toxics.all,
      followsResp: this.#followsResp,
      rewriter: this.#options.createRewriter(client.localAddress ?? this.#listen.host),
      onConnected: (address) => this.#options.onConnected(this, address),
      onClosed: () => this.#connections.delete(id),
    })
    this.#connections.set(id, connection)
  }
}

function readAddress(text: string, field: string): Address {
  const address = text === '' && field === 'listen' ? { host: '', port: 0 } : parseAddress(text)
  if (address === undefined) throw badRequest(`${field} must be host:port, not ${JSON.stringify(text)}`)
  if (field === 'listen' && address.host === '') return { ...address, host: '127.0.0.1' }
  return address
}
