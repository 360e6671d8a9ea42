import type { ProxySpec, ProxyState } from '../model/toxic.ts'
import type { Address } from './address.ts'

/** The line that the proxy process reads first. */
export interface ProxyOrders {
  readonly api: Address
  readonly seed: number
  readonly proxies: readonly ProxySpec[]
}

/** The one line that it writes. */
export type ProxyReport =
  | { readonly apiUrl: string; readonly proxies: readonly ProxyState[] }
  | { readonly error: string }
