import { describe, expect, it } from 'vitest'
import type { Address } from '../../../src/proxy/address.ts'
import { createRewriter } from '../../../src/proxy/rewrite/rewriter.ts'
import { bulk, encodeValues, type RespValue } from '../../../src/proxy/resp/value.ts'

const integer = (value: number): RespValue => ({ type: 'line', line: `:${value}` })
const list = (...items: readonly RespValue[]): RespValue => ({ type: '*', items })
const map = (...items: readonly RespValue[]): RespValue => ({ type: '%', items })
const texts = (...items: readonly string[]): RespValue => list(...items.map(bulk))
const wire = (value: RespValue): string => encodeValues([value]).toString()

interface Rewritten {
  readonly text: string
  readonly provided: readonly Address[]
}

/** Nodes of 10.0.0.1 have a proxy at the same port of 127.0.0.1 plus ten thousand; others get one when they are found. */
async function rewrite(frame: RespValue | string, command?: string): Promise<Rewritten> {
  const provided: Address[] = []
  const rewriter = createRewriter({
    find: (node) =>
      node.host === '10.0.0.1' || provided.some(({ port }) => port === node.port)
        ? { host: '127.0.0.1', port: node.port + 10_000 }
        : undefined,
    provide: (nodes) => {
      provided.push(...nodes)
      return Promise.resolve()
    },
    ownHost: () => '10.0.0.1',
  })
  const [name = '', next = ''] = command?.split(' ') ?? []
  const bytes = Buffer.from(typeof frame === 'string' ? frame : wire(frame))
  const text = await rewriter.rewrite(bytes, command === undefined ? undefined : { name, next })
  return { text: text.toString(), provided }
}

describe('redirections', () => {
  it.each([
    ['-MOVED 3999 10.0.0.1:7002\r\n', '-MOVED 3999 127.0.0.1:17002\r\n'],
    ['-ASK 3999 10.0.0.1:7002\r\n', '-ASK 3999 127.0.0.1:17002\r\n'],
    ['-MOVED 3999 :7002\r\n', '-MOVED 3999 127.0.0.1:17002\r\n'],
    ['-ERR MOVED 1 10.0.0.1:7002\r\n', '-ERR MOVED 1 10.0.0.1:7002\r\n'],
    ['$30\r\n-MOVED 3999 10.0.0.1:7002\r\n..\r\n', '$30\r\n-MOVED 3999 10.0.0.1:7002\r\n..\r\n'],
  ])('%j', async (frame, expected) => {
    expect(await rewrite(frame, 'get ')).toEqual({ text: expected, provided: [] })
  })

  it('makes a proxy for a node that nobody knew', async () => {
    expect(await rewrite('-MOVED 1 10.0.0.9:7009\r\n', 'get ')).toEqual({
      text: '-MOVED 1 127.0.0.1:17009\r\n',
      provided: [{ host: '10.0.0.9', port: 7009 }],
    })
  })
})

