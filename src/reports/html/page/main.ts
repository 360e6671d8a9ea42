import type { ChartData } from '../chart-data.ts'
import { type ChartView, isOverTime, type Page } from './chart-view.ts'
import { offerTable } from './data-table.ts'
import { followKeys } from './keys.ts'
import { makeView, sizeOf } from './make-view.ts'
import { followPrint } from './print.ts'
import { type Legend, makeLegend } from './readings.ts'
import { applyTheme, followTheme } from './theme.ts'
import { unpack } from './unpack.ts'
import { followZoomButtons, zoomTo } from './zoom.ts'

declare global {
  interface Window {
    /** The charts by their identifiers, for whoever wants to check what is drawn: see docs/html-report.md. */
    redisTestCharts?: Readonly<Record<string, ChartView>>
  }
}

applyTheme()
if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => void start())
else void start()

async function start(): Promise<void> {
  const page: Page = { data: await unpack(), views: [], zoom: null }
  for (const chart of page.data.charts) {
    const box = document.querySelector<HTMLElement>(`[data-chart="${chart.id}"]`)
    if (box !== null) page.views.push(show(chart, box, page))
  }
  followTheme(() => redraw(page))
  followPrint(() => resize(page))
  followZoomButtons(page)
  letWideTablesScroll()
  window.redisTestCharts = Object.fromEntries(page.views.map((view) => [view.chart.id, view]))
  document.documentElement.dataset['ready'] = ''
}

function show(chart: ChartData, box: HTMLElement, page: Page): ChartView {
  let legend: Legend | undefined
  const view: ChartView = makeView(chart, box, page, {
    onCursor: (self) => legend?.read(self.cursor.idx ?? null, self),
    onSelect: (self) => {
      const { left, width } = self.select
      if (width === 0) return
      self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
      zoomTo(page, [self.posToVal(left, 'x'), self.posToVal(left + width, 'x')])
    },
  })
  legend = makeLegend(view, page)
  offerTable(view, page)
  followKeys(view, legend, page)
  if (isOverTime(view)) view.plot.over.addEventListener('dblclick', () => zoomTo(page, null))
  new ResizeObserver(() => fit(view)).observe(box)
  return view
}

/** Only when the box has another size: the library draws all of it again. */
function fit({ plot, box }: ChartView): void {
  const size = sizeOf(box)
  if (size.width !== plot.width || size.height !== plot.height) plot.setSize(size)
}

function redraw({ views }: Page): void {
  for (const { plot } of views) plot.redraw(true, true)
}

function resize({ views }: Page): void {
  for (const view of views) fit(view)
  redraw({ views } as Page)
}

/** Those that do not fit can be reached with the keyboard; the others need no stop. */
function letWideTablesScroll(): void {
  const boxes = [...document.querySelectorAll<HTMLElement>('.scroll')]
  const observer = new ResizeObserver(() => {
    for (const box of boxes)
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
      else box.removeAttribute('tabindex')
  })
  for (const box of boxes) observer.observe(box)
}
