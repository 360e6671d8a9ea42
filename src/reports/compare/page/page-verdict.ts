import type { Comparison } from '../../../model/comparison.ts'
import type { PageVerdict } from '../../html/page-frame.ts'
import { isWorse } from '../format-change.ts'

/** What a comparison comes to, in a word or three: budgets decide where there are some. */
export function pageVerdict({ pairs, budgets, doubts }: Comparison): PageVerdict {
  if (doubts.some(({ kind }) => kind === 'audit')) return { word: 'AUDIT FAILED', kind: 'failed' }
  if (budgets.some(({ fails }) => fails)) return { word: 'FAIL', kind: 'failed' }
  if (budgets.some(({ verdict }) => verdict !== 'kept')) return { word: 'UNCLEAR', kind: 'cut' }
  if (budgets.length > 0) return { word: 'PASS', kind: 'passed' }
  if (pairs.length === 0) return { word: 'RUNS', kind: 'none' }
  if (pairs.every(({ method }) => method === 'none')) return { word: 'NOT JUDGED', kind: 'cut' }
  const shown = pairs
    .flatMap(({ differences }) => differences)
    .filter(({ verdict }) => verdict === 'higher' || verdict === 'lower')
  if (shown.length === 0) return { word: 'NO DIFFERENCE SHOWN', kind: 'none' }
  if (shown.every((one) => isWorse(one))) return { word: 'WORSE', kind: 'failed' }
  return shown.some((one) => isWorse(one))
    ? { word: 'DIFFERENT', kind: 'cut' }
    : { word: 'BETTER', kind: 'passed' }
}
