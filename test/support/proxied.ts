import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createToxiproxyClient, type ToxiproxyClient } from '../../src/faults/toxiproxy-client.ts'
import type { ProxySpec, ToxicSpec } from '../../src/model/toxic.ts'
import { startProxyServer } from '../../src/proxy/proxy-server.ts'

/** A server of the test, a fault proxy in front of it, and what is needed to play with both. */
export interface Proxied {
  readonly api: ToxiproxyClient
  readonly apiUrl: string
  /** Where the proxy listens. */
  readonly port: number
  /** The server's ends of its connections, in order of arrival. */
  readonly servers: readonly TestSocket[]
  /** A connection through the proxy, and the server's end of it. */
  connect(): Promise<{ readonly client: TestSocket; readonly server: TestSocket }>
  /** A connection that the server may never see. */
  connectOnly(): Promise<TestSocket>
  addToxic(toxic: ToxicSpec): Promise<void>
  stop(): Promise<void>
}

/** A socket that remembers what came. */
export interface TestSocket {
  readonly socket: Socket
  /** All bytes until now. */
  received(): Buffer
  /** Each piece that came, with its time. */
  readonly pieces: readonly { readonly bytes: Buffer; readonly at: number }[]
  /** Waits until so many bytes came. */
  bytes(count: number): Promise<Buffer>
  /** `end`, `close` or the code of an error, whatever comes first. */
  readonly ended: Promise<string>
  /** It is closed altogether. */
  readonly closed: Promise<void>
}

export const SEED = 7

/** Starts a server that does what it is told, and a proxy to it. */
export async function startProxied(spec: Partial<ProxySpec> = {}): Promise<Proxied> {
  const servers: TestSocket[] = []
  const target = createServer({ noDelay: true }, (socket) => servers.push(watch(socket)))
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  const upstream = `127.0.0.1:${(target.address() as AddressInfo).port}`
  const proxy = await startProxyServer({
    api: { host: '127.0.0.1', port: 0 },
    seed: SEED,
    proxies: [{ name: 'p', upstream, ...spec }],
  })
  const port = Number(proxy.proxies[0]!.listen.split(':')[1])
  const api = createToxiproxyClient(proxy.apiUrl)
  const clients: TestSocket[] = []
  const connectOnly = async (): Promise<TestSocket> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = watch(socket)
    clients.push(client)
    await once(socket, 'connect')
    return client
  }
  return {
    api,
    apiUrl: proxy.apiUrl,
    port,
    servers,
    connectOnly,
    async connect() {
      const before = servers.length
      const client = await connectOnly()
      while (servers.length === before) await once(target, 'connection')
      return { client, server: servers[before]! }
    },
    addToxic: async (toxic) => void (await api.addToxic('p', toxic)),
    async stop() {
      for (const { socket } of [...clients, ...servers]) socket.destroy()
      await proxy.stop()
      target.close()
      await once(target, 'close')
    },
  }
}

function watch(socket: Socket): TestSocket {
  const pieces: { bytes: Buffer; at: number }[] = []
  const received = (): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes))
  socket.on('data', (bytes: Buffer) => pieces.push({ bytes, at: performance.now() }))
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  const ended = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('end', () => resolve('end'))
    socket.once('close', () => resolve('close'))
  })
  return {
    socket,
    pieces,
    received,
    ended,
    closed,
    async bytes(count) {
      while (received().length < count) {
        if (socket.destroyed) throw new Error(`only ${received().length} bytes came, not ${count}`)
        await Promise.race([once(socket, 'data'), closed])
      }
      return received()
    },
  }
}
