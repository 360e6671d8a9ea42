import { isOverTime, type Page, wholeTime } from './chart-view.ts'
import { spanName } from './places.ts'

const SHORTEST_SECONDS = 0.2

/** All charts over time show this part of it; `null`: all of it. */
export function zoomTo(page: Page, part: readonly [from: number, to: number] | null): void {
  const [low, high] = wholeTime(page.data)
  const [from, to] = [Math.max(low, part?.[0] ?? low), Math.min(high, part?.[1] ?? high)]
  const isWhole = part === null || to - from >= high - low || to - from < SHORTEST_SECONDS
  if (part !== null && to - from < SHORTEST_SECONDS) return
  page.zoom = isWhole ? null : [from, to]
  for (const view of page.views) if (isOverTime(view)) view.plot.setScale('x', { min: from, max: to })
  showZoom(page)
}

function showZoom({ zoom, data }: Page): void {
  const button = document.querySelector<HTMLButtonElement>('#reset-zoom')
  if (button === null) return
  button.hidden = zoom === null
  if (zoom !== null) button.textContent = `${spanName(data, zoom[0], zoom[1])} · show all`
}

/** Around a moment, by a factor. */
export function zoomBy(page: Page, around: number, factor: number): void {
  const [low, high] = page.zoom ?? wholeTime(page.data)
  zoomTo(page, [around - (around - low) * factor, around + (high - around) * factor])
}

/** Moves what is shown so far that a moment is in it. */
export function bringIntoView(page: Page, moment: number): void {
  if (page.zoom === null) return
  const [from, to] = page.zoom
  const margin = (to - from) / 10
  const shift = moment < from ? moment - margin - from : moment > to ? moment + margin - to : 0
  if (shift === 0) return
  const [low, high] = wholeTime(page.data)
  const held = Math.min(high - to, Math.max(low - from, shift))
  zoomTo(page, [from + held, to + held])
}

/** The buttons that zoom, and those that take it back. */
export function followZoomButtons(page: Page): void {
  document.querySelector('#reset-zoom')?.addEventListener('click', () => zoomTo(page, null))
  for (const button of document.querySelectorAll<HTMLElement>('[data-zoom]'))
    button.addEventListener('click', () => {
      const [from, to] = (button.dataset['zoom'] ?? '').split(' ').map(Number)
      zoomTo(page, from === undefined || to === undefined ? null : [from, to])
      if (button.dataset['show'] !== undefined)
        document.querySelector(`#${button.dataset['show']}`)?.scrollIntoView({ block: 'start' })
    })
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') zoomTo(page, null)
  })
}
