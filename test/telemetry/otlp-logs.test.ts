import { trace } from '@opentelemetry/api'
import { type LogRecord, SeverityNumber } from '@opentelemetry/api-logs'
import { describe, expect, it } from 'vitest'
import { LogTap } from '../../src/telemetry/log-tap.ts'
import { emitLines } from '../../src/telemetry/otlp-logs.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

function emitted(fields: object): LogRecord {
  const records: LogRecord[] = []
  emitLines({ emit: (record) => records.push(record) })(
    JSON.stringify({
      level: 'warn',
      time: '2026-01-02T03:04:05.678Z',
      run_id: 'r-1',
      msg: 'hello',
      ...fields,
    }),
  )
  expect(records).toHaveLength(1)
  return records[0]!
}

describe('a log line as a log record', () => {
  it('has body, severity, time and attributes', () => {
    const record = emitted({ port: 1, err: { name: 'Error', message: 'no' } })
    expect(record).toMatchObject({
      body: 'hello',
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      timestamp: new Date('2026-01-02T03:04:05.678Z'),
    })
    // run_id and its like are attributes of the resource.
    expect(record.attributes).toEqual({ port: 1, err: { name: 'Error', message: 'no' } })
  })

  it('belongs to the span of the run', () => {
    const record = emitted({ trace_id: TRACE, span_id: SPAN })
    expect(trace.getSpanContext(record.context!)).toMatchObject({ traceId: TRACE, spanId: SPAN })
    expect(record.attributes).toEqual({})
  })

  it('is kept as it is when a secret was hidden in the middle of a number', () => {
    const records: LogRecord[] = []
    const emit = emitLines({ emit: (record) => records.push(record) })
    emit('{"level":"info","linger_ms":***,"msg":"hello"}\n')
    emit('{"level":"info","time":"***","msg":"hello"}\n')
    expect(records).toMatchObject([
      { body: '{"level":"info","linger_ms":***,"msg":"hello"}' },
      { body: 'hello', severityText: 'INFO' },
    ])
    expect(records[1]).not.toHaveProperty('timestamp')
  })

  it('is not made of what the SDK says about exporting log records', () => {
    const records: LogRecord[] = []
    const line = {
      level: 'debug',
      time: '2026-01-02T03:04:05.678Z',
      component: 'opentelemetry',
      msg: 'failed',
    }
    emitLines({ emit: (record) => records.push(record) })(JSON.stringify(line))
    expect(records).toEqual([])
  })

  it('belongs to no span before there is one', () => {
    expect(trace.getSpanContext(emitted({}).context!)).toBeUndefined()
  })
})

describe('the tap of the log', () => {
  it('keeps the first lines for its reader, then passes on each', () => {
    const tap = new LogTap()
    for (let line = 0; line < 300; line++) tap.push(String(line))
    const read: string[] = []
    tap.connect((line) => read.push(line))
    tap.push('next')
    expect(read).toEqual([...Array.from({ length: 200 }, (_, line) => String(line)), 'next'])
  })
})
