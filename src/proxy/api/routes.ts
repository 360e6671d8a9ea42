import type { ProxyState, ToxicValue } from '../../model/toxic.ts'
import { formatAddress } from '../address.ts'
import { ApiError, badRequest, missingField } from '../api-error.ts'
import { readAttributes, values } from '../attributes.ts'
import type { FaultProxy } from '../fault-proxy.ts'
import type { ProxyCollection } from '../proxy-collection.ts'
import { asObject } from '../toxic-set.ts'
import { renderMetrics } from './metrics-text.ts'
import { readProxyFields, readProxySpec } from './read-body.ts'

export interface ApiRequest {
  readonly proxies: ProxyCollection
  /** What stands for the words in braces, in order. */
  readonly names: readonly string[]
  readonly query: URLSearchParams
  readonly body: unknown
}

export interface ApiAnswer {
  readonly status: number
  /** JSON, unless it is text; nothing when undefined. */
  readonly body?: unknown
}

export type Handler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>

/** The version of Toxiproxy whose API this is; clients ask for it. */
const TOXIPROXY_VERSION = '2.12.0'

const ok = (body: unknown): ApiAnswer => ({ status: 200, body })
const created = (body: unknown): ApiAnswer => ({ status: 201, body })
const NO_CONTENT: ApiAnswer = { status: 204 }

const proxyOf = ({ proxies, names }: ApiRequest): FaultProxy => proxies.get(names[0]!)

async function populate({ proxies, body }: ApiRequest): Promise<ApiAnswer> {
  const done: ProxyState[] = []
  try {
    if (!Array.isArray(body)) throw badRequest('it must be a list of proxies')
    const specs = body.map((each, index) => readProxySpec(each, ` at proxy ${index + 1}`))
    for (const spec of specs) done.push((await proxies.addOrReplace(spec)).describe())
    return created({ proxies: done })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return {
      status: error.status,
      body: { error: error.message, status: error.status, proxies: done.length === 0 ? null : done },
    }
  }
}

async function updateProxy(request: ApiRequest): Promise<ApiAnswer> {
  const proxy = proxyOf(request)
  const fields = readProxyFields(request.body)
  const updated = await request.proxies.update(
    proxy.name,
    fields.listen ?? formatAddress(proxy.listen),
    fields.upstream ?? formatAddress(proxy.upstream),
    fields.enabled ?? proxy.isEnabled,
  )
  return ok(updated.describe())
}

const updateToxic: Handler = async (request) =>
  ok(await proxyOf(request).updateToxic(request.names[1]!, request.body))

function closeConnections(request: ApiRequest): ApiAnswer {
  const [, id] = request.names
  const how = request.query.get('reset') === 'true' ? 'reset' : 'close'
  const closed = proxyOf(request).closeConnections(how, id === undefined ? undefined : Number(id))
  if (id !== undefined && closed === 0) throw new ApiError('connection not found', 404)
  return ok({ closed })
}

function sendPush(request: ApiRequest): ApiAnswer {
  const { push } = readAttributes({ push: values() }, asObject(request.body))
  const items = push as readonly ToxicValue[]
  if (items.length === 0) throw missingField('push')
  return ok({ sent: proxyOf(request).push(items) })
}

/** Method and path of everything that can be asked for. The first part is Toxiproxy's, the second ours. */
export const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /version': () => ok({ version: TOXIPROXY_VERSION, server: 'redis-test' }),
  'GET /metrics': ({ proxies }) => ({ status: 200, body: renderMetrics(proxies.all) }),
  'POST /reset': async ({ proxies }) => {
    await proxies.reset()
    return NO_CONTENT
  },
  'POST /populate': populate,
  'GET /proxies': ({ proxies }) =>
    ok(Object.fromEntries(proxies.all.map((proxy) => [proxy.name, proxy.describe()]))),
  'POST /proxies': async ({ proxies, body }) => created((await proxies.add(readProxySpec(body))).describe()),
  'GET /proxies/{}': (request) => ok(proxyOf(request).describe()),
  'POST /proxies/{}': updateProxy,
  'PATCH /proxies/{}': updateProxy,
  'DELETE /proxies/{}': async ({ proxies, names }) => {
    await proxies.remove(names[0]!)
    return NO_CONTENT
  },
  'GET /proxies/{}/toxics': (request) => ok(proxyOf(request).toxics),
  'POST /proxies/{}/toxics': async (request) => ok(await proxyOf(request).addToxic(request.body)),
  'GET /proxies/{}/toxics/{}': (request) => ok(proxyOf(request).toxic(request.names[1]!)),
  'POST /proxies/{}/toxics/{}': updateToxic,
  'PATCH /proxies/{}/toxics/{}': updateToxic,
  'DELETE /proxies/{}/toxics/{}': async (request) => {
    await proxyOf(request).removeToxic(request.names[1]!)
    return NO_CONTENT
  },

  'GET /proxies/{}/stats': (request) => ok(proxyOf(request).stats),
  'GET /proxies/{}/connections': (request) => ok(proxyOf(request).connections),
  'DELETE /proxies/{}/connections': closeConnections,
  'DELETE /proxies/{}/connections/{}': closeConnections,
  'POST /proxies/{}/push': sendPush,
}
