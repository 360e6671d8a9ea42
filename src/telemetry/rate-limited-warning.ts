import type { Log } from '../model/log.ts'

const REMINDER_MILLIS = 60_000

/** Says that something fails: at the first failure, once a minute while it lasts, and when it works again. */
export class RateLimitedWarning {
  readonly #log: Log
  readonly #what: string
  readonly #fields: object
  #failures = 0
  #lastWarnedAt = Number.NEGATIVE_INFINITY

  constructor(log: Log, what: string, fields: object = {}) {
    this.#log = log
    this.#what = what
    this.#fields = fields
  }

  failed(reason: string, at: number = performance.now()): void {
    this.#failures++
    if (at - this.#lastWarnedAt < REMINDER_MILLIS) return
    this.#lastWarnedAt = at
    this.#log.warn({ ...this.#fields, failures: this.#failures, reason }, `${this.#what} fails`)
  }

  succeeded(): void {
    if (this.#failures === 0) return
    this.#log.info({ ...this.#fields, failures: this.#failures }, `${this.#what} works again`)
    this.#failures = 0
    this.#lastWarnedAt = Number.NEGATIVE_INFINITY
  }
}
