import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/model/errors.ts'
import type { Log, SpanIds } from '../../src/model/log.ts'
import type { LogPlan } from '../../src/model/plan.ts'
import { LogTap } from '../../src/telemetry/log-tap.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { RateLimitedWarning } from '../../src/telemetry/rate-limited-warning.ts'
import { createRedactor } from '../../src/telemetry/redact.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-test-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function open(
  plan: Partial<LogPlan> = {},
  options: { secrets?: string[]; isTTY?: boolean; span?: SpanIds } = {},
): { log: Log; lines: LogTap; text: () => string } {
  const stderr = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false })
  const chunks: string[] = []
  stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  const lines = new LogTap()
  const log = createLog({
    plan: { level: 'info', format: 'auto', file: null, ...plan },
    base: { run_id: 'r-1' },
    secrets: options.secrets ?? [],
    stderr,
    span: () => options.span,
    lines,
  })
  return { log, lines, text: () => chunks.join('') }
}

describe('the log', () => {
  it('is JSON off a terminal, with run_id, trace_id and span_id', () => {
    const { log, text } = open({}, { span: { traceId: 'abc', spanId: 'def' } })
    log.info({ port: 1 }, 'hello')
    expect(JSON.parse(text())).toMatchObject({
      level: 'info',
      run_id: 'r-1',
      trace_id: 'abc',
      span_id: 'def',
      port: 1,
      msg: 'hello',
    })
  })

  it('has no trace_id before there is one', () => {
    const { log, text } = open()
    log.info({}, 'hello')
    expect(JSON.parse(text())).not.toHaveProperty('trace_id')
  })

  it('hands every line to telemetry as JSON without secrets, also when people see it pretty', () => {
    const { log, lines, text } = open({}, { isTTY: true, secrets: ['hunter2'] })
    log.info({ url: 'x hunter2' }, 'hello')
    const read: unknown[] = []
    lines.connect((line) => read.push(JSON.parse(line)))
    expect(read).toMatchObject([{ level: 'info', url: 'x ***', msg: 'hello' }])
    expect(text()).not.toMatch(/hunter2|^{/)
  })

  it('is pretty on a terminal', () => {
    const { log, text } = open({}, { isTTY: true })
    log.warn({ port: 1 }, 'hello')
    expect(text()).toMatch(/WARN.*: .*hello/)
    expect(text()).not.toContain('"msg"')
  })

  it('keeps to its level', () => {
    const { log, text } = open({ level: 'warn' })
    log.info({}, 'quiet')
    expect(text()).toBe('')
  })

  it('appends to a file, readable by its owner only', () => {
    const file = join(folder, 'deep', 'run.log')
    const { log, text } = open({ file })
    log.info({}, 'one')
    log.info({}, 'two')
    expect(text()).toBe('')
    expect(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
    ).toEqual(['one', 'two'])
  })

  it('says when the file cannot be opened', () => {
    expect(() => open({ file: '/proc/nope/run.log' })).toThrow(UsageError)
  })

  it('never shows the arguments of a failed command, nor a secret anywhere', () => {
    const { log, text } = open({}, { secrets: ['s3c"ret'] })
    const error = Object.assign(new Error('WRONGPASS for s3c"ret'), {
      command: { name: 'auth', args: ['s3c"ret', 'value'] },
      code: 'X',
    })
    log.warn({ err: error, url: 'redis://user:other@host' }, 'failed s3c"ret')
    expect(text()).not.toContain('ret"')
    expect(text()).not.toContain('s3c')
    expect(text()).not.toContain('other')
    expect(text()).not.toContain('args')
    expect(JSON.parse(text())).toMatchObject({
      err: { name: 'Error', message: 'WRONGPASS for ***', code: 'X' },
      url: 'redis://user:***@host',
    })
  })
})

describe('createRedactor', () => {
  const redact = createRedactor(['p@ss w', 'p@ss'])
  it.each([
    ['nothing to hide', 'nothing to hide'],
    ['the p@ss w is long', 'the *** is long'],
    ['the p@ss is short', 'the *** is short'],
    ['as a URL writes it: p%40ss%20w', 'as a URL writes it: ***'],
    ['redis://:unknown@host:1/0', 'redis://:***@host:1/0'],
    ['rediss://user:unknown@host', 'rediss://user:***@host'],
    ['redis://host:1', 'redis://host:1'],
    ['http://host/a:b@c', 'http://host/a:b@c'],
  ])('%j becomes %j', (text, hidden) => {
    expect(redact(text)).toBe(hidden)
  })
})

describe('RateLimitedWarning', () => {
  it('warns at the first failure, once a minute, and when it works again', () => {
    const lines: string[] = []
    const note = (fields: object, message: string): void =>
      void lines.push(`${message} ${JSON.stringify(fields)}`)
    const warning = new RateLimitedWarning({ debug: note, info: note, warn: note, error: note }, 'export', {
      signal: 'traces',
    })
    warning.succeeded()
    for (let at = 0; at < 130_000; at += 1000) warning.failed('refused', at)
    warning.succeeded()
    warning.succeeded()
    warning.failed('again', 131_000)
    expect(lines).toEqual([
      'export fails {"signal":"traces","failures":1,"reason":"refused"}',
      'export fails {"signal":"traces","failures":61,"reason":"refused"}',
      'export fails {"signal":"traces","failures":121,"reason":"refused"}',
      'export works again {"signal":"traces","failures":130}',
      'export fails {"signal":"traces","failures":1,"reason":"again"}',
    ])
  })
})
