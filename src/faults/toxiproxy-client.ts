import type {
  ProxyConnection,
  ProxySpec,
  ProxyState,
  ProxyStats,
  Toxic,
  ToxicSpec,
  ToxicValue,
} from '../model/toxic.ts'

/** Talks to a Toxiproxy, or to our own fault proxy. Every call rejects with a {@link ToxiproxyError}. */
export interface ToxiproxyClient {
  /** The version of its API, and whether it is our own, which can do more. */
  version(): Promise<{ readonly version: string; readonly isOurs: boolean }>
  proxies(): Promise<readonly ProxyState[]>
  proxy(name: string): Promise<ProxyState>
  createProxy(spec: ProxySpec): Promise<ProxyState>
  /** Makes several; one of that name stays when it leads from and to the same. */
  populate(specs: readonly ProxySpec[]): Promise<readonly ProxyState[]>
  updateProxy(name: string, changes: Partial<Omit<ProxySpec, 'name'>>): Promise<ProxyState>
  removeProxy(name: string): Promise<void>
  toxics(proxy: string): Promise<readonly Toxic[]>
  addToxic(proxy: string, toxic: ToxicSpec): Promise<Toxic>
  updateToxic(
    proxy: string,
    toxic: string,
    changes: Pick<ToxicSpec, 'toxicity' | 'attributes'>,
  ): Promise<Toxic>
  removeToxic(proxy: string, toxic: string): Promise<void>
  /** Every proxy on, every toxic gone. */
  reset(): Promise<void>

  /** From here on: our own fault proxy only. */
  stats(proxy: string): Promise<ProxyStats>
  connections(proxy: string): Promise<readonly ProxyConnection[]>
  /** Closes one connection, or all, with FIN or with RST; how many it were. */
  closeConnections(
    proxy: string,
    options?: { readonly id?: number; readonly reset?: boolean },
  ): Promise<number>
  /** Sends a push of RESP3 to every client that understands it; how many those were. */
  push(proxy: string, items: readonly ToxicValue[]): Promise<number>
}

/** What a Toxiproxy answered instead of doing it; status 0 when there was no answer. */
export class ToxiproxyError extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.name = 'ToxiproxyError'
    this.status = status
  }
}

const ANSWER_LIMIT_MILLIS = 10_000

type Send = <Answer>(
  method: string,
  path: readonly string[],
  body?: unknown,
  query?: string,
) => Promise<Answer>

/** `url` as in `http://127.0.0.1:8474`. */
export function createToxiproxyClient(url: string): ToxiproxyClient {
  const send = createSend(url.replace(/\/+$/, ''))
  return {
    async version() {
      const answer = await send<{ readonly version?: string; readonly server?: string }>('GET', ['version'])
      return { version: answer.version ?? '', isOurs: answer.server === 'redis-test' }
    },
    proxies: async () => Object.values(await send<Record<string, ProxyState>>('GET', ['proxies'])),
    proxy: (name) => send('GET', ['proxies', name]),
    createProxy: (spec) => send('POST', ['proxies'], spec),
    populate: async (specs) =>
      (await send<{ readonly proxies: ProxyState[] }>('POST', ['populate'], specs)).proxies,
    // Older Toxiproxies know no PATCH.
    updateProxy: (name, changes) => send('POST', ['proxies', name], changes),
    removeProxy: (name) => send('DELETE', ['proxies', name]),
    toxics: (proxy) => send('GET', ['proxies', proxy, 'toxics']),
    addToxic: (proxy, toxic) => send('POST', ['proxies', proxy, 'toxics'], toxic),
    updateToxic: (proxy, toxic, changes) => send('POST', ['proxies', proxy, 'toxics', toxic], changes),
    removeToxic: (proxy, toxic) => send('DELETE', ['proxies', proxy, 'toxics', toxic]),
    reset: () => send('POST', ['reset']),
    stats: (proxy) => send('GET', ['proxies', proxy, 'stats']),
    connections: (proxy) => send('GET', ['proxies', proxy, 'connections']),
    async closeConnections(proxy, { id, reset = false } = {}) {
      const path = ['proxies', proxy, 'connections', ...(id === undefined ? [] : [String(id)])]
      const query = reset ? '?reset=true' : ''
      return (await send<{ readonly closed: number }>('DELETE', path, undefined, query)).closed
    },
    push: async (proxy, items) =>
      (await send<{ readonly sent: number }>('POST', ['proxies', proxy, 'push'], { push: items })).sent,
  }
}

function createSend(base: string): Send {
  return async <Answer>(
    method: string,
    path: readonly string[],
    body?: unknown,
    query = '',
  ): Promise<Answer> => {
    const what = `${method} /${path.map(encodeURIComponent).join('/')}${query}`
    const target = `${base}${what.slice(method.length + 1)}`
    try {
      const response = await fetch(target, {
        method,
        signal: AbortSignal.timeout(ANSWER_LIMIT_MILLIS),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const text = await response.text()
      if (!response.ok) throw new ToxiproxyError(`${what}: ${readError(text)}`, response.status)
      return (text === '' ? undefined : JSON.parse(text)) as Answer
    } catch (error) {
      if (error instanceof ToxiproxyError) throw error
      throw new ToxiproxyError(`${what}: no answer from ${base}: ${reasonOf(error)}`, 0)
    }
  }
}

function readError(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown }
    if (typeof error === 'string') return error
  } catch {
    // Not every answer is JSON.
  }
  return text.trim().slice(0, 200)
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? message
}
