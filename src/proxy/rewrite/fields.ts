import type { Address } from '../address.ts'
import { bulk, type RespValue, textOf } from '../resp/value.ts'
import type { Translate } from './rewriter.ts'

/** Names of the fields that hold an address. */
const PAIRS = [
  ['ip', 'port'],
  ['ip', 'tls-port'],
  ['master-host', 'master-port'],
] as const

/**
 * CLUSTER SHARDS and most of SENTINEL: nodes as maps, or as lists of names and values in turn, however deep. Their `ip` and
 * `port`, what else says the same, and the address of their master are replaced.
 */
export function rewriteFields(value: RespValue, translate: Translate): RespValue {
  if (!('items' in value)) return value
  const items = value.items.map((item) => rewriteFields(item, translate))
  const place = new Map<string, number>()
  for (let index = 0; index + 1 < items.length; index += 2) {
    const name = textOf(items[index])
    if (name !== undefined) place.set(name, index + 1)
  }
  const before = (name: string): string | undefined => textOf(items[place.get(name) ?? -1])
  const set = (name: string, text: string): void => {
    const index = place.get(name)
    if (index === undefined) return
    const old = items[index]
    const isLine = old?.type === 'line' && /^:\d/.test(old.line)
    items[index] = isLine ? { type: 'line', line: `:${text}` } : bulk(text)
  }
  const replace = (host: string, port: string, proxy: Address): void => {
    if (host === 'ip') {
      set('endpoint', proxy.host)
      set('hostname', proxy.host)
      if (before('name') === `${before('ip')}:${before(port)}`) set('name', `${proxy.host}:${proxy.port}`)
    }
    set(host, proxy.host)
    set(port, String(proxy.port))
  }
  for (const [host, port] of PAIRS) {
    const [hostText, portText] = [before(host), before(port)]
    // A host that is a question mark is not known yet.
    if (hostText === undefined || portText === undefined || hostText === '?') continue
    if (port === 'tls-port' && place.has('port')) continue
    const proxy = translate(hostText, Number(portText))
    if (proxy === undefined) continue
    replace(host, port, proxy)
  }
  return { ...value, items }
}
