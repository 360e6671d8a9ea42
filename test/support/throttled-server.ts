import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { helloReply, nullReplies, ONE } from '../../src/calibration/null-replies.ts'

/** A Redis-like server that executes one command after the other, each in exactly the same time. */
export interface ThrottledServer {
  readonly port: number
  close(): Promise<void>
}

interface Waiting {
  readonly socket: Socket
  readonly reply: string
  /** `performance.now()` at which it has been executed. */
  readonly doneAt: number
}

/** Answered at once, as they are no load. */
const ASIDE = new Set(['HELLO', 'INFO', 'CLIENT', 'PING', 'SELECT', 'COMMAND', 'SCAN', 'ACL', 'CLUSTER'])
const VALUE_BYTES = 100
/**
 * Idle time that it makes up for. Without it every instant in which the machine lets this process or that of the generator
 * wait would be lost for good, and its capacity would be lower than what it says by the share of such instants.
 */
const CREDIT_MILLIS = 20

/**
 * Its capacity is known: a command takes 1 / `perSecond` seconds, counted from when it came or from when the one before it
 * was done, whichever is later; a little idle time is made up for. So in the long run it answers `perSecond` commands a second
 * and not one more, and below that no command waits longer than a timer of this process is late. What waits for a connection
 * that is gone is not executed.
 */
export async function startThrottledServer(perSecond: number): Promise<ThrottledServer> {
  const replies = nullReplies(VALUE_BYTES)
  const sockets = new Set<Socket>()
  const serviceMillis = 1000 / perSecond
  let waiting: Waiting[] = []
  let lastDoneAt = 0
  let timer: NodeJS.Timeout | undefined
  const release = (): void => {
    timer = undefined
    const now = performance.now()
    const due = waiting.findIndex(({ doneAt }) => doneAt > now)
    const done = due < 0 ? waiting : waiting.slice(0, due)
    waiting = due < 0 ? [] : waiting.slice(due)
    const texts = new Map<Socket, string>()
    for (const { socket, reply } of done) texts.set(socket, (texts.get(socket) ?? '') + reply)
    for (const [socket, text] of texts) if (!socket.destroyed) socket.write(text, 'latin1')
    if (waiting.length > 0) timer = setTimeout(release, Math.max(0, waiting[0]!.doneAt - performance.now()))
  }
  const execute = (socket: Socket, request: readonly string[]): void => {
    const name = request[0]!.toUpperCase()
    if (ASIDE.has(name)) {
      socket.write(asideReply(name, request, replies.get(name)?.(request.length - 1)), 'latin1')
      return
    }
    lastDoneAt = Math.max(lastDoneAt, performance.now() - CREDIT_MILLIS) + serviceMillis
    waiting.push({ socket, reply: replies.get(name)?.(request.length - 1) ?? ONE, doneAt: lastDoneAt })
    timer ??= setTimeout(release, Math.max(0, waiting[0]!.doneAt - performance.now()))
  }
  const forget = (socket: Socket): void => {
    sockets.delete(socket)
    const before = waiting.length
    waiting = waiting.filter((one) => one.socket !== socket)
    lastDoneAt -= (before - waiting.length) * serviceMillis
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    let pending = ''
    socket.on('error', () => {})
    socket.on('close', () => forget(socket))
    socket.on('data', (data) => {
      const { requests, rest } = parseRequests(pending + data.toString('latin1'))
      pending = rest
      for (const request of requests) execute(socket, request)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearTimeout(timer)
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function asideReply(name: string, request: readonly string[], usual: string | undefined): string {
  if (name === 'HELLO') return helloReply(request[1] === '2' ? 2 : 3)
  if (name !== 'INFO') return usual ?? ONE
  if (request[1] === 'commandstats') return '-ERR it counts nothing\r\n'
  const text = 'redis_version:7.0.0\r\nredis_mode:standalone\r\nrole:master\r\nloading:0\r\n'
  return `$${text.length}\r\n${text}\r\n`
}

/** Splits arrays of bulk strings; the rest of an incomplete request is returned. */
function parseRequests(text: string): { requests: string[][]; rest: string } {
  const requests: string[][] = []
  let at = 0
  for (;;) {
    const end = endOfRequest(text, at)
    if (end === undefined) return { requests, rest: text.slice(at) }
    requests.push(end.words)
    at = end.at
  }
}

function endOfRequest(text: string, from: number): { words: string[]; at: number } | undefined {
  const line = text.indexOf('\r\n', from)
  if (line < 0) return undefined
  const words: string[] = []
  let at = line + 2
  for (let left = Number(text.slice(from + 1, line)); left > 0; left--) {
    const header = text.indexOf('\r\n', at)
    if (header < 0) return undefined
    const length = Number(text.slice(at + 1, header))
    at = header + 2 + length + 2
    if (at > text.length) return undefined
    words.push(text.slice(header + 2, header + 2 + length))
  }
  return { words, at }
}
