import { describe, expect, it } from 'vitest'
import { checkThresholds } from '../../src/config/check-thresholds.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'
import type { ThresholdPlan } from '../../src/model/plan.ts'
import { planOf, PROFILE_TEXT } from '../support/plan.ts'

function problemsOf(...args: Parameters<typeof planOf>): string[] {
  try {
    planOf(...args)
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(describeProblem)
    throw error
  }
}

const thresholdsOf = (...args: Parameters<typeof planOf>): readonly ThresholdPlan[] =>
  planOf(...args).plan.thresholds
const expressionsOf = (...args: Parameters<typeof planOf>): string[] =>
  thresholdsOf(...args).map(({ expression }) => expression)

const PROFILE = `${PROFILE_TEXT}thresholds:
  - p99(get) < 2.0ms
  - error_rate < 0.1% abort after 10s
  - threshold: dropped == 0
    abort_on_fail: true
    abort_after: 30
  - threshold: max < 1s abort
    abort_after: 500ms
`

describe('thresholds', () => {
  it('are texts or mappings in a profile', () => {
    expect(thresholdsOf({}, { profile: PROFILE })).toEqual([
      { expression: 'p99(GET) < 2ms', abort_on_fail: false, abort_after_ms: 0 },
      { expression: 'error_rate < 0.1%', abort_on_fail: true, abort_after_ms: 10_000 },
      { expression: 'dropped == 0', abort_on_fail: true, abort_after_ms: 30_000 },
      { expression: 'max < 1s', abort_on_fail: true, abort_after_ms: 500 },
    ])
  })

  it('are one text with ; in between in a flag or a variable, which replaces those of the profile', () => {
    const environment = { TEST_THRESHOLDS: 'ok > 1; failed == 0;' }
    expect(expressionsOf({}, { profile: PROFILE, environment })).toEqual(['ok > 1', 'failed == 0'])
    expect(expressionsOf({ thresholds: 'p50 < 1s' }, { profile: PROFILE, environment })).toEqual(['p50 < 1s'])
    expect(expressionsOf({ thresholds: 'none' }, { profile: PROFILE })).toEqual([])
    expect(expressionsOf()).toEqual([])
  })

  it('know where each is from', () => {
    expect(planOf({}, { profile: PROFILE }).origins.get('thresholds.1.expression')).toBe(
      'profile test.yaml:7:5',
    )
    expect(planOf({ thresholds: 'ok > 1;ok > 2' }).origins.get('thresholds.1.expression')).toBe(
      'flag --thresholds',
    )
  })

  it('say what is wrong with each, and where', () => {
    const profile = `${PROFILE_TEXT}thresholds:
  - reconection.p95 < 2ms
  - p99 < 2ms abort after soon
  - 12
  - threshold: p99 < 5
    abort_on_fial: true
    abort_after: -1
    abort_on_fail: perhaps
  - abort_on_fail: true
`
    expect(problemsOf({}, { profile })).toEqual([
      'test.yaml:6:5: thresholds.0: "reconection.p95 < 2ms", character 1: there is no metric "reconection.p95" (did you mean reconnection.p95?)',
      'test.yaml:7:5: thresholds.1: expected a duration such as 10s, got "soon"',
      'test.yaml:8:5: thresholds.2: expected a threshold such as "p99(GET) < 2ms", or a mapping with threshold',
      'test.yaml:9:16: thresholds.3.threshold: "p99 < 5", character 8: expected a unit: ms, us or s, got the end',
      'test.yaml:10:20: thresholds.3.abort_on_fial: unknown key (did you mean abort_on_fail?)',
      'test.yaml:11:18: thresholds.3.abort_after: expected a duration such as 10s, got -1',
      'test.yaml:12:20: thresholds.3.abort_on_fail: expected true or false, got "perhaps"',
      'test.yaml:13:5: thresholds.4.threshold: missing: expected a threshold such as "p99(GET) < 2ms", or a mapping with threshold',
    ])
    expect(problemsOf({}, { profile: `${PROFILE_TEXT}thresholds: 3\n` })).toEqual([
      'test.yaml:5:13: thresholds: expected a list of thresholds',
    ])
    expect(problemsOf({ thresholds: 'p99 < 1ms; eror_rate < 1%' })).toEqual([
      'flag --thresholds: thresholds: "eror_rate < 1%", character 1: there is no metric "eror_rate" (did you mean error_rate?)',
    ])
  })
})