describe('Cluster', () => {
  it('SLOTS, also where the host is missing', async () => {
    const slots = (...hosts: readonly [RespValue, number, RespValue][]): RespValue =>
      list(
        list(
          integer(0),
          integer(16383),
          ...hosts.map(([host, port, more]) => list(host, integer(port), bulk('id'), more)),
        ),
      )
    const before = slots(
      [bulk('10.0.0.1'), 7000, list()],
      [{ type: 'line', line: '$-1' }, 7001, texts('hostname', 'node-2')],
    )
    const after = slots([bulk('127.0.0.1'), 17000, list()], [bulk('127.0.0.1'), 17001, list()])
    expect((await rewrite(before, 'cluster slots')).text).toBe(wire(after))
    expect((await rewrite(before, 'get slots')).text).toBe(wire(before))
  })

  it.each([
    ['lists', list],
    ['maps', map],
  ])('SHARDS as %s', async (_, of) => {
    const shards = (host: string, port: number): RespValue =>
      list(
        of(
          bulk('slots'),
          list(integer(0), integer(5460)),
          bulk('nodes'),
          list(
            of(
              ...[bulk('id'), bulk('abc'), bulk('port'), integer(port), bulk('ip'), bulk(host)],
              ...[bulk('endpoint'), bulk(host), bulk('role'), bulk('master')],
            ),
          ),
        ),
      )
    expect((await rewrite(shards('10.0.0.1', 7000), 'cluster shards')).text).toBe(
      wire(shards('127.0.0.1', 17000)),
    )
  })

  it.each<[string, (text: string) => RespValue]>([
    ['a text', bulk],
    ['a verbatim text', (text) => ({ type: '=', bytes: Buffer.from(`txt:${text}`) })],
  ])('NODES as %s', async (_, of) => {
    const before =
      'a1 10.0.0.1:7000@17000,node-1 myself,master - 0 0 1 connected 0-5460\n' +
      'b2 10.0.0.1:7001@17001 slave a1 0 1 1 connected\nc3 :0@0 master,noaddr - 0 0 1 disconnected\n'
    const after =
      'a1 127.0.0.1:17000@17000 myself,master - 0 0 1 connected 0-5460\n' +
      'b2 127.0.0.1:17001@17001 slave a1 0 1 1 connected\nc3 :0@0 master,noaddr - 0 0 1 disconnected\n'
    expect((await rewrite(of(before), 'cluster nodes')).text).toBe(wire(of(after)))
  })

  it('REPLICAS', async () => {
    const lines = (address: string): RespValue => texts(`b2 ${address}@17001 slave a1 0 1 1 connected`)
    expect((await rewrite(lines('10.0.0.1:7001'), 'cluster replicas')).text).toBe(
      wire(lines('127.0.0.1:17001')),
    )
  })
})

describe('Sentinel', () => {
  it('GET-MASTER-ADDR-BY-NAME, known or not', async () => {
    const command = 'sentinel get-master-addr-by-name'
    expect((await rewrite(texts('10.0.0.1', '6379'), command)).text).toBe(wire(texts('127.0.0.1', '16379')))
    expect((await rewrite('*-1\r\n', command)).text).toBe('*-1\r\n')
  })

  it.each([
    ['lists', (...items: readonly string[]) => texts(...items)],
    ['maps', (...items: readonly string[]) => map(...items.map(bulk))],
  ])('REPLICAS as %s', async (_, of) => {
    const replicas = (host: string, one: string, two: string): RespValue =>
      list(
        of(
          ...['name', `${host}:${one}`, 'ip', host, 'port', one, 'flags', 'slave'],
          ...['master-host', host, 'master-port', two],
        ),
        of('name', '?', 'ip', host, 'port', one, 'master-host', '?', 'master-port', '0'),
      )
    expect((await rewrite(replicas('10.0.0.1', '6380', '6379'), 'sentinel replicas')).text).toBe(
      wire(replicas('127.0.0.1', '16380', '16379')),
    )
  })

  it.each([
    ['+switch-master', 'mymaster 10.0.0.1 6379 10.0.0.1 6380', 'mymaster 127.0.0.1 16379 127.0.0.1 16380'],
    [
      '+slave',
      'slave 10.0.0.1:6380 10.0.0.1 6380 @ mymaster 10.0.0.1 6379',
      'slave 127.0.0.1:16380 127.0.0.1 16380 @ mymaster 127.0.0.1 16379',
    ],
    ['+sdown', 'master mymaster 10.0.0.1 6379', 'master mymaster 127.0.0.1 16379'],
    ['news', 'mymaster 10.0.0.1 6379 10.0.0.1 6380', 'mymaster 10.0.0.1 6379 10.0.0.1 6380'],
  ])('%s', async (channel, before, after) => {
    for (const type of ['*', '>'] as const) {
      const message = (text: string): RespValue => ({ type, items: ['message', channel, text].map(bulk) })
      expect((await rewrite(message(before))).text).toBe(wire(message(after)))
      const byPattern = (text: string): RespValue => ({
        type,
        items: ['pmessage', '*', channel, text].map(bulk),
      })
      expect((await rewrite(byPattern(before))).text).toBe(wire(byPattern(after)))
    }
  })
})
