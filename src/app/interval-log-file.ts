import { closeSync, writeSync } from 'node:fs'
import type { Snapshot } from '../model/snapshot.ts'
import type { RunPlan } from '../model/plan.ts'
import { systemReason, UsageError } from '../model/errors.ts'
import { intervalLogHeader, intervalLogLines } from '../reports/interval-log.ts'
import { openOutput } from '../telemetry/open-output.ts'
import { RESULT_TOOLS } from './result-tools.ts'

/** Told of each interval of the measured phase, when it is over. Times are milliseconds since the epoch. */
export type OnInterval = (
  interval: Snapshot,
  times: { readonly sinceMillis: number; readonly untilMillis: number },
) => void

/**
 * A log of HdrHistogram (`.hlog`), written interval by interval: what a run holds in memory does not grow with it, and what
 * was written survives `kill -9`. After a line that could not be written nothing more is, and {@link error} says why.
 */
export class IntervalLogFile {
  readonly path: string
  readonly #toolVersion: string
  readonly #plan: RunPlan
  readonly #descriptor: number
  #startMillis: number | undefined
  #error: string | undefined

  constructor(path: string, toolVersion: string, plan: RunPlan) {
    this.path = path
    this.#toolVersion = toolVersion
    this.#plan = plan
    this.#descriptor = open(path)
  }

  get error(): string | undefined {
    return this.#error
  }

  readonly interval: OnInterval = (interval, { sinceMillis, untilMillis }) => {
    const header = this.#startMillis === undefined ? this.#header(sinceMillis) : ''
    this.#startMillis ??= sinceMillis
    const times = { sinceMillis: sinceMillis - this.#startMillis, lengthMillis: untilMillis - sinceMillis }
    const isOpenLoop = this.#plan.load.model === 'open'
    this.#write(header + intervalLogLines(interval, times, RESULT_TOOLS, isOpenLoop))
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #header(startMillis: number): string {
    const { run_id: runId } = this.#plan.identity
    return intervalLogHeader({ toolVersion: this.#toolVersion, runId, startMillis })
  }

  #write(text: string): void {
    if (this.#error !== undefined) return
    try {
      const bytes = Buffer.from(text)
      let written = 0
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written)
    } catch (error) {
      this.#error = systemReason(error)
    }
  }
}

function open(path: string): number {
  try {
    return openOutput(path, 'replace')
  } catch (error) {
    const message = `cannot write ${path}: ${systemReason(error)}`
    throw new UsageError([{ path: 'output.hlog', message, hint: 'choose another path' }])
  }
}
