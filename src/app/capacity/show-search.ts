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
  readonly isTerminal: boolean
  readonly isQuiet: boolean
  /** Warm-up and measured time together. */
  readonly stepMillis: number
}): SearchDisplay {
  const { stderr, isTerminal, isQuiet, stepMillis } = options
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    stderr(CLEAR_LINE)
  }
  return {
    starts(step, millisLeft) {
      if (isQuiet || !isTerminal) return
      stop()
      const startedAt = performance.now()
      const show = (): void => {
        const elapsedMillis = Math.min(stepMillis, performance.now() - startedAt)
        stderr(CLEAR_LINE + renderStepInProgress(step, { elapsedMillis, stepMillis, millisLeft }))
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
