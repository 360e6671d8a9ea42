import type { Histogram } from '../../model/histogram.ts'
import type { RunPlan } from '../../model/plan.ts'

/** What becomes part of every page: scripts and style sheets, as text. */
export interface PageParts {
  /** The library that draws. */
  readonly chartScript: string
  readonly chartStyle: string
  /** What the page does with it. */
  readonly script: string
  readonly style: string
}

/** What the report needs from parts that it does not know. */
export interface HtmlTools {
  readonly parts: PageParts
  readonly decodeHdr: (hdr: string) => Histogram
  /** The settings of a plan as a file for `--config-file`. */
  readonly renderSettings: (plan: RunPlan) => string
  /** How the target and the preset read in words. */
  readonly target: string
  readonly preset: string
}
