import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ToxicAttributes } from '../../../src/model/toxic.ts'
import { Session } from '../../../src/proxy/resp/session.ts'
import type { Outlet } from '../../../src/proxy/stage.ts'
import { type ActiveToxic, createToxicSet } from '../../../src/proxy/toxic-set.ts'

interface Bench {
  readonly session: Session
  /** What goes in, and what came out since the last time. */
  client(text: string): string
  server(text: string): string
  toServer(): string
  toClient(): string
  /** Both sides end. */
  end(): void
  readonly applied: Record<string, number>
  canPush: number
  readonly ends: string[]
}

/** A session between a client and a server that are texts. */
function bench(...toxics: readonly (readonly [type: string, attributes: ToxicAttributes])[]): Bench {
  const set = createToxicSet(1)
  const active: ActiveToxic[] = toxics.map(([type, attributes], index) =>
    set.add({ name: `t${index}`, type, attributes }),
  )
  const ends: string[] = []
  const out: Record<'up' | 'down', string> = { up: '', down: '' }
  const outlet = (way: 'up' | 'down'): Outlet => ({
    push: (chunk) => void (out[way] += chunk.toString('latin1')),
    end: (mode) => void ends.push(`${way} ${mode}`),
  })
  const take = (way: 'up' | 'down'): string => {
    const text = out[way]
    out[way] = ''
    return text
  }
  const applied: Record<string, number> = {}
  const session = new Session({
    toxics: () => active,
    applied: ({ type }) => void (applied[type] = (applied[type] ?? 0) + 1),
    rewriter: undefined,
    onCanPush: () => void state.canPush++,
  })
  const requests = session.requests(outlet('up'))
  const replies = session.replies(outlet('down'))
  const state = {
    session,
    client: (text: string) => {
      requests.push(Buffer.from(text, 'latin1'))
      return take('up')
    },
    server: (text: string) => {
      replies.push(Buffer.from(text, 'latin1'))
      return take('down')
    },
    toServer: () => take('up'),
    toClient: () => take('down'),
    end() {
      requests.end('half')
      replies.end('half')
    },
    applied,
    canPush: 0,
    ends,
  }
  return state
}

