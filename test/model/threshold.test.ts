import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  COMPARISONS,
  formatThreshold,
  inUnit,
  limitOf,
  parseThreshold,
  quantileOf,
  type Threshold,
  type ThresholdError,
} from '../../src/model/threshold.ts'
import {
  THRESHOLD_METRICS,
  thresholdMetric,
  type ThresholdMetricName,
} from '../../src/model/threshold-metrics.ts'

function parsed(text: string): Threshold {
  const result = parseThreshold(text)
  if ('error' in result) throw new Error(`${text}: ${result.error.position}: ${result.error.message}`)
  return result.threshold
}

function errorOf(text: string): ThresholdError | undefined {
  const result = parseThreshold(text)
  return 'error' in result ? result.error : undefined
}

describe('parseThreshold', () => {
  it.each([
    ['p99(GET) < 2ms', 'latency', 'p99', 'GET', '<', 2, 'ms', null],
    ['error_rate < 0.1%', 'error_rate', null, null, '<', 0.1, '%', null],
    ['reconnection.p95 < 500ms', 'reconnection', 'p95', null, '<', 500, 'ms', null],
    ['dropped == 0', 'dropped', null, null, '==', 0, '', null],
    ['audit.lost == 0', 'audit.lost', null, null, '==', 0, '', null],
    ['p99(GET) < 2ms in steady', 'latency', 'p99', 'GET', '<', 2, 'ms', 'steady'],
    ['  P99.90( get )<=1.5s  IN  peak-2 ', 'latency', 'p99.9', 'GET', '<=', 1.5, 's', 'peak-2'],
    ['service.max(pipeline get) >= 10us', 'service', 'max', 'PIPELINE GET', '>=', 10, 'us', null],
    ['response.mean != 3µs', 'response', 'mean', null, '!=', 3, 'us', null],
    ['hit_rate(GET) > 0.95', 'hit_rate', null, 'GET', '>', 0.95, '', null],
    ['ops_per_second(SET) >= 1e3', 'ops_per_second', null, 'SET', '>=', 1000, '', null],
    ['start_lag.p99 < 1ms', 'start_lag', 'p99', null, '<', 1, 'ms', null],
    ['p100 < 1s', 'latency', 'p100', null, '<', 1, 's', null],
    ['recovered_within < 5s', 'recovered_within', null, null, '<', 5, 's', null],
    ['errors.after( 1.5M ) == 0', 'errors.after', null, '1.5m', '==', 0, '', null],
    ['outages.unfinished == 0', 'outages.unfinished', null, null, '==', 0, '', null],
    ['Fault( Client-Kill ).failed < 10', 'fault.failed', null, 'client-kill', '<', 10, '', null],
    ['fault(none).detected_within < 1s', 'fault.detected_within', null, 'none', '<', 1, 's', null],
    [
      'fault(client-kill , 2).recovered_within <= 900ms',
      'fault.recovered_within',
      null,
      'client-kill, 2',
      '<=',
      900,
      'ms',
      null,
    ],
  ] as const)('reads %s', (text, metric, statistic, operation, comparison, value, unit, phase) => {
    expect(parsed(text)).toEqual({ metric, statistic, operation, comparison, value, unit, phase })
  })

  it.each([
    ['', 1, 'expected the name of a metric, such as p99(GET) or error_rate, got the end'],
    ['p99', 4, 'expected a comparison (<= >= == != < >), got the end'],
    ['recovered_within < 5', 21, 'expected a unit: ms, us or s, got the end'],
    [
      'errors.after == 0',
      14,
      'expected an instant of the measured time, as in errors.after(30s), got "== 0"',
    ],
    ['errors.after(30) == 0', 14, 'expected a duration, as in errors.after(30s), got "30) == 0"'],
    ['fault().failed == 0', 7, 'expected a kind of fault, such as client-kill, got ").failed == 0"'],
    ['fault(pause, 0).failed == 0', 14, 'expected a number from 1, got "0).failed == 0"'],
    ['fault(pause) < 1', 14, 'expected a dot and the name of a metric, got "< 1"'],
    ['p99 = 3ms', 5, 'expected a comparison (<= >= == != < >), got "= 3ms"'],
    ['p99 < fast', 7, 'expected a number, got "fast"'],
    ['p99 < 2', 8, 'expected a unit: ms, us or s, got the end'],
    ['p99 < 2min', 8, 'expected a unit: ms, us or s, got "min"'],
    ['p99(GET < 2ms', 14, 'expected a closing parenthesis, got the end'],
    ['p99() < 2ms', 5, 'expected the name of an operation, got ") < 2ms"'],
    ['dropped(GET) == 0', 8, 'expected no operation: dropped is not counted by operation, got "(GET) == 0"'],
    ['hit_rate > 90%', 10, 'expected the name of an operation, as in hit_rate(GET), got "> 90%"'],
    [
      'reconnection < 5ms',
      1,
      'expected reconnection with a dot and mean, min, max, or a quantile such as p50, p99 or p99.9, got "reconnection < 5ms"',
    ],
    [
      'reconnection.p101 < 5ms',
      14,
      'expected mean, min, max, or a quantile such as p50, p99 or p99.9, got "p101 < 5ms"',
    ],
    ['error_rate < 101%', 14, 'expected a percentage (0.1%), or a share from 0 to 1, got "101%"'],
    ['error_rate < 5', 14, 'expected a percentage (0.1%), or a share from 0 to 1, got "5"'],
    ['dropped == 0%', 13, 'expected the end, or "in" and the name of a phase, got "%"'],
    ['dropped == 0 in', 16, 'expected the name of a phase, got the end'],
    ['dropped == 0 in a b', 19, 'expected the end, got "b"'],
    ['audit.ok == 1 in a', 15, 'expected the end: audit.ok is known for the whole run only, got "in a"'],
    ['p99 < 1e999ms', 7, 'expected a smaller number, got "1e999ms"'],
  ])('says where %j goes wrong', (text, position, message) => {
    expect(errorOf(text)).toEqual({ position, message })
  })

  it('offers what it knows in place of a word that it does not', () => {
    const error = errorOf('reconection.p95 < 1s')
    expect(error).toMatchObject({ position: 1, message: 'there is no metric "reconection.p95"' })
    expect(error?.unknown?.word).toBe('reconection.p95')
    expect(error?.unknown?.known).toEqual(
      expect.arrayContaining(['reconnection.p95', 'error_rate', 'audit.lost', 'p99']),
    )
  })

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const error = errorOf(text)
        if (error !== undefined) expect(error.position).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it('never throws, however a threshold is mistyped', () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.keys(THRESHOLD_METRICS), ...COMPARISONS),
      fc.constantFrom('p99', '.', '(', ')', 'GET', ' ', 'in', 'ms', '%', '1', '0.5', '-', 'e', 'constructor'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const error = errorOf(pieces.join(''))
        if (error !== undefined)
          expect(error.position).toBeLessThanOrEqual(Math.max(1, pieces.join('').length + 1))
      }),
      { numRuns: 2000 },
    )
  })
})

