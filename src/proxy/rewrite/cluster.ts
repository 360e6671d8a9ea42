import { formatAddress, parseAddress } from '../address.ts'
import { bulk, type RespValue, textOf } from '../resp/value.ts'
import type { Translate } from './rewriter.ts'

/** `-MOVED 3999 10.0.0.1:6381` and `-ASK …`; the host may be missing. */
export function rewriteRedirection(frame: Buffer, translate: Translate): Buffer {
  const match = /^-(MOVED|ASK) (\d+) (.*):(\d+)\r\n$/.exec(frame.toString('latin1', 0, 512))
  if (match === null) return frame
  const [, kind, slot, host = '', port] = match
  const proxy = translate(host, Number(port))
  return proxy === undefined ? frame : Buffer.from(`-${kind} ${slot} ${proxy.host}:${proxy.port}\r\n`)
}

/** CLUSTER SLOTS: `[from, to, [host, port, id, metadata], …]` for each range. What else is known of a host is left out. */
export function rewriteSlots(value: RespValue, translate: Translate): RespValue {
  if (!('items' in value)) return value
  return {
    ...value,
    items: value.items.map((range) =>
      'items' in range
        ? { ...range, items: range.items.map((part) => rewriteSlotNode(part, translate)) }
        : range,
    ),
  }
}

function rewriteSlotNode(node: RespValue, translate: Translate): RespValue {
  if (!('items' in node)) return node
  const [host, port, ...others] = node.items
  const proxy = translate(textOf(host) ?? '', Number(textOf(port)))
  if (proxy === undefined) return node
  const rest = others.map((part) => ('items' in part ? { ...part, items: [] } : part))
  return { ...node, items: [bulk(proxy.host), { type: 'line', line: `:${proxy.port}` }, ...rest] }
}

/** CLUSTER NODES and REPLICAS: `id host:port@bus,hostname,… flags …`, a line for each, in one text or a list. */
export function rewriteNodeLines(value: RespValue, translate: Translate): RespValue {
  if ('items' in value)
    return { ...value, items: value.items.map((item) => rewriteNodeLines(item, translate)) }
  if (!('bytes' in value)) return value
  const lines = value.bytes.toString().split('\n')
  return { ...value, bytes: Buffer.from(lines.map((line) => rewriteNodeLine(line, translate)).join('\n')) }
}

function rewriteNodeLine(line: string, translate: Translate): string {
  const match = /^(\S+ )([^\s@]*:\d+)(@\d+)?(,\S*)?( .*)$/.exec(line)
  if (match === null) return line
  const [, id = '', text = '', bus = '', , rest = ''] = match
  const colon = text.lastIndexOf(':')
  const node = parseAddress(text) ?? { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
  const proxy = translate(node.host, node.port)
  return proxy === undefined ? line : `${id}${formatAddress(proxy)}${bus}${rest}`
}
