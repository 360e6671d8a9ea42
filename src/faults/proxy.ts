import { randomBytes } from 'node:crypto'
import type { Fault } from '../model/fault.ts'
import type { UndoStep } from '../model/undo.ts'
import { chooseNodes } from './ask.ts'
import { type HttpRequest, sendHttp } from './http-request.ts'

interface ListedProxy {
  readonly name: string
  readonly upstream: string
  readonly listen: string
}

/**
 * No two toxics of a proxy have the same name, also when several runs use it: each would take back that of the other. In
 * containers all of them may have the same process id.
 */
const RUN = randomBytes(6).toString('hex')
let toxics = 0

/** A toxic in the proxy of each server, over the HTTP API of Toxiproxy. */
export const proxy: Fault = async (target, plan, random) => {
  const { toxiproxy } = target
  if (toxiproxy === null)
    throw new Error('there is no proxy: give --toxiproxy, or plan a fault of this kind in the profile')
  const ends = target.isOurToxiproxy ? ({ ends_with_run: true } as const) : {}
  const nodes = await chooseNodes(target, plan, random)
  const listed = JSON.parse(
    await sendHttp({ method: 'GET', url: `${toxiproxy}/proxies`, body: null }),
  ) as Readonly<Record<string, ListedProxy>>
  const proxies = nodes.map((address) => proxyOf(address, Object.values(listed)))
  const { toxic, stream, toxicity, ...attributes } = plan.params
  const name = `redis-test-${RUN}-${++toxics}`
  const requests = proxies.map((one): { act: HttpRequest; undo: UndoStep } => {
    const url = `${toxiproxy}/proxies/${encodeURIComponent(one.name)}`
    if (toxic === 'down')
      return {
        act: post(url, { enabled: false }),
        undo: { do: 'http', ...post(url, { enabled: true }), accept: [] },
      }
    return {
      act: post(`${url}/toxics`, { name, type: toxic, stream, toxicity, attributes }),
      undo: { do: 'http', method: 'DELETE', url: `${url}/toxics/${name}`, body: null, accept: [404] },
    }
  })
  return {
    nodes,
    undo: requests.map(({ undo }) => ({ ...undo, ...ends })),
    touches: toxic === 'down' ? proxies.map((one) => `proxy ${one.name}`) : [],
    async act() {
      for (const { act } of requests) await sendHttp(act)
      const values = Object.entries(attributes).map(([key, value]) => `${key} ${String(value)}`)
      return { connections: 0, detail: [String(toxic), ...values, String(stream)].join(' ') }
    },
  }
}

/** The proxy of a server: by where it leads, or, when we know the server by its proxy, by where it listens. */
function proxyOf(address: string, proxies: readonly ListedProxy[]): ListedProxy {
  const found =
    proxies.find(({ upstream }) => isSame(upstream, address)) ??
    proxies.find(({ listen }) => isSame(listen, address))
  if (found === undefined) throw new Error(`no proxy leads to ${address}`)
  return found
}

function isSame(one: string, other: string): boolean {
  const plain = (address: string): string =>
    address.replace(/^(?:localhost|\[::1?\]|0\.0\.0\.0|::):/, '127.0.0.1:')
  return plain(one) === plain(other)
}

function post(url: string, body: unknown): HttpRequest & { readonly body: string } {
  return { method: 'POST', url, body: JSON.stringify(body) }
}
