import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createRandom, type Random } from '../../src/model/random.ts'

/** What a hostile server does instead of answering. */
export interface HostileReply {
  readonly family: string
  readonly bytes: Buffer
  /** What comes after the bytes: nothing more on an open connection, its end, its reset, or more of the same for ever. */
  readonly after: 'silence' | 'end' | 'reset' | 'more'
}

const text = (value: string): Buffer => Buffer.from(value, 'latin1')
const bulk = (value: string): string => `$${value.length}\r\n${value}\r\n`
const pick = <Value>(random: Random, ...values: readonly Value[]): Value =>
  values[random.below(values.length)]!

const HUGE = [
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '9999999999',
  '33554431',
  '536870912',
  '99999999999999999999',
]
const NOT_A_LENGTH = ['-2', '-0', '--1', '+5', '', '5x', 'x', '0x10', '1e3', ' 5', '5 ', '?', '1.5', '٣']
const WORDS = [
  'message',
  'pmessage',
  'smessage',
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'ssubscribe',
  'sunsubscribe',
  'invalidate',
  'MOVING',
  '__proto__',
  '',
]
const ERRORS = [
  'MOVED 1 127.0.0.1:1',
  'MOVED __proto__ constructor',
  'MOVED',
  'ASK 99999999 :0',
  'LOADING',
  'READONLY You',
  'NOAUTH x',
  'WRONGPASS s',
  'OOM',
  'EXECABORT',
  'NOPROTO',
  'UNKNOWN COMMAND HELLO',
  'ERR max number of clients',
  'constructor x',
  '__proto__ x',
  '',
  ' ',
  '\u001b[2J\u001b]0;x\u0007',
  'ERR '.repeat(20_000),
]

/** A frame that is well formed, of any type and as deep as that. */
function frame(random: Random, depth: number): string {
  const kinds = depth > 0 ? 16 : 11
  const list = (head: string, each: number): string => {
    const count = random.below(5)
    return `${head}${count}\r\n${Array.from({ length: count * each }, () => frame(random, depth - 1)).join('')}`
  }
  switch (random.below(kinds)) {
    case 0:
      return `+${pick(random, 'OK', '', 'QUEUED', 'x'.repeat(500), '__proto__')}\r\n`
    case 1:
      return `-${pick(random, ...ERRORS)}\r\n`
    case 2:
      return `:${pick(random, '0', '-1', '9223372036854775807', '18446744073709551616', 'abc', '', '1.5', '+')}\r\n`
    case 3:
      return bulk(pick(random, '', 'x', '__proto__', '\u0000\r\n\u00ff', 'y'.repeat(3000)))
    case 4:
      return pick(random, '$-1\r\n', '*-1\r\n', '_\r\n')
    case 5:
      return `,${pick(random, 'nan', 'inf', '-inf', '1e400', '-1e-400', '1.7976931348623157e308', 'NaN', '', '..')}\r\n`
    case 6:
      return pick(random, '#t\r\n', '#f\r\n')
    case 7:
      return `(${pick(random, '1', '-', '9'.repeat(400), 'x')}\r\n`
    case 8:
      return `=${pick(random, '7\r\ntxt:abc', '4\r\n\u0000\u0000\u0000\u0000', '9\r\nmkd:hello')}\r\n`
    case 9:
      return `!${pick(random, '5\r\nERR x', '0\r\n', '9\r\n__proto__')}\r\n`
    case 10:
      return ':1\r\n'
    case 11:
    case 12:
      return list('*', 1)
    case 13:
      return list('~', 1)
    default:
      return list('%', 2)
  }
}

type Make = (random: Random) => Omit<HostileReply, 'family'>
const open = (value: string): Omit<HostileReply, 'family'> => ({ bytes: text(value), after: 'silence' })
const AGGREGATES = ['*', '%', '~', '>'] as const

