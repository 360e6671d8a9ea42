import { describe, expect, it } from 'vitest'
import { decodeHdr } from '../../../../src/ledger/hdr.ts'
import { mergeHistograms } from '../../../../src/ledger/merge.ts'
import { type Budget, parseBudget } from '../../../../src/model/budget.ts'
import { createRandom } from '../../../../src/model/random.ts'
import type { RunResult } from '../../../../src/model/result.ts'
import {
  compareSides,
  type ComparedSides,
  type GivenSide,
} from '../../../../src/reports/compare/compare-sides.ts'
import { renderComparisonPage } from '../../../../src/reports/compare/page/comparison-page.ts'
import type { QuantileChart, TimeChart } from '../../../../src/reports/html/chart-data.ts'
import { dataOf, tagsOf } from '../../../support/html-page.ts'
import { HTML_TOOLS } from '../../../support/html-report.ts'
import { simulatedResult } from '../../../support/simulated-result.ts'
import { simulateRun, USUAL } from '../../../support/simulated-runs.ts'

const SMALL = { ...USUAL, seconds: 12, opsPerSecond: 50, stalls: 0 }

/** Every interval has values of its own. */
function side(
  name: string,
  {
    runs = 3,
    factor = 1,
    seed = 1,
    seconds = 12,
  }: { runs?: number; factor?: number; seed?: number; seconds?: number },
  changes: Partial<RunResult> = {},
): GivenSide {
  const random = createRandom(seed)
  const results = Array.from({ length: runs }, (_, number) => {
    const result = simulatedResult(simulateRun({ ...SMALL, seconds }, random, factor), {
      run_id: `${name}${number}`,
      run_start: 1000 * seed + number,
      ...changes,
    })
    const intervals = result.intervals.map((one, at) => ({
      ...one,
      response_p50_ms: factor * (1 + number) * (1 + at / 100),
      response_p99_ms: factor * (2 + number) * (1 + at / 100),
      response_p999_ms: factor * (3 + number) * (1 + at / 100),
      ok: 50 + number + at,
    }))
    return { file: null, result: { ...result, intervals } }
  })
  return { name, results }
}

function compared(given: GivenSide[], budget?: string): ComparedSides {
  const read = budget === undefined ? undefined : parseBudget(budget)
  const budgets: Budget[] = read !== undefined && 'budget' in read ? [read.budget] : []
  return compareSides(given, {
    ...{ toolVersion: '1.2.3', tools: { decodeHdr, mergeHistograms } },
    ...{ budgets, isStrict: false, runSpread: 0.0075 },
  })
}

const pageOf = (given: GivenSide[], budget?: string): string => {
  const { comparison, sides } = compared(given, budget)
  return renderComparisonPage(comparison, sides, HTML_TOOLS.parts)
}