describe('expectations', () => {
  const expected = (...args: Parameters<typeof planOf>): string[] =>
    planOf(...args).plan.expect.map(({ expression }) => expression)
  const profile = `${PROFILE_TEXT}faults:
  - kind: client-kill
    at: 1s
expect:
  - recovered_within: 5s
  - 'reconnection.P95 < 2s'
  - fault( client-kill, 2 ).failed < 10
  - outages.unfinished: 0
`

  it('are texts, or a name and what it may be at most', () => {
    expect(expected({}, { profile })).toEqual([
      'recovered_within <= 5s',
      'reconnection.p95 < 2s',
      'fault(client-kill, 2).failed < 10',
      'outages.unfinished <= 0',
    ])
    expect(expected({ expect: 'errors.after(30s) == 0; recovered_within: 1s' }, { profile })).toEqual([
      'errors.after(30s) == 0',
      'recovered_within <= 1s',
    ])
    expect(expected({ expect: 'none' }, { profile })).toEqual([])
    expect(expected()).toEqual([])
  })

  it('say what is wrong with each, and where', () => {
    expect(problemsOf({}, { profile: `${PROFILE_TEXT}expect:\n  - recovered_within: 5\n  - [1]\n` })).toEqual(
      [
        'test.yaml:6:5: expect.0: "recovered_within <= 5", character 22: expected a unit: ms, us or s, got the end',
        'test.yaml:7:5: expect.1: expected a sentence such as "reconnection.p95 < 2s", or recovered_within: 5s',
      ],
    )
    expect(problemsOf({ expect: 'recoverd_within < 5s' })).toEqual([
      'flag --expect: expect: "recoverd_within < 5s", character 1: there is no metric "recoverd_within" (did you mean recovered_within?)',
    ])
    expect(problemsOf({ expect: 'dropped < 5 abort' })).toEqual([
      'flag --expect: expect: "dropped < 5 abort": an expectation is judged at the end; a threshold may abort',
    ])
  })

  it('are about faults that the plan has', () => {
    const check = (sentences: string): string[] =>
      checkThresholds(planOf({ expect: sentences }, { profile }), ['GET']).map(describeProblem)
    expect(check('fault(client-kill).failed == 0; fault(none).disturbances == 0')).toEqual([])
    expect(check('fault(client-kil).failed == 0')).toEqual([
      'flag --expect: expect.0: "fault(client-kil).failed == 0": the plan has no fault client-kil (did you mean client-kill?)',
    ])
  })
})

describe('checkThresholds', () => {
  const check = (thresholds: string, flags: Record<string, string> = {}): string[] =>
    checkThresholds(planOf({ thresholds, ...flags }), ['GET', 'SET', 'PIPELINE']).map(describeProblem)

  it('accepts what the run can have', () => {
    expect(
      check('p99(GET) < 1s; p99(PIPELINE) < 1s; service.max < 1s abort; ok > 5; failed < 3 abort'),
    ).toEqual([])
    expect(check('response.p99 < 1s; start_lag.p99 < 1s', { 'load.target_ops_per_second': '5' })).toEqual([])
  })

  it('refuses what it cannot have', () => {
    const from = 'flag --thresholds: thresholds.'
    expect(check('p99(GTE) < 1s; hit_rate(HGETALL) > 1%')).toEqual([
      `${from}0: "p99(GTE) < 1s": the workload has no operation GTE (did you mean GET?)`,
      `${from}1: "hit_rate(HGETALL) > 1%": the workload has no operation HGETALL (it has GET, SET, PIPELINE)`,
    ])
    expect(check('p99 < 1s in steady')).toEqual([
      `${from}0: "p99 < 1s in steady": there is no phase steady (the load has no stages; leave out "in …")`,
    ])
    expect(
      check('response.p99 < 1s; start_lag.max < 1s').map((text) => /"(.*)": (\w+) is not/.exec(text)?.[2]),
    ).toEqual(['response', 'start_lag'])
    expect(check('server.cpu < 80%; server.slowlog_entries == 0', { 'server.metrics': 'off' })).toEqual([
      `${from}0: "server.cpu < 80%": server.cpu is what servers say of themselves, and nobody asks them (leave out --server-metrics off)`,
      `${from}1: "server.slowlog_entries == 0": server.slowlog_entries is what servers say of themselves, and nobody asks them (leave out --server-metrics off)`,
    ])
    expect(
      check('server.cpu < 80%; server.slowlog_longest < 1s; server.evicted_keys > 0 abort', {
        'server.metrics': 'basic',
      }),
    ).toEqual([
      `${from}1: "server.slowlog_longest < 1s": server.slowlog_longest is about slow logs, and nobody asks for them (use --server-metrics full)`,
      `${from}2: "server.evicted_keys > 0": server.evicted_keys only grows, so it may still come true and cannot end the run (leave out abort)`,
    ])
    expect(check('audit.ok == 1 abort; ok > 5 abort; ops_per_second > 1 abort')).toEqual([
      `${from}0: "audit.ok == 1": audit.ok is known at the end only, so it cannot end the run (leave out abort)`,
      `${from}1: "ok > 5": ok only grows, so it may still come true and cannot end the run (leave out abort)`,
      `${from}2: "ops_per_second > 1": ops_per_second is known at the end only, so it cannot end the run (leave out abort)`,
    ])
  })
})
