/** A trace that stands for one bucket of one series. */
export interface Exemplar {
  readonly traceId: string
  readonly spanId: string
  /** Seconds. */
  readonly value: number
  /** Seconds since the epoch. */
  readonly timestamp: number
}

/**
 * The newest exemplar for each bucket of each series. A series is named by a text that both sides make the same way.
 * Bounded by the number of series and buckets.
 */
export class ExemplarStore {
  readonly #byBucket = new Map<string, Exemplar>()
  readonly #boundsSeconds: readonly number[]

  constructor(boundsSeconds: readonly number[]) {
    this.#boundsSeconds = boundsSeconds
  }

  offer(series: string, exemplar: Exemplar): void {
    const index = this.#boundsSeconds.findIndex((bound) => exemplar.value <= bound)
    this.#byBucket.set(`${series} ${index === -1 ? this.#boundsSeconds.length : index}`, exemplar)
  }

  /** `bucket` is the index of the bound; one past the last for +Inf. */
  find(series: string, bucket: number): Exemplar | undefined {
    return this.#byBucket.get(`${series} ${bucket}`)
  }
}

/** Series of `redis_operation_duration_seconds`. */
export function operationSeries(operation: string, isSuccess: boolean): string {
  return `operation ${operation} ${isSuccess ? 'success' : 'error'}`
}

/** Series of `db_client_operation_duration_seconds`; `errorType` is the fine code, empty for a success. */
export function databaseSeries(operation: string, errorType: string): string {
  return `database ${operation} ${errorType}`
}
