import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Address, formatAddress } from '../address.ts'
import { ApiError } from '../api-error.ts'
import type { ProxyCollection } from '../proxy-collection.ts'
import { readJson } from './read-body.ts'
import { type ApiAnswer, type Handler, ROUTES } from './routes.ts'

export interface ApiServer {
  /** `http://host:port`. */
  readonly url: string
  close(): void
}

/** Serves Toxiproxy's HTTP API over these proxies. Rejects when it cannot listen. */
export async function startApiServer(proxies: ProxyCollection, { host, port }: Address): Promise<ApiServer> {
  // One change after the other, each on what the one before it left.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (answer: () => Promise<ApiAnswer>): Promise<ApiAnswer> => {
    const turn = last.then(answer)
    last = turn.catch(() => {})
    return turn
  }
  const server = createServer({ requestTimeout: 15_000, maxHeaderSize: 16 * 1024 }, (request, response) => {
    void serve(request, response, proxies, inTurn)
  })
  server.maxConnections = 256
  server.listen({ host, port })
  await once(server, 'listening')
  return {
    url: `http://${boundAddress(server)}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function boundAddress(server: Server): string {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the API listens nowhere')
  return formatAddress({ host: bound.address, port: bound.port })
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  proxies: ProxyCollection,
  inTurn: (answer: () => Promise<ApiAnswer>) => Promise<ApiAnswer>,
): Promise<void> {
  try {
    // A page in a browser must not be able to talk to it; Toxiproxy does the same.
    if (request.headers['user-agent']?.startsWith('Mozilla/') === true)
      throw new ApiError('User agent not allowed', 403)
    const url = new URL(request.url ?? '/', 'http://localhost')
    const { handler, names } = findRoute(request.method ?? 'GET', url.pathname)
    const body = await readJson(request)
    const answer = await inTurn(async () => handler({ proxies, names, query: url.searchParams, body }))
    send(response, answer)
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(String(error), 500)
    send(response, { status: known.status, body: { error: known.message, status: known.status } })
  }
}

function send(response: ServerResponse, { status, body }: ApiAnswer): void {
  if (response.destroyed) return
  if (body === undefined) {
    response.writeHead(status).end()
    return
  }
  const isText = typeof body === 'string'
  const text = isText ? body : JSON.stringify(body)
  const type = isText ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}

/** The handler of a path, and what stands in it for the words in braces. */
function findRoute(method: string, path: string): { readonly handler: Handler; readonly names: string[] } {
  const words = path.split('/').slice(1)
  let isKnownPath = false
  for (const [route, handler] of Object.entries(ROUTES)) {
    const [routeMethod, routePath = ''] = route.split(' ')
    const routeWords = routePath.split('/').slice(1)
    const fits =
      routeWords.length === words.length &&
      routeWords.every((word, index) => word === words[index] || (word === '{}' && words[index] !== ''))
    if (!fits) continue
    isKnownPath = true
    if (routeMethod !== method) continue
    const names = words.filter((_, index) => routeWords[index] === '{}').map(decodeName)
    return { handler, names }
  }
  throw isKnownPath ? new ApiError('method not allowed', 405) : new ApiError('page not found', 404)
}

function decodeName(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    throw new ApiError('page not found', 404)
  }
}
