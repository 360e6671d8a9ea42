import type { TrendMetric } from '../model/history.ts'
import { filterHistory, type HistoryFilter } from '../reports/history/filter-history.ts'
import { renderHistory, renderTrend } from '../reports/history/text-history.ts'
import { trendOfRuns } from '../reports/history/trend.ts'
import { harmless } from '../reports/harmless.ts'
import { renderTrendPage } from '../reports/history/trend-page.ts'
import { TOOL_VERSION } from './facts.ts'
import { readPageParts } from './page-parts.ts'
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
  if (html !== undefined) writeWhole(html, renderTrendPage(trend, readPageParts(), TOOL_VERSION))
  if (isJson) return { notices, text: `${JSON.stringify(chosen.toReversed(), null, 2)}\n` }
  if (question.trend !== null && chosen.length > 0)
    return { notices, text: renderTrend(trendOfRuns(harmless(chosen), question.trend)) }
  return { notices, text: renderHistory(harmless(chosen).toReversed()) }
}
