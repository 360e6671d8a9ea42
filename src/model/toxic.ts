/** Toxics that Toxiproxy knows too, with its parameters: https://github.com/Shopify/toxiproxy#toxics. */
export const TOXIPROXY_TOXICS = [
  'latency',
  'bandwidth',
  'slow_close',
  'timeout',
  'reset_peer',
  'slicer',
  'limit_data',
] as const

/** Toxics of our own that act on whole connections. */
export const CONNECTION_TOXICS = ['half_open', 'accept_close', 'refuse'] as const

/** Toxics of our own that understand requests and replies of Redis. */
export const RESP_TOXICS = [
  'resp_error',
  'resp_garbage',
  'resp_cut',
  'resp_push',
  'resp_drop_reply',
  'resp_duplicate',
  'resp_maint_notifications',
] as const

export type ByteToxicType = (typeof TOXIPROXY_TOXICS)[number]
export type ConnectionToxicType = (typeof CONNECTION_TOXICS)[number]
export type RespToxicType = (typeof RESP_TOXICS)[number]
export type ToxicType = ByteToxicType | ConnectionToxicType | RespToxicType

/** `upstream` is from the client to the server, `downstream` the way back. */
export type ToxicStream = 'upstream' | 'downstream'

/** An attribute of a toxic, as JSON has it. */
export type ToxicValue = string | number | boolean | null | readonly ToxicValue[]
export type ToxicAttributes = Readonly<Record<string, ToxicValue>>

/** A toxic as Toxiproxy's API shows it. */
export interface Toxic {
  readonly name: string
  readonly type: string
  readonly stream: ToxicStream
  /** Share of the connections that it acts on, 0 to 1. */
  readonly toxicity: number
  readonly attributes: ToxicAttributes
}

/** A toxic to be made. Without a name it is called `type_stream`. */
export interface ToxicSpec {
  readonly name?: string
  readonly type: string
  /** The default is `downstream`. */
  readonly stream?: ToxicStream
  /** The default is 1. */
  readonly toxicity?: number
  readonly attributes?: ToxicAttributes
}

/** Whose addresses are replaced in replies. */
export type RewriteKind = 'cluster' | 'sentinel'

/** What a proxy has beyond Toxiproxy's. A real Toxiproxy ignores it. */
interface ProxyExtras {
  /** Replaces the addresses of nodes in replies by those of their proxies. */
  readonly rewrite?: RewriteKind
  /** Proxies of one group know each other's nodes. The default is the kind of rewriting. */
  readonly group?: string
  /** `tcp` looks at no byte. The default, `resp`, looks for requests and replies, and falls back when there are none. */
  readonly protocol?: 'resp' | 'tcp'
}

/** A proxy as Toxiproxy's API shows it. */
export interface ProxyState extends ProxyExtras {
  readonly name: string
  /** `host:port` that clients connect to. */
  readonly listen: string
  /** `host:port` of the server. */
  readonly upstream: string
  readonly enabled: boolean
  readonly toxics: readonly Toxic[]
}

/** A proxy to be made. Without `listen`, it takes any port of 127.0.0.1. */
export interface ProxySpec extends ProxyExtras {
  readonly name: string
  readonly listen?: string
  readonly upstream: string
  readonly enabled?: boolean
}

/** A connection through a proxy of ours. */
export interface ProxyConnection {
  readonly id: number
  /** `host:port` of the client. */
  readonly client: string
  readonly age_ms: number
  /** Bytes that were written to the server, and to the client. */
  readonly bytes_upstream: number
  readonly bytes_downstream: number
  /** 2 or 3 when its requests and replies are understood, or null. */
  readonly resp: 2 | 3 | null
  /** Nothing moves in either direction. */
  readonly half_open: boolean
}

/** What a proxy of ours counted since it was made. */
export interface ProxyStats {
  readonly connections: { readonly total: number; readonly active: number; readonly failed: number }
  readonly bytes: Readonly<Record<ToxicStream, { readonly received: number; readonly sent: number }>>
  /** By type of toxic: connections that it acted on, or for `resp_…` commands and pushes. */
  readonly applied: Readonly<Record<string, number>>
}
