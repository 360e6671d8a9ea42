import type { ArrivalsControl } from '../../src/app/arrivals-control.ts'
import type { LoadPlan } from '../../src/model/plan.ts'
import type { Draw } from './draw.ts'

/** What somebody can do to the load while it goes on. */
export const PRESSES = {
  pause: (control) => control.pauseOrResume(),
  more: (control) => control.changeRate('more'),
  less: (control) => control.changeRate('less'),
  next: (control) => control.nextPhase(),
} as const satisfies Record<string, (control: ArrivalsControl) => string>

/** A key that is pressed, milliseconds after the load begins. */
export interface Press {
  readonly key: keyof typeof PRESSES
  readonly at: number
  /** How long after it the load threads hear of it, one by one. */
  readonly delays: readonly number[]
}

/** About how long after a key was pressed it holds. */
const LEAD_MILLIS = 600
/** A load thread hears of an adjustment by then, unless its process stands still. */
const LATEST_NEWS_MILLIS = 100
/** And so it has heard of it so long before it holds. */
export const HEARD_BEFORE_MILLIS = LEAD_MILLIS - LATEST_NEWS_MILLIS

/** Some by themselves, some many times in a row; a few when nothing can be adjusted yet, or any more. */
export function drawPresses(draw: Draw, load: LoadPlan): Press[] {
  const { warmup_ms, duration_ms } = load
  const lastMillis = warmup_ms + Math.max(0, (duration_ms ?? 1500) - LEAD_MILLIS)
  const presses = Array.from({ length: draw.whole(1, 5) }, (): Press[] => {
    const key = draw.oneOf(['pause', 'pause', 'more', 'less', 'next', 'next'] as const)
    const at = draw.between(
      draw.chance(0.1) ? 0 : warmup_ms,
      lastMillis + (draw.chance(0.1) ? LEAD_MILLIS : 0),
    )
    const times = (key === 'more' || key === 'less') && draw.chance(0.5) ? draw.whole(2, 22) : 1
    return Array.from({ length: times }, (_, index) => ({
      key,
      at: at + index * draw.oneOf([0, 5, 30]),
      delays: Array.from({ length: load.threads }, () => draw.ofMagnitude(0.02, LATEST_NEWS_MILLIS)),
    }))
  })
  return presses.flat().toSorted((a, b) => a.at - b.at)
}
