import type { ReconnectionTimes } from '../model/disturbance.ts'
import type { Histogram } from '../model/histogram.ts'
import type { ResultTools } from './result-tools.ts'

const EXACT = 4096

/** Quantiles of any number of durations: exact ones while they are few, those of a histogram afterwards. */
export class DurationSummary {
  readonly #tools: DurationTools
  #millis: number[] = []
  #histogram: Histogram | undefined
  #count = 0
  #max = 0

  constructor(tools: DurationTools) {
    this.#tools = tools
  }

  add(millis: number): void {
    this.#count++
    this.#max = Math.max(this.#max, millis)
    this.#millis.push(millis)
    if (this.#millis.length < EXACT) return
    this.#histogram = this.#merged()
    this.#millis = []
  }

  get result(): ReconnectionTimes {
    const quantile = this.#quantiles()
    return { count: this.#count, p50_ms: quantile(0.5), p95_ms: quantile(0.95), max_ms: this.#max }
  }

  #quantiles(): (quantile: number) => number {
    if (this.#histogram !== undefined) {
      const merged = this.#merged()
      return (quantile) => merged.quantile(quantile) / 1000
    }
    const ascending = this.#millis.toSorted((a, b) => a - b)
    return (quantile) => ascending[Math.max(0, Math.ceil(quantile * ascending.length) - 1)] ?? 0
  }

  #merged(): Histogram {
    const fresh = this.#tools.histogramOf(this.#millis.map((millis) => millis * 1000))
    return this.#histogram === undefined ? fresh : this.#tools.mergeHistograms([this.#histogram, fresh])
  }
}

export type DurationTools = Pick<ResultTools, 'histogramOf' | 'mergeHistograms'>
