import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A request that has come in whole. */
export interface SinkRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The body as text, unpacked if need be. */
  readonly text: string
}

export interface HttpSink {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  stop(): void
}

/** Stands where a back end would be, and takes what is sent there. Answers with JSON, `{}` unless the listener gives more. */
export async function startHttpSink(
  onRequest: (request: SinkRequest) => object | void,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpSink> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const isPacked = request.headers['content-encoding'] === 'gzip'
      const answer = onRequest({
        method: request.method ?? '',
        url: new URL(request.url ?? '', 'http://sink'),
        headers: request.headers,
        body,
        text: (isPacked ? gunzipSync(body) : body).toString(),
      })
      response.writeHead(200, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(answer ?? {}))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
