import { quantileText } from './axes.ts'
import { type ChartView, type Page, wholeTime } from './chart-view.ts'
import { numberText, readingText, timeText } from './numbers-as-text.ts'
import { placeName } from './places.ts'

const MOST_ROWS = 600

/** The data of a chart as a table: made when it is opened, of the part of the time that is shown. */
export function offerTable(view: ChartView, page: Page): void {
  const details = document.createElement('details')
  details.className = 'data'
  const summary = document.createElement('summary')
  summary.textContent = 'Data'
  const described = document.createElement('span')
  described.className = 'hidden'
  described.textContent = ` of ${view.chart.title} as a table`
  summary.append(described)
  details.append(summary)
  details.addEventListener('toggle', () => {
    details.querySelector('.scroll')?.remove()
    if (details.open) details.append(tableOf(view, page))
  })
  view.box.after(details)
}

function tableOf(view: ChartView, page: Page): HTMLElement {
  const { chart } = view
  const rows = rowsOf(view, page)
  const table = document.createElement('table')
  const caption = table.createCaption()
  caption.textContent = `${chart.title} (${chart.unit})${rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} of ${rows.length} rows; zoom in for the others` : ''}`
  const head = table.createTHead().insertRow()
  for (const title of headingsOf(view, page)) head.append(headingCell(title, 'col'))
  const body = table.createTBody()
  for (const [title = '', ...cells] of rows.slice(0, MOST_ROWS)) {
    const row = body.insertRow()
    row.append(headingCell(title, 'row'))
    for (const cell of cells) row.insertCell().textContent = cell
  }
  const box = document.createElement('div')
  box.className = 'scroll tall'
  box.tabIndex = 0
  box.append(table)
  return box
}

function headingCell(text: string, scope: 'row' | 'col'): HTMLElement {
  const cell = document.createElement('th')
  cell.scope = scope
  cell.textContent = text
  return cell
}

function headingsOf({ chart }: ChartView, { data }: Page): string[] {
  if (chart.kind === 'heat')
    return ['time', ...chart.bounds.slice(1).map((bound) => `≤ ${numberText(bound)} ms`)]
  const place = data.runs === undefined ? 'time' : 'run'
  return [chart.kind === 'quantiles' ? 'quantile' : place, ...chart.series.map(({ label }) => label)]
}

function rowsOf(view: ChartView, page: Page): string[][] {
  const { chart, plot, readings } = view
  const places = plot.data[0] as number[]
  const indices = [...places.keys()]
  if (chart.kind === 'quantiles')
    return indices.map((index) => [
      quantileText(places[index]!),
      ...readings.map((values) => numberText(values[index])),
    ])
  const [from, to] = page.zoom ?? wholeTime(page.data)
  const inView = indices.filter((index) => places[index]! >= from && places[index]! <= to)
  if (chart.kind === 'heat')
    return inView.map((index) => {
      const [first, ...counts] = chart.columns[index] ?? [0]
      const cells = chart.bounds.slice(1).map((_, cell) => numberText(counts[cell - first] ?? 0))
      return [timeText(places[index]!, 1), ...cells]
    })
  return inView.map((index) => [
    placeName(page.data, places[index]!),
    ...chart.series.map(({ unit }, at) => readingText(readings[at]?.[index], unit)),
  ])
}
