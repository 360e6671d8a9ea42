import { describe, expect, it } from 'vitest'
import { decodeHdr } from '../../../src/ledger/hdr.ts'
import { mergeHistograms } from '../../../src/ledger/merge.ts'
import { type Budget, parseBudget } from '../../../src/model/budget.ts'
import type { Comparison } from '../../../src/model/comparison.ts'
import { createRandom } from '../../../src/model/random.ts'
import type { RunResult } from '../../../src/model/result.ts'
import { compareSides, type GivenSide } from '../../../src/reports/compare/compare-sides.ts'
import { renderMarkdownComparison } from '../../../src/reports/compare/markdown-comparison.ts'
import { renderTextComparison } from '../../../src/reports/compare/text-comparison.ts'
import { problemsOfComparison } from '../../support/validate-result.ts'
import { simulatedResult } from '../../support/simulated-result.ts'
import { simulateRun, USUAL } from '../../support/simulated-runs.ts'

const SMALL = { ...USUAL, seconds: 20, opsPerSecond: 100, stalls: 0 }

function side(name: string, factor: number, seed: number, changes: Partial<RunResult> = {}): GivenSide {
  const random = createRandom(seed)
  const results = [1, 2, 3, 4].map((number) => ({
    file: null,
    result: simulatedResult(simulateRun(SMALL, random, factor), {
      run_id: `${name}${number}`,
      run_start: seed * 1000 + number,
      ...changes,
    }),
  }))
  return { name, results }
}

function budgets(...texts: string[]): Budget[] {
  return texts.map((text) => {
    const read = parseBudget(text)
    if ('error' in read) throw new Error(read.error)
    return read.budget
  })
}

const OPTIONS = {
  toolVersion: '1.2.3',
  tools: { decodeHdr, mergeHistograms },
  budgets: [] as Budget[],
  isStrict: false,
  runSpread: 0.0075,
}
const compare = (sides: GivenSide[], options: Partial<typeof OPTIONS> = {}): Comparison =>
  compareSides(sides, { ...OPTIONS, ...options }).comparison
const doubts = (comparison: Comparison, kind: string): string[] =>
  comparison.doubts.filter((one) => one.kind === kind).map(({ message }) => message)