describe('the page of a comparison', () => {
  it('draws the runs of each side over those of the other, averaged', () => {
    const { charts, ends, lengths, start_ms } = dataOf(
      pageOf([side('old', { runs: 1 }), side('new', { runs: 2, factor: 2, seed: 2, seconds: 10 })]),
    )
    expect(start_ms).toBeNull()
    expect(ends).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
    expect(lengths).toEqual(Array.from({ length: 12 }, () => 1))
    expect(charts.map(({ id, kind }) => [id, kind])).toEqual([
      ['p50', 'time'],
      ['p99', 'time'],
      ['p999', 'time'],
      ['rate', 'time'],
      ['quantiles-0', 'quantiles'],
      ['quantiles-1', 'quantiles'],
      ['quantiles-2', 'quantiles'],
    ])
    const [p50, p99, , rate] = charts as TimeChart[]
    expect(p50!.series.map(({ label }) => label)).toEqual(['old', 'new'])
    p50!.series[0]!.values.forEach((value, at) => expect(value).toBeCloseTo(1 + at / 100, 9))
    // Two runs: the geometric mean of 2 and 4 times the same; a side that is shorter ends before.
    p50!.series[1]!.values.forEach((value, at) =>
      at < 10 ? expect(value).toBeCloseTo(Math.sqrt(8) * (1 + at / 100), 4) : expect(value).toBeNull(),
    )
    p99!.series[1]!.values.slice(0, 10).forEach((value, at) =>
      expect(value).toBeCloseTo(2 * Math.sqrt(6) * (1 + at / 100), 4),
    )
    expect(rate!.series.map(({ values }) => values[3])).toEqual([53, 53.5])
    const [low, high] = p50!.range!
    expect(low).toBeLessThanOrEqual(0.9)
    expect(high).toBeGreaterThanOrEqual(Math.sqrt(8) * 1.09)
  })

  it('draws distributions as they are compared', () => {
    const given = [side('old', { runs: 1 }), side('new', { runs: 3, factor: 1.5, seed: 2 })]
    const { comparison, sides } = compared(given)
    const { charts } = dataOf(renderComparisonPage(comparison, sides, HTML_TOOLS.parts))
    const [all, get] = charts.filter(({ kind }) => kind === 'quantiles') as QuantileChart[]
    expect([all!.title, get!.title]).toEqual(['Response time, all operations', 'Response time, GET'])
    const find = (operation: string | null, metric: string): (number | null)[] => {
      const one = comparison.pairs[0]!.differences.find(
        (other) => other.metric === metric && other.operation === operation,
      )!
      return [one.baseline, one.candidate]
    }
    // x = 1 / (1 - q): 2 is p50.
    for (const [chart, operation] of [
      [all, null],
      [get, 'GET'],
    ] as const) {
      const at = chart!.x.indexOf(2)
      chart!.series.forEach(({ values }, index) =>
        expect(values[at]).toBeCloseTo(find(operation, 'p50')[index]!, 4),
      )
    }
    // Ten commands of a run are left at the end.
    expect(all!.x.at(-1)).toBeLessThanOrEqual(60)
    expect(all!.x.at(-1)).toBeGreaterThan(54)
  })

  it('says what it comes to at the top', () => {
    const wordOf = (given: GivenSide[], budget?: string): string =>
      /<span class="verdict \w+">([^<]+)<\/span>/.exec(pageOf(given, budget))![1]!
    const old = side('old', {})
    const slower = side('new', { factor: 1.4, seed: 2 })
    expect(wordOf([old, slower])).toBe('WORSE')
    expect(wordOf([slower, old])).toBe('BETTER')
    expect(wordOf([old, side('same', { seed: 3 })])).toBe('NO DIFFERENCE SHOWN')
    expect(wordOf([old])).toBe('RUNS')
    expect(wordOf([old, slower], 'p50 > +10%')).toBe('FAIL')
    expect(wordOf([old, slower], 'p50 > +90%')).toBe('PASS')
    expect(wordOf([side('a', { runs: 1, seconds: 5 }), side('b', { runs: 1, seconds: 5, seed: 2 })])).toBe(
      'NOT JUDGED',
    )
    const audit = { ...old.results[0]!.result.audit, ok: false }
    expect(wordOf([old, side('x', { seed: 4 }, { audit })])).toBe('AUDIT FAILED')
  })

  it('has what is in the text: intervals, budgets, doubts, methods and every run', () => {
    const page = pageOf(
      [side('old', {}), side('new', { factor: 1.4, seed: 2 }, { version: 'v2' })],
      'p50 > +10%',
    )
    expect(page.match(/<svg class="forest/g)!.length).toBeGreaterThan(8)
    expect(page).toContain('<svg class="forest bad"')
    expect(page).toContain('<code>p50 &gt; +10%</code>')
    expect(page).toContain('the versions of old and new differ')
    expect(page).toContain('3 and 3 runs: intervals by Welch')
    for (const id of ['old0', 'old1', 'old2', 'new0', 'new1', 'new2'])
      expect(page).toContain(`<code>${id}</code>`)
    expect(page).toContain('From run to run')
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('has names of others as text and nothing else', () => {
    const named = (name: string, version: string): string =>
      pageOf([side('old', {}), side(name, { factor: 1.4, seed: 2 }, { version, workload_name: version })])
    const hostile = named('</script><script>alert(1)</script>', '"><img src=x onerror=alert(1)>')
    // Only what charts are called for those who do not see them has names in attributes, in their quotes.
    const bare = (page: string): string[] => tagsOf(page).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'))
    expect(bare(hostile)).toEqual(bare(named('x', 'y')))
    expect(hostile).not.toContain('<img')
  })
})
