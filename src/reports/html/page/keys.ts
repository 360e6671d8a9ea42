import { type ChartView, isOverTime, type Page } from './chart-view.ts'
import type { Legend } from './readings.ts'
import { bringIntoView, zoomBy } from './zoom.ts'

const JUMP = 10

/** What arrow keys and others do while a chart has the focus. */
export function followKeys(view: ChartView, legend: Legend, page: Page): void {
  const { box, plot } = view
  const times = (): number[] => plot.data[0] as number[]
  const steps: Readonly<Record<string, (index: number) => number>> = {
    ArrowLeft: (index) => index - 1,
    ArrowRight: (index) => index + 1,
    PageUp: (index) => index - JUMP,
    PageDown: (index) => index + JUMP,
    Home: () => 0,
    End: () => times().length - 1,
  }
  const move = (index: number): void => {
    const at = Math.min(times().length - 1, Math.max(0, index))
    if (isOverTime(view)) bringIntoView(page, times()[at] ?? 0)
    // After the library has taken over what is shown now.
    queueMicrotask(() => {
      moveCursor(plot, plot.valToPos(times()[at] ?? 0, 'x'))
      legend.read(at, plot)
      speak(legend.spoken(at))
    })
  }
  box.addEventListener('keydown', (event) => {
    const step = steps[event.key]
    const now = plot.cursor.idx ?? null
    if (step !== undefined) move(now === null ? visibleStart(view, page) : step(now))
    else if (isOverTime(view) && ['+', '=', '-'].includes(event.key))
      zoomBy(page, now === null ? middleOf(view) : (times()[now] ?? 0), event.key === '-' ? 2 : 0.5)
    else return
    event.preventDefault()
  })
}

/** The third argument, which the types of the library leave out, tells the other charts. */
function moveCursor(plot: ChartView['plot'], left: number): void {
  const known = plot as unknown as { setCursor(at: object, fire: boolean, tell: boolean): void }
  known.setCursor({ left, top: -1 }, true, true)
}

function visibleStart({ plot }: ChartView, { zoom }: Page): number {
  return zoom === null ? 0 : plot.valToIdx(zoom[0])
}

function middleOf({ plot }: ChartView): number {
  const { min = 0, max = 0 } = plot.scales['x']!
  return ((min ?? 0) + (max ?? 0)) / 2
}

/** Told to those who do not see the cursor. */
function speak(text: string): void {
  const live = document.querySelector('#spoken')
  if (live !== null) live.textContent = text
}
