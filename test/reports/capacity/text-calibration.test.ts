import { describe, expect, it } from 'vitest'
import type { CalibrationShare } from '../../../src/model/calibration.ts'
import { calibrationText } from '../../../src/reports/capacity/text-calibration.ts'
import { planOf } from '../../support/plan.ts'

const AT_SECONDS = 1_700_000_000
const SHARE: CalibrationShare = {
  ceiling_ops_per_second: 14_000,
  share: 0.4,
  is_lower_bound: false,
  floor_p50_ms: 0.25,
  floor_p99_ms: 0.7,
  measured_at: AT_SECONDS - 3600,
}
const { plan } = planOf({ 'load.target_ops_per_second': '1000' })
const text = (change: Partial<CalibrationShare>): string =>
  calibrationText({ ...SHARE, ...change }, plan, AT_SECONDS)

describe('what is said of a calibration', () => {
  it('is the share, and of which ceiling', () => {
    expect(text({})).toBe(
      'the generator was at 40 % of what it can do here (14,000 ops/s, from 0.250 ms p50)',
    )
    expect(text({ is_lower_bound: true, share: 0.042 })).toBe(
      'the generator was at most 4.2 % of what it can do here (at least 14,000 ops/s, from 0.250 ms p50)',
    )
  })

  it('is also what speaks against it', () => {
    expect(text({ measured_at: AT_SECONDS - 45 * 86_400 })).toContain('p50; measured 45 days before)')
    expect(text({ others_cpu_cores: 0.853 })).toContain(
      'p50; measured while others used 0.85 cores: calibrate again)',
    )
  })

  it('is of the busiest second where the rate changes', () => {
    const { plan: stepping } = planOf({ 'load.stages': 'a:5s:1000,b:5s:2000' })
    expect(calibrationText(SHARE, stepping, AT_SECONDS)).toContain(
      'can do here in its busiest second (14,000',
    )
  })

  it('is, without any, the command that makes the one for these settings', () => {
    const { plan: other } = planOf({
      'load.target_ops_per_second': '1000',
      'load.arrivals': 'poisson',
      'load.pacing': 'precise',
      'client.coalesce_writes': false,
      'keys.distribution': 'zipfian',
      'values.kind': 'json',
      'target.protocol': '2',
    })
    expect(calibrationText(null, other, AT_SECONDS)).toBe(
      'none: redis-test calibrate -w test --threads 1 --clients 10 --protocol 2 --pacing precise --arrivals poisson' +
        ' --no-coalesce-writes --key-distribution zipfian --value-size 100 --value-kind json',
    )
    expect(calibrationText(null, planOf({ 'target.tls.enabled': true }).plan, AT_SECONDS)).toBe(
      'none: the null responder does not speak TLS',
    )
  })
})
