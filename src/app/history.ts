import type { TrendMetric } from '../model/history.ts'
import { filterHistory, type HistoryFilter } from '../reports/history/filter-history.ts'
import { renderHistory, renderTrend } from '../reports/history/text-history.ts'
import { trendOfRuns } from '../reports/history/trend.ts'
import { renderTrendPage } from '../reports/history/trend-page.ts'
import { readHistory, rebuildIndex } from './results-index.ts'
import { writeWhole } from './write-result.ts'

export interface HistoryQuestion {
  readonly folder: string
  readonly filter: HistoryFilter
  /** `null`: a list of runs. */
  readonly trend: TrendMetric | null
  /** Write the index anew first. */
  readonly rebuild: boolean
  readonly isJson: boolean
  readonly html: string | undefined
}

export interface HistoryAnswer {
  readonly text: string
  /** What could not be read. */
  readonly notices: readonly string[]
}

/** Answers from the runs of a folder: newest first as a list, oldest first as a trend. */
export function askHistory(question: HistoryQuestion): HistoryAnswer {
  const { folder, filter, isJson, html } = question
  const { entries, unreadable } = question.rebuild ? rebuildIndex(folder) : readHistory(folder)
  const chosen = filterHistory(entries, filter)
  const notices = unreadable.map((file) => `${file} is no result`)
  const trend = trendOfRuns(chosen, question.trend ?? 'p99')
  if (html !== undefined) writeWhole(html, renderTrendPage(trend))
  if (isJson) return { notices, text: `${JSON.stringify(chosen.toReversed(), null, 2)}\n` }
  if (question.trend !== null && chosen.length > 0) return { notices, text: renderTrend(trend) }
  return { notices, text: renderHistory(chosen.toReversed()) }
}
