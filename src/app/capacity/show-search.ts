import type { CapacityStep } from '../../model/capacity-result.ts'
import { renderStepInProgress, renderStepLine } from '../../reports/capacity/text-capacity.ts'
import type { CapacityListener } from './find-capacity.ts'

const PERIOD_MILLIS = 1000
/** Back to the beginning of the line, and empties it. */
const CLEAR_LINE = '\r\u001b[2K'

export interface SearchDisplay extends CapacityListener {
  /** Leaves the terminal as it was. */
  close(): void
}

/** One line for each step; on a terminal, also one that is written over while a step goes on. */
export function showSearch(options: {
  readonly stderr: (text: string) => void
  /** Width of the terminal in characters; `undefined` when it is none. */
  readonly columns: number | undefined
  readonly isQuiet: boolean
  /** Warm-up and measured time together. */
  readonly stepMillis: number
}): SearchDisplay {
  const { stderr, columns, isQuiet, stepMillis } = options
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    stderr(CLEAR_LINE)
  }
  return {
    starts(step, millisLeft) {
      if (isQuiet || columns === undefined) return
      stop()
      const startedAt = performance.now()
      const show = (): void => {
        const elapsedMillis = Math.min(stepMillis, performance.now() - startedAt)
        const line = renderStepInProgress(step, { elapsedMillis, stepMillis, millisLeft })
        // A line that wraps could not be written over.
        stderr(CLEAR_LINE + line.slice(0, columns - 1))
      }
      show()
      timer = setInterval(show, PERIOD_MILLIS)
    },
    ended(step: CapacityStep) {
      stop()
      if (!isQuiet) stderr(`${renderStepLine(step)}\n`)
    },
    close: stop,
  }
}
