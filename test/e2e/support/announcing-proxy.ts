import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pushFrame, type PushValue } from '../../support/resp.ts'

/** Stands between a client and a real server, and announces maintenance as Redis Software does. */
export interface AnnouncingProxy {
  readonly port: number
  /** Requests for notifications that were answered with OK, in order: what follows `MAINT_NOTIFICATIONS ON`. */
  readonly asked: string[]
  /** Sends a push frame to every connection that has asked for it; returns to how many. */
  announce(...values: readonly PushValue[]): number
  /** Closes the connections that have asked. */
  cut(): number
  close(): Promise<void>
}

const REQUEST =
  /\*5\r\n\$6\r\nCLIENT\r\n\$19\r\nMAINT_NOTIFICATIONS\r\n\$2\r\nON\r\n\$20\r\nmoving-endpoint-type\r\n\$\d+\r\n([a-z-]+)\r\n/i
/** What any server answers with OK in its place. */
const INSTEAD = '*3\r\n$6\r\nCLIENT\r\n$8\r\nNO-EVICT\r\n$3\r\nOFF\r\n'

/** Meant for short replies and little load: a frame goes between two reads from the server, which is between two replies. */
export async function startAnnouncingProxy(serverPort: number): Promise<AnnouncingProxy> {
  const listeners = new Set<Socket>()
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const server = createServer((client) => {
    const upstream = connect({ port: serverPort, host: '127.0.0.1', noDelay: true })
    client.setNoDelay(true)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        listeners.delete(one)
        other.destroy()
      })
    }
    upstream.on('data', (data) => client.write(data))
    client.on('data', (data) => {
      const text = data.toString('latin1')
      const type = REQUEST.exec(text)?.[1]
      if (type !== undefined) {
        asked.push(type)
        listeners.add(client)
      }
      upstream.write(text.replace(REQUEST, INSTEAD), 'latin1')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    announce(...values) {
      for (const socket of listeners) socket.write(pushFrame(...values))
      return listeners.size
    },
    cut() {
      const { size } = listeners
      for (const socket of [...listeners]) socket.destroy()
      return size
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
