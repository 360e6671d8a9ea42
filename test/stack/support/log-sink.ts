import { createServer, type Server } from 'node:http'

export interface LogRecord {
  readonly body: string
  readonly severity: string
  readonly traceId: string
  readonly spanId: string
  readonly resource: Readonly<Record<string, string>>
}

interface OtlpLogs {
  resourceLogs: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] }
    scopeLogs: {
      logRecords: { body: { stringValue: string }; severityText: string; traceId: string; spanId: string }[]
    }[]
  }[]
}

/** Takes what the collector sends to Loki's OTLP address, and keeps it. Loki itself cannot be had from any package manager. */
export async function startLogSink(records: LogRecord[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      records.push(...readLogs(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}

function readLogs(body: string): LogRecord[] {
  const { resourceLogs } = JSON.parse(body) as OtlpLogs
  return resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const attributes = resource.attributes.map(({ key, value }) => [key, value.stringValue ?? ''] as const)
    return scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(({ body: text, severityText, traceId, spanId }) => ({
        body: text.stringValue,
        severity: severityText,
        traceId,
        spanId,
        resource: Object.fromEntries(attributes),
      })),
    )
  })
}