const FAMILIES: Readonly<Record<string, Make>> = {
  'another type': (random) => open(frame(random, 4)),
  'several answers': (random) => open(frame(random, 2) + frame(random, 2) + frame(random, 1)),
  'nothing but null': (random) =>
    open(pick(random, '_\r\n', '$-1\r\n', '*-1\r\n').repeat(1 + random.below(4))),
  'cut frame': (random) => {
    const whole = frame(random, 5)
    return {
      bytes: text(whole.slice(0, random.below(whole.length) + 1).slice(0, -1) || '$'),
      after: pick(random, 'end', 'reset', 'silence'),
    }
  },
  'broken frame': (random) => {
    const whole = text(frame(random, 4))
    for (let flips = 1 + random.below(4); flips > 0; flips--)
      whole[random.below(whole.length)] = random.below(256)
    return { bytes: whole, after: pick(random, 'end', 'silence') }
  },
  garbage: (random) => ({
    bytes: Buffer.from(Array.from({ length: 1 + random.below(2000) }, () => random.below(256))),
    after: pick(random, 'end', 'silence'),
  }),
  'another protocol': (random) =>
    open(
      pick(random, 'HTTP/1.1 200 OK\r\n\r\n', '\u0016\u0003\u0001', 'SSH-2.0-x\r\n', '{"a":1}\n', '<html>'),
    ),
  'huge text': (random) => open(`${pick(random, '$', '!', '=')}${pick(random, ...HUGE)}\r\nabc`),
  'huge list': (random) => open(`${pick(random, ...AGGREGATES)}${pick(random, ...HUGE)}\r\n:1\r\n`),
  'huge lists in lists': (random) =>
    open(`${pick(random, '*', '%', '~')}${pick(random, '33554431', '1000000', '300000')}\r\n`.repeat(50)),
  'deep nest': (random) => open(`${pick(random, ...AGGREGATES)}1\r\n`.repeat(65 + random.below(20_000))),
  'no length': (random) =>
    open(`${pick(random, '$', '*', '%', '~', '>', '=', '!')}${pick(random, ...NOT_A_LENGTH)}\r\nabc\r\n`),
  'line without end': (random) => ({
    bytes: text(pick(random, '+', '-', ':', ',', '(') + 'x'.repeat(random.below(5000))),
    after: 'more',
  }),
  'text without end': (random) => ({
    bytes: text(`$${1000 + random.below(1_000_000)}\r\n`),
    after: pick(random, 'more', 'end', 'silence'),
  }),
  'list without end': (random) => ({ bytes: text(`*${100_000 + random.below(100_000)}\r\n`), after: 'more' }),
  'carriage return alone': (random) =>
    open(pick(random, '+a\rb\r\n', ':1\r\r\n', '$3\r\nabc\rx', '$3\rabc\r\n', '_\r\r')),
  attribute: (random) => open(`|1\r\n${bulk('ttl')}:1\r\n${frame(random, 1)}`),
  stream: (random) => open(pick(random, '$?\r\n;4\r\nabcd\r\n;0\r\n', '*?\r\n:1\r\n.\r\n', '%?\r\n.\r\n')),
  push: (random) => {
    const word = pick(
      random,
      bulk(pick(random, ...WORDS)),
      '_\r\n',
      ':5\r\n',
      `*1\r\n${bulk('message')}`,
      `+${pick(random, ...WORDS)}\r\n`,
    )
    const rest = Array.from({ length: random.below(4) }, () => frame(random, 1))
    return open(
      `>${rest.length + 1}\r\n${word}${rest.join('')}${pick(random, '', '+OK\r\n', frame(random, 1))}`,
    )
  },
  'empty push': () => open('>0\r\n+OK\r\n'),
  'message as a list': (random) =>
    open(
      `*${pick(random, 1, 2, 3)}\r\n${bulk(pick(random, ...WORDS))}${frame(random, 0)}${frame(random, 0)}`,
    ),
  error: (random) => open(`-${pick(random, ...ERRORS)}\r\n`),
  'endless MOVED': () => ({ bytes: text('-MOVED 5 127.0.0.1:1\r\n'), after: 'more' }),
  __proto__: (random) =>
    open(
      `%2\r\n${bulk('__proto__')}%1\r\n${bulk('polluted')}#t\r\n${bulk(pick(random, 'constructor', 'prototype'))}*0\r\n`,
    ),
  'no answer': (random) => ({ bytes: Buffer.alloc(0), after: pick(random, 'silence', 'end', 'reset') }),
}

export const HOSTILE_FAMILIES: readonly string[] = Object.keys(FAMILIES)

/** The n-th hostile reply of a seed: the same every time. Families take turns. */
export function hostileReply(seed: number, index: number): HostileReply {
  const family = HOSTILE_FAMILIES[index % HOSTILE_FAMILIES.length]!
  return { family, ...FAMILIES[family]!(createRandom(seed + index)) }
}

const ENDLESS_CHUNK = Buffer.alloc(16_384, 'z')
const HANDSHAKE = new Set(['hello', 'client', 'info', 'select', 'auth', 'readonly'])

export interface HostileServer {
  readonly port: number
  /** Replies that were sent. */
  readonly sent: () => number
  /** Resolves when so many were sent; rejects when none was for that long. */
  until(count: number, quietMillis: number): Promise<void>
  close(): Promise<void>
}

/** A server that gives every request the next hostile reply; while a client introduces itself, only `fromTheStart`. */
export async function startHostileServer(
  next: () => HostileReply,
  { fromTheStart = false } = {},
): Promise<HostileServer> {
  const sockets = new Set<Socket>()
  let sent = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let isHostile = false
    socket.on('data', (data) => {
      for (const [, name = ''] of data.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g)) {
        const isPolite = HANDSHAKE.has(name.toLowerCase()) && !fromTheStart
        if (isHostile) return
        if (isPolite) answerPolitely(socket, name.toLowerCase())
        else {
          isHostile = true
          sent++
          attack(socket, next(), () => {
            isHostile = false
          })
        }
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    until: (count, quietMillis) => untilCount('replies', () => sent, { count, quietMillis }),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answerPolitely(socket: Socket, name: string): void {
  if (name === 'hello') socket.write('%1\r\n$5\r\nproto\r\n:3\r\n')
  else socket.write(name === 'info' ? '$9\r\nloading:0\r\n' : '+OK\r\n')
}

function attack(socket: Socket, { bytes, after }: HostileReply, done: () => void): void {
  // In two parts, so that frames are cut anywhere.
  const middle = bytes.length >> 1
  socket.write(bytes.subarray(0, middle))
  socket.write(bytes.subarray(middle))
  if (after === 'end') socket.end()
  else if (after === 'reset') socket.resetAndDestroy()
  else if (after === 'more') flood(socket)
  else done()
}

function flood(socket: Socket): void {
  while (!socket.destroyed && socket.writable) if (!socket.write(ENDLESS_CHUNK)) break
  if (!socket.destroyed && socket.writable) socket.once('drain', () => flood(socket))
}

/** Waits for a count, as long as it grows. */
export async function untilCount(
  what: string,
  counted: () => number,
  { count, quietMillis }: { readonly count: number; readonly quietMillis: number },
): Promise<void> {
  let before = -1
  for (let since = performance.now(); counted() < count;) {
    if (counted() !== before) since = performance.now()
    else if (performance.now() - since > quietMillis)
      throw new Error(`nothing happens any more after ${before} of ${count} ${what}`)
    before = counted()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
