import { decodeHdr } from '../ledger/hdr.ts'
import { mergeHistograms } from '../ledger/merge.ts'
import type { Budget } from '../model/budget.ts'
import { UsageError } from '../model/errors.ts'
import { type ComparedSides, compareSides, type GivenSide } from '../reports/compare/compare-sides.ts'
import { renderComparisonPage } from '../reports/compare/page/comparison-page.ts'
import { renderMarkdownComparison } from '../reports/compare/markdown-comparison.ts'
import { renderTextComparison } from '../reports/compare/text-comparison.ts'
import { harmless } from '../reports/harmless.ts'
import { TOOL_VERSION } from './facts.ts'
import { readPageParts } from './page-parts.ts'
import { withNames } from './read-sides.ts'
import { checkWritable, writeWhole } from './write-result.ts'

export interface CompareSettings {
  readonly budgets: readonly Budget[]
  readonly isStrict: boolean
  readonly runSpread: number
}

/** Files that a comparison is written to. */
export interface ComparisonFiles {
  readonly json?: string | undefined
  readonly markdown?: string | undefined
  readonly html?: string | undefined
}

const DECODING = { decodeHdr, mergeHistograms }

/** Compares sides that have at least one result each. */
export function compareResults(given: readonly GivenSide[], settings: CompareSettings): ComparedSides {
  const sides = withNames(given)
  if (sides.length === 1 && settings.budgets.length > 0)
    throw new UsageError([
      {
        path: '--fail-if',
        message: 'there is nothing to compare with',
        hint: 'give a baseline and a candidate',
      },
    ])
  if (sides.length === 1 && sides[0]!.results.length === 1)
    throw new UsageError([
      { path: '', message: 'one result is nothing to compare', hint: 'give two, or a folder with several' },
    ])
  return compareSides(sides, { ...settings, tools: DECODING, toolVersion: TOOL_VERSION })
}

export function checkComparisonFiles({ json, markdown, html }: ComparisonFiles): void {
  for (const file of [json, markdown, html]) if (file !== undefined) checkWritable(file)
}

/** Writes the files that were asked for, and gives the text for the terminal. */
export function reportComparison(
  { comparison, sides }: ComparedSides,
  { json, markdown, html }: ComparisonFiles,
): string {
  if (json !== undefined) writeWhole(json, `${JSON.stringify(comparison, null, 2)}\n`)
  if (markdown !== undefined) writeWhole(markdown, renderMarkdownComparison(comparison))
  if (html !== undefined) writeWhole(html, renderComparisonPage(comparison, sides, readPageParts()))
  return renderTextComparison(harmless(comparison))
}
