import type { ProxySpec, ProxyState } from '../model/toxic.ts'
import type { Address } from './address.ts'
import { startApiServer } from './api/api-server.ts'
import { ProxyCollection } from './proxy-collection.ts'

export interface ProxyServerOptions {
  /** Where Toxiproxy's API is served; port 0 is any. */
  readonly api: Address
  /** Decides which connections and commands toxics act on. */
  readonly seed: number
  readonly proxies: readonly ProxySpec[]
  /** A node was found in a reply and got a proxy. */
  readonly onFound?: (proxy: ProxyState) => void
}

export interface ProxyServer {
  readonly apiUrl: string
  readonly proxies: readonly ProxyState[]
  /** Closes every listener and every connection. */
  stop(): Promise<void>
}

/** Runs the proxies and their API in this process. Rejects when one of them cannot listen; then nothing is left. */
export async function startProxyServer(options: ProxyServerOptions): Promise<ProxyServer> {
  const { onFound } = options
  const collection = new ProxyCollection({
    seed: options.seed,
    ...(onFound === undefined ? {} : { onFound: (proxy) => onFound(proxy.describe()) }),
  })
  try {
    for (const spec of options.proxies) await collection.add(spec)
    const api = await startApiServer(collection, options.api)
    return {
      apiUrl: api.url,
      get proxies() {
        return collection.all.map((proxy) => proxy.describe())
      },
      async stop() {
        api.close()
        await collection.close()
      },
    }
  } catch (error) {
    await collection.close()
    throw error
  }
}
