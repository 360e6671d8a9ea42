import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A RESP server in this process, for what a real one cannot be made to do on cue. */
export interface StubRedis {
  readonly port: number
  /** Requests other than the handshake, in order of arrival. */
  readonly requests: string[][]
  /** Answers to requests other than the handshake; the default is `+OK`. `undefined` answers nothing. */
  answer: (request: readonly string[], socket: Socket) => string | undefined
  readonly sockets: Set<Socket>
  close(): Promise<void>
}

const HANDSHAKE = new Set(['hello', 'client', 'info', 'select', 'auth', 'readonly'])

function handshakeReply([name]: readonly string[]): string {
  if (name === 'hello') return '%1\r\n$5\r\nproto\r\n:3\r\n'
  return name === 'info' ? '$9\r\nloading:0\r\n' : '+OK\r\n'
}

/** Splits arrays of bulk strings; the rest of an incomplete request is returned. */
function parseRequests(text: string): { requests: string[][]; rest: string } {
  const requests: string[][] = []
  let at = 0
  for (;;) {
    const lines = text.slice(at).split('\r\n')
    const count = Number(lines[0]?.slice(1))
    if (!text.slice(at).startsWith('*') || lines.length < 2 * count + 2)
      return { requests, rest: text.slice(at) }
    const used = lines.slice(0, 2 * count + 1)
    requests.push(used.filter((_, index) => index > 0 && index % 2 === 0))
    at += used.join('\r\n').length + 2
  }
}

export async function startStubRedis(): Promise<StubRedis> {
  const sockets = new Set<Socket>()
  const stub = { requests: [] as string[][], answer: (): string | undefined => '+OK\r\n', sockets }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let pending = ''
    socket.on('data', (data) => {
      const { requests, rest } = parseRequests(pending + data.toString('latin1'))
      pending = rest
      for (const request of requests) {
        const name = request[0]!.toLowerCase()
        const isHandshake = HANDSHAKE.has(name)
        if (!isHandshake) stub.requests.push(request)
        const reply = isHandshake
          ? handshakeReply([name])
          : (stub.answer as StubRedis['answer'])(request, socket)
        if (reply !== undefined && !socket.destroyed) socket.write(reply)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(stub as unknown as StubRedis, {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
}
