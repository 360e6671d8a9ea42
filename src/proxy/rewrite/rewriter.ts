import type { Address } from '../address.ts'
import type { Rewriter } from '../resp/replies.ts'
import { encodeValues, parseValues, type RespValue } from '../resp/value.ts'
import { rewriteFields } from './fields.ts'
import { rewriteNodeLines, rewriteRedirection, rewriteSlots } from './cluster.ts'
import { rewriteMasterAddress, rewriteMessage } from './sentinel.ts'

/** The address of the proxy of a node; undefined when there is none, and the address stays as it is. */
export type Translate = (host: string, port: number) => Address | undefined

export interface RewriterOptions {
  /** The proxy of a node, as this client reaches it. */
  readonly find: (node: Address) => Address | undefined
  /** Makes proxies for nodes that have none. */
  readonly provide: (nodes: readonly Address[]) => Promise<void>
  /** Where this connection leads: what a node means when it does not say its host. */
  readonly ownHost: () => string
}

type Rewrite = (value: RespValue, translate: Translate) => RespValue

/** The replies in which there are addresses, by command. */
const REPLIES: Readonly<Record<string, Rewrite>> = {
  'cluster slots': rewriteSlots,
  'cluster shards': rewriteFields,
  'cluster nodes': rewriteNodeLines,
  'cluster replicas': rewriteNodeLines,
  'cluster slaves': rewriteNodeLines,
  'sentinel get-master-addr-by-name': rewriteMasterAddress,
  'sentinel masters': rewriteFields,
  'sentinel master': rewriteFields,
  'sentinel replicas': rewriteFields,
  'sentinel slaves': rewriteFields,
  'sentinel sentinels': rewriteFields,
}

const [MINUS, STAR, PUSH] = [0x2d, 0x2a, 0x3e]

/** Replaces the addresses of nodes by those of their proxies, so that a client stays on the proxies. */
export function createRewriter(options: RewriterOptions): Rewriter {
  return {
    rewrite(frame, of) {
      const rewrite = chooseRewrite(frame, of)
      if (rewrite === undefined) return frame
      const missing: Address[] = []
      const run = (): Buffer =>
        rewrite(frame, (host, port) => {
          if (port === 0) return undefined
          const node = { host: host === '' ? options.ownHost() : host, port }
          const proxy = options.find(node)
          if (proxy === undefined) missing.push(node)
          return proxy
        })
      const rewritten = run()
      return missing.length === 0 ? rewritten : options.provide(missing).then(run, () => rewritten)
    },
  }
}

function chooseRewrite(
  frame: Buffer,
  of: { readonly name: string; readonly next: string } | undefined,
): ((frame: Buffer, translate: Translate) => Buffer) | undefined {
  if (frame[0] === MINUS) return rewriteRedirection
  if (of === undefined) return frame[0] === STAR || frame[0] === PUSH ? inValues(rewriteMessage) : undefined
  const rewrite = REPLIES[`${of.name} ${of.next}`]
  return rewrite === undefined ? undefined : inValues(rewrite)
}

function inValues(rewrite: Rewrite): (frame: Buffer, translate: Translate) => Buffer {
  return (frame, translate) => encodeValues(parseValues(frame).map((value) => rewrite(value, translate)))
}
