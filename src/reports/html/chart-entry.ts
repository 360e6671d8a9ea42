import type { RunResult } from '../../model/result.ts'
import type { ChartData } from './chart-data.ts'
import type { HtmlTools } from './html-tools.ts'

/** Where a chart stands: the identifier of a section. */
type ChartPlace = 'load' | 'latency' | 'operations' | 'errors' | 'connections' | 'server' | 'generator'

export interface ChartEntry {
  readonly place: ChartPlace
  /** What it shows, in a sentence or two. */
  readonly about: string
  readonly size: 'wide' | 'half'
  /** `undefined` when the result has nothing to draw. */
  readonly build: (result: RunResult, tools: Pick<HtmlTools, 'decodeHdr'>) => ChartData | undefined
}
