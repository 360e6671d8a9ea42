import { type HttpSink, startHttpSink } from '../../support/http-sink.ts'

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
export function startLogSink(records: LogRecord[]): Promise<HttpSink> {
  return startHttpSink(({ text }) => {
    records.push(...readLogs(text))
  })
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
