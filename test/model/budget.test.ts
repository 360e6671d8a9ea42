import { describe, expect, it } from 'vitest'
import { parseBudget } from '../../src/model/budget.ts'

describe('a budget', () => {
  it.each([
    [
      'p99 > +10%',
      {
        expression: 'p99 > +10%',
        metric: 'p99',
        operation: null,
        comparison: '>',
        limit: 0.1,
        isRelative: true,
      },
    ],
    [
      'P99.90 of get >= 10 %',
      {
        expression: 'p99.9(GET) > +10%',
        metric: 'p99.9',
        operation: 'GET',
        comparison: '>',
        limit: 0.1,
        isRelative: true,
      },
    ],
    [
      'p50(SET) > +200us',
      {
        expression: 'p50(SET) > +200us',
        metric: 'p50',
        operation: 'SET',
        comparison: '>',
        limit: 0.2,
        isRelative: false,
      },
    ],
    [
      'throughput < -5%',
      {
        expression: 'throughput < -5%',
        metric: 'throughput',
        operation: null,
        comparison: '<',
        limit: -0.05,
        isRelative: true,
      },
    ],
    [
      'ops_per_second<-500/s',
      {
        expression: 'throughput < -500/s',
        metric: 'throughput',
        operation: null,
        comparison: '<',
        limit: -500,
        isRelative: false,
      },
    ],
    [
      'error_rate > +0.1%',
      {
        expression: 'errors > +0.1%',
        metric: 'errors',
        operation: null,
        comparison: '>',
        limit: 0.001,
        isRelative: false,
      },
    ],
  ])('reads %s', (text, budget) => {
    expect(parseBudget(text)).toEqual({ budget })
  })

  it.each([
    ['p99', 'expected a metric, > or <, and a difference, as in "p99 > +10%" or "p50(GET) > +0.2ms"'],
    ['max > +1%', 'max is a single command, of which nothing is claimed: take a quantile such as p99.9'],
    [
      'latency > +1%',
      'there is no metric "latency": known are quantiles such as p50 and p99.9, mean, throughput, errors',
    ],
    ['p99 > 2ms', 'expected a difference with its sign, such as +2ms or -2ms'],
    ['throughput < 5%', 'expected a difference with its sign, such as +5% or -5%'],
    ['throughput of GET < -5%', 'throughput is compared for all operations together'],
    ['errors > +2ms', 'errors cannot differ by 2ms: give percentage points, as in +0.1%'],
    ['p99 > +2', 'p99 cannot differ by 2: give %, ms, us or s, as in +10% or +0.2ms'],
  ])('refuses %s', (text, error) => {
    expect(parseBudget(text)).toEqual({ error })
  })
})