const anyThreshold: fc.Arbitrary<Threshold> = fc
  .constantFrom(...(Object.keys(THRESHOLD_METRICS) as ThresholdMetricName[]))
  .chain((metric) => {
    const { kind, operation, scope } = thresholdMetric(metric)
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_.|-]{0,9}( [A-Z]{1,5})?$/)
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    return fc.record({
      metric: fc.constant(metric),
      statistic:
        kind === 'time'
          ? fc.oneof(
              fc.constantFrom('mean', 'min', 'max', 'p100'),
              fc.integer({ min: 0, max: 99_999_999 }).map((part) => `p${part / 1e6}`),
            )
          : fc.constant(null),
      operation:
        operation === 'required'
          ? name
          : operation === 'instant'
            ? fc.nat().map((millis) => `${millis}ms`)
            : operation === 'fault'
              ? fc.stringMatching(/^[a-z][a-z-]{0,8}(?:, [1-9]\d?)?$/)
              : operation === 'optional'
                ? fc.option(name)
                : fc.constant(null),
      comparison: fc.constantFrom(...COMPARISONS),
      value: kind === 'share' ? share : fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      unit:
        kind === 'time' || kind === 'duration'
          ? fc.constantFrom('ms' as const, 'us' as const, 's' as const)
          : kind === 'share'
            ? fc.constantFrom('%' as const, '' as const)
            : fc.constant('' as const),
      phase: scope === 'phase' ? fc.option(fc.stringMatching(/^[\w.-]{1,10}$/)) : fc.constant(null),
    })
  })

it('knows what can be asked of a fault, and how', () => {
  expect(errorOf('fault(pause).fialed == 0')).toEqual({
    position: 14,
    message: 'faults have no metric "fialed"',
    unknown: {
      word: 'fialed',
      known: [
        'recovered_within',
        'detected_within',
        'reconnected_within',
        'disturbances',
        'failed',
        'indeterminate',
        'dropped',
        'delayed',
        'outages',
        'unfinished',
      ],
    },
  })
  expect(errorOf('fault.failed == 0')).toMatchObject({ message: 'there is no metric "fault.failed"' })
})

describe('formatThreshold', () => {
  it('writes what parseThreshold reads back to the same', () => {
    fc.assert(
      fc.property(anyThreshold, (threshold) => {
        const positive = { ...threshold, value: threshold.value + 0 }
        expect(parsed(formatThreshold(positive))).toEqual(positive)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['p99( get )<2.0ms', 'p99(GET) < 2ms'],
    ['reconnection.p095 < 1s', undefined],
    ['Service.P50.0(set) >= 01.50us in a', 'service.p50(SET) >= 1.5us in a'],
  ])('%s becomes %s', (text, canonical) => {
    const result = parseThreshold(text)
    expect('threshold' in result ? formatThreshold(result.threshold) : undefined).toBe(canonical)
  })
})

describe('numbers', () => {
  it('are rounded once', () => {
    expect(quantileOf('p99.9')).toBe(0.999)
    expect(quantileOf('p99.99')).toBe(0.9999)
    expect(quantileOf('p50')).toBe(0.5)
    expect(quantileOf('max')).toBeUndefined()
    expect(limitOf({ value: 0.1, unit: '%' })).toBe(0.001)
    expect(limitOf({ value: 2.3, unit: 'ms' })).toBe(2300)
    expect(limitOf({ value: 1.1, unit: 's' })).toBe(1_100_000)
    expect(limitOf({ value: 1e-7, unit: 's' })).toBe(0.1)
    expect(inUnit(1532.5, 'ms')).toBe(1.5325)
    expect(inUnit(0.005, '%')).toBe(0.5)
    expect(inUnit(7, '')).toBe(7)
  })
})

describe('the catalogue', () => {
  it('explains every metric', () => {
    for (const { help, withoutData } of Object.values(THRESHOLD_METRICS)) {
      expect(help.length).toBeGreaterThan(20)
      expect(withoutData.note).toMatch(/^no data: /)
    }
  })

  it('gives numbers of a phase only where there are some', () => {
    for (const metric of Object.values(THRESHOLD_METRICS))
      if (metric.scope === 'run') expect(['none', 'instant', 'fault']).toContain(metric.operation)
  })
})