describe('a comparison', () => {
  it('says what differs, in words, as a table and as a page', () => {
    const given = [side('old', 1, 1), side('new', 1.2, 2)]
    const comparison = compare(given, { budgets: budgets('p50 > +10%') })
    expect(comparison.latency_kind).toBe('response_time')
    expect(comparison.pairs[0]!.method).toBe('runs')
    expect(comparison.sides.map(({ runs }) => runs.map(({ run_id }) => run_id))).toEqual([
      ['old1', 'old2', 'old3', 'old4'],
      ['new1', 'new2', 'new3', 'new4'],
    ])
    const text = renderTextComparison(comparison)
    expect(text).toMatch(/^new is worse than old: p50 \+(1\d|2\d)\.\d % \(slower\), /)
    expect(text).toMatch(/✗ fail-if {2}p50 > \+10% {2}EXCEEDED/)
    expect(text).toMatch(/^p50 .*├.*●.*┤ +slower$/m)
    expect(text).toContain('all runs of one side came before those of the other')
    const markdown = renderMarkdownComparison(comparison)
    expect(markdown).toMatch(/^\*\*new is worse than old/)
    expect(markdown).toContain('| ❌ | <code>p50 &#62; +10%</code> | new | exceeded |')
  })

  it('has names of others as text in Markdown, whatever they are', () => {
    const evil = '`<img src=x>` | @all ![](http://x) **b**'
    const given = [side(evil, 1, 1), side('</details>\n# new', 1.2, 2)]
    const markdown = renderMarkdownComparison(compare(given, { budgets: budgets('p50 > +10%') }))
    // Every tag is one of ours, and every row has as many cells as its header.
    const tags = new Set([...markdown.matchAll(/<[^>]*>/g)].map(([tag]) => tag))
    expect([...tags].toSorted()).toEqual(
      ['<code>', '</code>', '<details>', '</details>', '<summary>', '</summary>'].toSorted(),
    )
    expect(markdown).not.toMatch(/[`@]|!\[|http:|^#/m)
    const widths = [...markdown.matchAll(/^\|.*$/gm)].map(([row]) => row.split('|').length)
    expect(new Set(widths)).toEqual(new Set([7, 8]))
    expect(markdown.match(/<\/details>/g)).toHaveLength(1)
  })

  it('is valid by its published schema, whatever it has to say', () => {
    const [old, one, cut] = [side('old', 1, 1), side('new', 1.2, 2), side('cut', 1, 3, { partial: true })]
    const single = (given: GivenSide): GivenSide => ({ ...given, results: given.results.slice(0, 1) })
    const none = {
      ...old.results[0]!.result,
      operations: [],
      totals: { ...old.results[0]!.result.totals, ok: 0 },
    }
    const nothing = { name: 'nothing', results: [{ file: 'x.json', result: none }] }
    for (const given of [
      [old],
      [old, one, cut],
      [single(old), single(one)],
      [single(old), nothing],
      [nothing, single(old)],
    ]) {
      const options =
        given.length > 1 ? { budgets: budgets('p50 > +10%', 'errors > +0.1%', 'p9 of X < -1us') } : {}
      const written = JSON.parse(JSON.stringify(compare(given, options))) as Comparison
      expect(problemsOfComparison(written)).toEqual([])
    }
    expect(problemsOfComparison({ ...compare([old]), confidence: '95' })).not.toEqual([])
  })

  it('says that none is shown when that is the truth, and what can be ruled out', () => {
    const comparison = compare([side('old', 1, 1), side('same', 1, 4)])
    expect(
      comparison.pairs[0]!.differences.filter(({ verdict }) => ['higher', 'lower'].includes(verdict)),
    ).toEqual([])
    expect(renderTextComparison(comparison)).toMatch(
      /^no difference shown between old and same: p50 may differ by -\d\.\d % to \+\d\.\d %\n/,
    )
  })

  it('compares each candidate with the first side', () => {
    const comparison = compare([side('a', 1, 1), side('b', 1, 2), side('c', 1.3, 3)])
    expect(comparison.pairs.map(({ baseline, candidate }) => [baseline, candidate])).toEqual([
      ['a', 'b'],
      ['a', 'c'],
    ])
    expect(comparison.pairs[1]!.differences[0]!.verdict).toBe('higher')
  })

  it('describes a single side', () => {
    const text = renderTextComparison(compare([side('only', 1, 1)]))
    expect(text).toMatch(/^runs {2}only {2}4 runs of 20 s/)
    expect(text).toMatch(/run to run {2}metric .*\nonly +p50 +0\.\d+ ms +0\.\d+ … 0\.\d+ +±\d\.\d\d %/)
  })
})

describe('a budget', () => {
  const given = [side('old', 1, 1), side('new', 1.2, 2)]
  const judged = (text: string, isStrict = false): [string, boolean] => {
    const [one] = compare(given, { budgets: budgets(text), isStrict }).budgets
    return [one!.verdict, one!.fails]
  }

  it.each([
    ['p50 > +10%', 'exceeded', true],
    ['p50 > +40%', 'kept', false],
    ['p50 < -5%', 'kept', false],
    ['p50(GET) > +5us', 'exceeded', true],
    ['p95 > +1%', 'exceeded', true],
    ['throughput < -5%', 'kept', false],
    ['p50(LPUSH) > +5%', 'no_data', true],
  ])('%s is %s', (text, verdict, fails) => {
    expect(judged(text)).toEqual([verdict, fails])
  })

  it('is kept by errors that nobody had, as far as the number of commands goes', () => {
    expect(judged('errors > +1%')).toEqual(['kept', false])
    expect(judged('errors > +0.001%')).toEqual(['unclear', false])
    expect(compare(given).pairs[0]!.differences.find(({ metric }) => metric === 'errors')).toMatchObject({
      verdict: 'not_judged',
      note: 'no error on either side',
    })
  })

  it('fails where a run had no success, of which nothing is left to compare', () => {
    const first = given[1]!.results[0]!.result
    const { totals } = first
    const intervals = first.intervals.map((one) => ({ ...one, ok: 0, failed: one.ok }))
    const broken = { operations: [], intervals, totals: { ...totals, ok: 0, failed: totals.ok } }
    const comparison = compare([given[0]!, side('new', 1, 2, broken)], {
      budgets: budgets('throughput < -5%', 'p99 > +10%', 'errors > +0.1%'),
    })
    expect(comparison.budgets.map(({ verdict, detail, fails }) => [verdict, detail, fails])).toEqual([
      ['no_data', 'a run had no success', true],
      ['no_data', 'not in every run', true],
      ['exceeded', expect.stringContaining('points') as string, true],
    ])
    expect(doubts(comparison, 'operations')).toEqual([
      'only old has successful GET, SET, and new has none: what all operations together took is of different commands',
    ])
  })

  it('finds an operation however it is written', () => {
    const renamed = given.map(({ name, results }) => ({
      name,
      results: results.map(({ file, result }) => ({
        file,
        result: {
          ...result,
          operations: result.operations.map((one) => ({ ...one, operation: `check out (${one.operation})` })),
        },
      })),
    }))
    const [one] = compare(renamed, { budgets: budgets('p50(Check out (get)) > +10%') }).budgets
    expect(one).toMatchObject({ verdict: 'exceeded', expression: 'p50(CHECK OUT (GET)) > +10%' })
  })

  it('is unclear within the interval, and fails then only when it is strict', () => {
    const { change } = compare(given).pairs[0]!.differences[0]!
    const below = `p50 > +${(100 * change! - 0.05).toFixed(2)}%`
    expect(judged(below)).toEqual(['unclear', false])
    expect(judged(below, true)).toEqual(['unclear', true])
    const above = `p50 > +${(100 * change! + 0.05).toFixed(2)}%`
    expect(judged(above, true)).toEqual(['unclear', false])
  })
})

describe('what to be careful about', () => {
  const base = side('old', 1, 1)
  const first = base.results[0]!.result

  it('is that plans, servers, versions and machines differ', () => {
    const { plan } = first
    const other = side('new', 1, 2, {
      plan: { ...plan, load: { ...plan.load, clients: 50 }, output: { ...plan.output, quiet: true } },
      server: { ...first.server, version: '8.0.0' },
      version: 'ioredis-7',
      machine: { cpu: 'x', cpu_count: 2, memory_gib: 4, os: 'Linux 6', arch: 'x64', node: 'v22.0.0' },
    })
    const comparison = compare([base, other])
    expect(doubts(comparison, 'plan')).toEqual(['the plans of old and new differ: load.clients 10 → 50'])
    expect(doubts(comparison, 'server')[0]).toContain('version "7.0.15" → "8.0.0"')
    expect(doubts(comparison, 'version')[0]).toContain('→ "ioredis-7"')
    expect(doubts(comparison, 'machine')[0]).toContain('cpu none → "x"')
  })

  it('is what is wrong with a run', () => {
    const wrong = side('new', 1, 2, {
      audit: { ...first.audit, ok: false },
      end_reason: 'signal',
      generator: { ...first.generator, warnings: ['the generator could not keep up'] },
      measured_seconds: 30,
    })
    const comparison = compare([base, wrong])
    expect(doubts(comparison, 'audit')).toHaveLength(4)
    expect(doubts(comparison, 'cut_short')[0]).toBe('new, run new1: it did not run to its end (signal)')
    expect(doubts(comparison, 'generator')).toEqual([
      'new: the generator could not keep up (4 of 4 runs have warnings)',
    ])
    expect(doubts(comparison, 'load')).toEqual(['the runs are not equally long: 20 s and 30 s'])
    expect(doubts(compare([base, side('new', 1, 2)]), 'audit')).toEqual([])
  })

  it('is what happened while it went on, runs of other servers, and a run that is on both sides', () => {
    const [one, ...others] = base.results
    const at = { kind: 'rate', at_ms: 1, factor: 2, skipped_ms: 0 } as const
    const changed = {
      ...one!.result,
      adjustments: [at],
      disturbances: { ...one!.result.disturbances, count: 2 },
      server: { ...one!.result.server, version: '8.0.0' },
    }
    const given = {
      name: 'new',
      results: [...others, { file: null, result: { ...changed, run_start: 1e6 } }],
    }
    const comparison = compare([base, given])
    expect(doubts(comparison, 'load')).toEqual([
      'new: the load of 1 of 4 runs was changed by hand while it went on',
    ])
    expect(doubts(comparison, 'disturbed')).toEqual([
      'new: 1 of 4 runs had disturbances (2 in all), which are in errors and in the tail',
    ])
    expect(doubts(comparison, 'server')[0]).toMatch(
      /^the runs of new are not of one server: version .* → "8.0.0"$/,
    )
    expect(doubts(comparison, 'same_run')[0]).toBe('run old2 is on both sides, old and new')
    expect(doubts(comparison, 'same_run')).toHaveLength(4)
  })

  it('is a warm-up within runs, and a drift', () => {
    const random = createRandom(9)
    const quiet = { ...SMALL, seconds: 60, secondSpread: 0.005 }
    const slowStart = [0, 1].map(() => {
      const sample = simulateRun(quiet, random)
      const head = simulateRun({ ...quiet, seconds: 10 }, random, 1.5)
      return { ...sample, intervals: [...head.intervals, ...sample.intervals.slice(10)] }
    })
    const given = {
      name: 'cold',
      results: slowStart.map((sample, at) => ({
        file: null,
        result: simulatedResult(sample, { run_start: at }),
      })),
    }
    expect(doubts(compare([given]), 'warm_up')[0]).toMatch(
      /^cold: the first 10 s differ from the rest in 2 of 2 runs \(p50 \+\d\d\.\d %\): a longer --warmup leaves them out$/,
    )
  })

  it('is a first run that stands apart, or runs that become slower', () => {
    const random = createRandom(10)
    const runs = (factors: number[]): GivenSide => ({
      name: 'x',
      results: factors.map((factor, at) => ({
        file: null,
        result: simulatedResult(simulateRun({ ...SMALL, runSpread: 0.002 }, random, factor), {
          run_start: at,
        }),
      })),
    })
    expect(doubts(compare([runs([1.5, 1, 1, 1, 1, 1])]), 'warm_up')[0]).toContain('the first run differs')
    expect(doubts(compare([runs([1, 1.1, 1.2, 1.3, 1.4])]), 'drift')[0]).toMatch(
      /^x: p50 drifts by \+(3|4)\d\.\d % from the first run to the last$/,
    )
  })
})
