/** The log, as the parts see it. Fields are data; a message is a constant text. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Of the span that a line of the log belongs to, as hexadecimal digits. */
export interface SpanIds {
  readonly traceId: string
  readonly spanId: string
}