const ask = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`

describe('resp_error', () => {
  it('answers instead of the server, in the order of the requests', () => {
    const { client, server, toClient, applied } = bench([
      'resp_error',
      { error: 'OOM no', commands: ['set'] },
    ])
    const [get1, set, get2] = [ask('GET', 'a'), ask('SET', 'a', 'b'), ask('get', 'b')]
    expect(client(get1 + set + get2)).toBe(get1 + get2)
    expect(toClient()).toBe('')
    expect(server('$1\r\nx\r\n')).toBe('$1\r\nx\r\n-OOM no\r\n')
    expect(server('$1\r\ny\r\n')).toBe('$1\r\ny\r\n')
    expect(client(set)).toBe('')
    expect(toClient()).toBe('-OOM no\r\n')
    expect(applied).toEqual({ resp_error: 2 })
  })

  it('picks a number of commands, subcommands by name, and leaves the handshake alone', () => {
    const few = bench(['resp_error', { error: '-LOADING x', count: 2 }])
    expect(few.client(ask('HELLO', '3') + ask('GET', 'a').repeat(3))).toBe(
      ask('HELLO', '3') + ask('GET', 'a'),
    )
    expect(few.server('%0\r\n')).toBe('%0\r\n-LOADING x\r\n-LOADING x\r\n')
    const named = bench(['resp_error', { error: 'ERR', commands: ['cluster slots'] }])
    expect(named.client(ask('CLUSTER', 'SLOTS') + ask('CLUSTER', 'INFO'))).toBe(ask('CLUSTER', 'INFO'))
  })

  it('picks by chance, by seed', () => {
    const { client, applied } = bench(['resp_error', { probability: 0.25 }])
    client(ask('GET', 'a').repeat(1000))
    expect(applied['resp_error']).toBeGreaterThan(200)
    expect(applied['resp_error']).toBeLessThan(300)
  })

  it('is not misled by what comes by itself', () => {
    const { client, server, toClient } = bench(['resp_error', { error: 'ERR', commands: ['get'] }])
    client(ask('HELLO', '3'))
    server('%0\r\n')
    client(ask('SUBSCRIBE', 'a', 'b') + ask('GET', 'x') + ask('INCR', 'n'))
    const confirmed = '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n'
    const message = '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n'
    expect(server(confirmed + message)).toBe(confirmed + message)
    expect(server(confirmed)).toBe(`${confirmed}-ERR\r\n`)
    expect(server(`${message}:1\r\n`)).toBe(`${message}:1\r\n`)
    expect(toClient()).toBe('')
    client(ask('GET', 'x'))
    expect(toClient()).toBe('-ERR\r\n')
  })

  it('knows messages of RESP2 and silent commands', () => {
    const { client, server } = bench(['resp_error', { error: 'ERR', commands: ['get'] }])
    client(ask('CLIENT', 'REPLY', 'SKIP') + ask('INCR', 'n') + ask('PSUBSCRIBE', 'x*') + ask('GET', 'a'))
    const message = '*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\n1\r\n'
    expect(server(message)).toBe(message)
    const confirmed = '*3\r\n$10\r\npsubscribe\r\n$2\r\nx*\r\n:1\r\n'
    expect(server(confirmed)).toBe(`${confirmed}-ERR\r\n`)
  })
})

describe('resp_duplicate', () => {
  it('sends a write twice and gives its first reply', () => {
    const { client, server, applied } = bench(['resp_duplicate', {}])
    const incr = ask('INCR', 'n')
    expect(client(incr + ask('GET', 'n') + incr)).toBe(incr + incr + ask('GET', 'n') + incr + incr)
    expect(server(':1\r\n:2\r\n$1\r\n2\r\n:3\r\n')).toBe(':1\r\n$1\r\n2\r\n:3\r\n')
    expect(server(':4\r\n')).toBe('')
    expect(applied).toEqual({ resp_duplicate: 2 })
  })

  it('leaves transactions as they are', () => {
    const { client } = bench(['resp_duplicate', {}])
    const transaction = ask('MULTI') + ask('INCR', 'n') + ask('EXEC')
    expect(client(transaction + ask('INCR', 'n'))).toBe(transaction + ask('INCR', 'n').repeat(2))
  })
})

describe('resp_drop_reply', () => {
  it('lets the command through and closes instead of its reply', () => {
    const { client, server, ends } = bench(['resp_drop_reply', { commands: ['incr'] }])
    expect(client(ask('GET', 'a') + ask('INCR', 'n'))).toBe(ask('GET', 'a') + ask('INCR', 'n'))
    expect(server('$-1\r\n:1\r\n+more\r\n')).toBe('$-1\r\n')
    expect(ends).toEqual(['down close'])
  })

  it('or says nothing any more', () => {
    const { client, server, ends } = bench(['resp_drop_reply', { commands: ['incr'], action: 'hold' }])
    client(ask('INCR', 'n') + ask('GET', 'a'))
    expect(server(':1\r\n$-1\r\n')).toBe('')
    expect(ends).toEqual([])
  })
})

describe('resp_cut', () => {
  it('ends in the middle of the bulk string in question', () => {
    const { client, server, ends } = bench(['resp_cut', { bulk: 3, bytes: 2, action: 'reset' }])
    client(ask('MGET', 'a', 'b') + ask('MGET', 'a', 'b'))
    const reply = '*2\r\n$3\r\nabc\r\n$0\r\n\r\n'
    expect(server(reply)).toBe(reply)
    expect(server('*2\r\n$4\r\nsame\r\n$4\r\nlast\r\n')).toBe('*2\r\n$4\r\nsame\r\n$4\r\nla')
    expect(ends).toEqual(['down reset'])
  })
})

describe('resp_garbage', () => {
  it('is no RESP', () => {
    const { client, server } = bench(['resp_garbage', { bytes: 10, count: 1 }])
    client(ask('GET', 'a') + ask('GET', 'b'))
    const text = server('$1\r\na\r\n$1\r\nb\r\n')
    expect(text).toHaveLength(17)
    expect(text.endsWith('$1\r\nb\r\n')).toBe(true)
    expect(text.charCodeAt(0)).toBeGreaterThan(127)
  })
})

describe('resp_maint_notifications', () => {
  it('answers for the server, and remembers who asked', () => {
    const { session, client, toClient } = bench(['resp_maint_notifications', {}])
    expect(client(ask('CLIENT', 'MAINT_NOTIFICATIONS', 'ON', 'moving-endpoint-type', 'none'))).toBe('')
    expect(toClient()).toBe('+OK\r\n')
    expect(session.hasOptedIn).toBe(true)
    client(ask('CLIENT', 'MAINT_NOTIFICATIONS', 'OFF'))
    expect(session.hasOptedIn).toBe(false)
  })
})

describe('pushes', () => {
  const MOVING = '>4\r\n$6\r\nMOVING\r\n:1\r\n:2\r\n$6\r\nhost:1\r\n'

  it('come between two replies, never inside one, and only in RESP3', () => {
    const { session, client, server, toClient, canPush } = bench()
    expect(canPush).toBe(0)
    expect(session.push(['MOVING', 1, 2, 'host:1'])).toBe(false)
    client(ask('HELLO', '3') + ask('GET', 'a'))
    server('%0\r\n')
    expect(session.resp).toBe(3)
    expect(server('$5\r\nab')).toBe('')
    expect(session.push(['MOVING', 1, 2, 'host:1'])).toBe(true)
    expect(toClient()).toBe(MOVING)
    expect(server('cde\r\n')).toBe('$5\r\nabcde\r\n')
  })

  it('wait for the end of a reply that is too long to be kept', () => {
    const { session, client, server, toClient } = bench()
    client(ask('HELLO', '3') + ask('GET', 'a'))
    server('%0\r\n')
    const size = 300_000
    expect(server(`$${size}\r\n${'x'.repeat(size - 1)}`)).toHaveLength(size + 8)
    session.push(['MOVING', 1, 2, 'host:1'])
    expect(toClient()).toBe('')
    expect(server('x\r\n')).toBe(`x\r\n${MOVING}`)
  })
})

describe('without toxics', () => {
  const part = fc.oneof(
    fc.constantFrom(
      ask('GET', 'a'),
      ask('HELLO', '3'),
      ask('SUBSCRIBE', 'x', 'y'),
      ask('CLIENT', 'REPLY', 'OFF'),
      ask('MULTI'),
      'PING\r\n',
      '*0\r\n',
    ),
    fc.constantFrom('+OK\r\n', '$1\r\na\r\n', '>2\r\n$1\r\na\r\n:1\r\n', '-ERR x\r\n', '*-1\r\n', '%0\r\n'),
    fc.string({ unit: 'binary-ascii', maxLength: 12 }),
  )
  const traffic = fc.array(fc.tuple(fc.boolean(), part, fc.nat(12)), { maxLength: 40 })

  it('changes no byte, whatever comes, in any order and any pieces', () => {
    fc.assert(
      fc.property(traffic, (parts) => {
        const one = bench()
        const wanted = { up: '', down: '' }
        const came = { up: '', down: '' }
        for (const [isClient, text, cut] of parts) {
          const send = isClient ? one.client : one.server
          wanted[isClient ? 'up' : 'down'] += text
          for (const piece of [text.slice(0, cut), text.slice(cut)]) {
            const out = piece === '' ? '' : send(piece)
            came[isClient ? 'up' : 'down'] += out
            came.up += one.toServer()
            came.down += one.toClient()
          }
        }
        one.end()
        came.up += one.toServer()
        came.down += one.toClient()
        expect(came).toEqual(wanted)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('what is not RESP', () => {
  it('passes as it is, both ways, from then on', () => {
    const { session, client, server } = bench(['resp_error', {}])
    expect(client('\u0016\u0003\u0001')).toBe('\u0016\u0003\u0001')
    expect(session.resp).toBe(null)
    expect(client(ask('GET', 'a'))).toBe(ask('GET', 'a'))
    expect(server('\u0016abc')).toBe('\u0016abc')
  })

  it('is what a replica gets', () => {
    const { client, server } = bench()
    const psync = ask('PSYNC', '?', '-1')
    expect(client(`${psync}*1`)).toBe(`${psync}*1`)
    expect(server('+FULLRESYNC a 0\r\n$5\r\nREDIS*1')).toBe('+FULLRESYNC a 0\r\n$5\r\nREDIS*1')
  })

  it('also when the server says it', () => {
    const { client, server } = bench()
    client(`${ask('GET', 'a')}*2\r\n$3`)
    expect(server('+OK\r\n')).toBe('+OK\r\n')
    expect(server('HTTP/1.1 400\r\n')).toBe('HTTP/1.1 400\r\n')
  })
})
