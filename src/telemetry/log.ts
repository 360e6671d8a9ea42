import { writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { pino, type Logger } from 'pino'
import { PinoPretty } from 'pino-pretty'
import { systemReason, UsageError } from '../model/errors.ts'
import type { Log, SpanIds } from '../model/log.ts'
import type { LogPlan } from '../model/plan.ts'
import type { LogTap } from './log-tap.ts'
import { makeFolder } from './make-folder.ts'
import { openOutput } from './open-output.ts'
import { createRedactor } from './redact.ts'

export interface LogParts {
  readonly plan: LogPlan
  /** Fields of every line. */
  readonly base: Readonly<Record<string, string>>
  /** Texts that must never be written. */
  readonly secrets: readonly string[]
  readonly stderr: { readonly isTTY?: boolean; readonly write: (text: string) => unknown }
  /** Span of the run, once there is one. */
  readonly span: () => SpanIds | undefined
  /** Gets every line as JSON, whatever the log looks like to people. */
  readonly lines: LogTap
}

/**
 * The log: pino to stderr (pretty on a terminal, JSON otherwise) or to a file. Everything passes one redactor on its
 * way out, and an error is reduced to what cannot hold a key, a value or a password.
 */
export function createLog(parts: LogParts): Log {
  const { plan } = parts
  const redact = createRedactor(parts.secrets)
  const write =
    plan.file === null ? (text: string) => parts.stderr.write(text) : fileWriter(plan.file, parts.stderr)
  const isPretty =
    plan.format === 'pretty' || (plan.format === 'auto' && plan.file === null && parts.stderr.isTTY === true)
  const printed = isPretty ? prettyTo(textSink(write)) : textSink(write)
  const destination = textSink((text) => {
    const shown = redact(text)
    printed.write(shown)
    parts.lines.push(shown)
  })
  const logger: Logger = pino(
    {
      level: plan.level,
      base: parts.base,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      mixin: () => traceFields(parts.span()),
    },
    destination,
  )
  return logger
}

function textSink(write: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      write(String(chunk))
      done()
    },
  })
}

function prettyTo(sink: Writable): NodeJS.WritableStream {
  return PinoPretty({
    destination: sink,
    sync: true,
    colorize: process.env['NO_COLOR'] === undefined,
    ignore: 'pid,hostname,run_id,app_name,instance_id,trace_id,span_id',
    translateTime: 'SYS:HH:MM:ss',
  })
}

/** Appends to a file, synchronously, so that nothing is lost when the process is killed. */
function fileWriter(file: string, stderr: LogParts['stderr']): (text: string) => void {
  let hasFailed = false
  const descriptor = openForAppending(file)
  return (text) => {
    try {
      writeSync(descriptor, text)
    } catch (error) {
      if (!hasFailed) stderr.write(`redis-test: cannot write the log to ${file}: ${String(error)}\n`)
      hasFailed = true
    }
  }
}

function openForAppending(file: string): number {
  try {
    makeFolder(dirname(file))
    return openOutput(file, 'append')
  } catch (error) {
    throw new UsageError([
      {
        path: 'log.file',
        message: `cannot open ${file}: ${systemReason(error)}`,
        hint: 'choose another path',
      },
    ])
  }
}

function traceFields(span: SpanIds | undefined): object {
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }
}

/** Name, message, code and stack: never `command.args`, where ioredis puts values and passwords. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code } = error as NodeJS.ErrnoException
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
  }
}
