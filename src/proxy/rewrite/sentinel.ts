import { bulk, type RespValue, textOf } from '../resp/value.ts'
import type { Translate } from './rewriter.ts'

/** SENTINEL GET-MASTER-ADDR-BY-NAME: `[host, port]`, or nil. */
export function rewriteMasterAddress(value: RespValue, translate: Translate): RespValue {
  if (!('items' in value) || value.items.length !== 2) return value
  const proxy = translate(textOf(value.items[0]) ?? '', Number(textOf(value.items[1])))
  return proxy === undefined ? value : { ...value, items: [bulk(proxy.host), bulk(String(proxy.port))] }
}

/** What Sentinel publishes: `+switch-master` with the old and the new address, other events with an instance. */
export function rewriteMessage(value: RespValue, translate: Translate): RespValue {
  if (!('items' in value)) return value
  const [kind, ...words] = value.items.map(textOf)
  if (kind !== 'message' && kind !== 'pmessage') return value
  const channel = words.at(-2)
  const text = words.at(-1)
  if (channel === undefined || text === undefined || !/^[+-]/.test(channel)) return value
  const rewritten = rewriteEvent(channel, text.split(' '), translate)
  return { ...value, items: [...value.items.slice(0, -1), bulk(rewritten.join(' '))] }
}

/**
 * `name oldip oldport newip newport` of +switch-master, `type name ip port [@ master ip port]` of the others
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#pubsub-messages).
 */
function rewriteEvent(channel: string, words: readonly string[], translate: Translate): string[] {
  const hosts = channel === '+switch-master' ? [1, 3] : words[4] === '@' ? [2, 6] : [2]
  const found = [...words]
  for (const index of hosts) {
    const [host, port] = [words[index], words[index + 1]]
    if (host === undefined || !/^\d{1,5}$/.test(port ?? '')) continue
    const proxy = translate(host, Number(port))
    if (proxy === undefined) continue
    // An instance is called by its address, unless it is a master.
    if (found[index - 1] === `${host}:${port}`) found[index - 1] = `${proxy.host}:${proxy.port}`
    found[index] = proxy.host
    found[index + 1] = String(proxy.port)
  }
  return found
}
