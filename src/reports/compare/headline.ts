import type { Difference, PairComparison } from '../../model/comparison.ts'
import { formatChange, isWorse, titleOf, wordOf } from './format-change.ts'

/** The answer in a sentence: what was shown to differ, or that nothing was, and what can be ruled out. */
export function headlineOf(pair: PairComparison): string {
  const { baseline, candidate, method, differences } = pair
  if (method === 'none') return `not judged: ${candidate} against ${baseline}`
  const shown = differences.filter(({ verdict }) => verdict === 'higher' || verdict === 'lower')
  if (shown.length === 0)
    return `no difference shown between ${baseline} and ${candidate}${ruledOut(differences)}`
  const [worse, better] = [shown.filter((one) => isWorse(one)), shown.filter((one) => !isWorse(one))]
  const tell = (some: readonly Difference[]): string =>
    some
      .slice(0, 3)
      .map(
        (one) =>
          `${titleOf(one)} ${formatChange(one.change ?? 0, one.unit)} (${wordOf(one.verdict, one.unit)})`,
      )
      .join(', ')
  const word = worse.length === 0 ? 'better than' : better.length === 0 ? 'worse than' : 'unlike'
  const more = shown.length - Math.min(3, worse.length) - Math.min(3, better.length)
  const parts = [tell(worse), tell(better), more > 0 ? `and ${more} more` : ''].filter((part) => part !== '')
  return `${candidate} is ${word} ${baseline}: ${parts.join(', ')}`
}

function ruledOut(differences: readonly Difference[]): string {
  const p50 = differences.find(({ metric, operation }) => metric === 'p50' && operation === null)
  if (p50 === undefined || p50.low === null || p50.high === null) return ''
  const range = `${formatChange(p50.low, 'ms')} to ${formatChange(p50.high, 'ms')}`
  // Its own interval has no room for nothing, but that of all metrics together does.
  const isAlone = p50.verdict === 'none_shown' && (p50.low > 0 || p50.high < 0)
  return isAlone
    ? `: p50 by itself would (${range}), but among so many one like this comes by chance`
    : `: p50 may differ by ${range}`
}
