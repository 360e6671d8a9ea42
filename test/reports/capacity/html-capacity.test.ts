import { describe, expect, it } from 'vitest'
import { renderHtmlCapacity } from '../../../src/reports/capacity/html-capacity.ts'
import { sampleCapacity } from '../../support/capacity-result.ts'

const page = renderHtmlCapacity(sampleCapacity())

interface Dot {
  readonly x: number
  readonly y: number
  readonly rate: number
  readonly millis: number
  readonly verdict: string
}

/** The drawn points of one line. */
function dotsOf(name: string, text = page): Dot[] {
  const group = new RegExp(`<g class="${name}">([\\s\\S]*?)</g>`).exec(text)![1]!
  const attribute = (tag: string, key: string): string => new RegExp(`\\b${key}="([^"]*)"`).exec(tag)![1]!
  return [...group.matchAll(/<circle[^>]*>/g)].map(([tag]) => ({
    x: Number(attribute(tag, 'cx')),
    y: Number(attribute(tag, 'cy')),
    rate: Number(attribute(tag, 'data-rate')),
    millis: Number(attribute(tag, 'data-ms')),
    verdict: attribute(tag, 'class'),
  }))
}

describe('the page of a search', () => {
  it('draws the points of the result, where they belong', () => {
    const { curve } = sampleCapacity()
    const lines = {
      p99: curve.map(({ p99_ms }) => p99_ms),
      p95: curve.map(({ p95_ms }) => p95_ms),
      mean: curve.map(({ mean_ms }) => mean_ms),
      p50: curve.map(({ p50_ms }) => p50_ms),
    }
    const all: Dot[] = []
    for (const [name, values] of Object.entries(lines)) {
      const dots = dotsOf(name)
      expect(dots.map(({ rate }) => rate)).toEqual(curve.map((point) => point.target_ops_per_second))
      expect(dots.map(({ millis }) => millis)).toEqual(values)
      expect(dots.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'held', 'held', 'failed', 'failed'])
      all.push(...dots)
    }
    // Linear in the rate and in the logarithm of the time: two points fix all the others.
    const [first, last] = [dotsOf('p50')[0]!, dotsOf('p99').at(-1)!]
    const perRate = (last.x - first.x) / (last.rate - first.rate)
    const perDecade = (last.y - first.y) / Math.log10(last.millis / first.millis)
    expect(perRate).toBeGreaterThan(0)
    expect(perDecade).toBeLessThan(0)
    for (const { x, y, rate, millis } of all) {
      expect(Math.abs(first.x + perRate * (rate - first.rate) - x)).toBeLessThan(0.2)
      expect(Math.abs(first.y + perDecade * Math.log10(millis / first.millis) - y)).toBeLessThan(0.2)
    }
  })

  it('marks the capacity, the knee and the promise', () => {
    const atRate = (rate: number): number => dotsOf('p50').find((dot) => dot.rate === rate)!.x
    expect(page).toContain(`<g class="capacity">`)
    expect(Number(/<g class="capacity">\s*<line x1="([\d.]+)"/.exec(page)![1])).toBe(atRate(5600))
    expect(Number(/<g class="knee">\s*<line x1="([\d.]+)"/.exec(page)![1])).toBe(atRate(4000))
    const promised = Number(/<g class="promise">\s*<line [^>]*y1="([\d.]+)"/.exec(page)![1])
    const p99 = dotsOf('p99')
    expect(promised).toBeLessThan(p99.find(({ rate }) => rate === 5600)!.y)
    expect(promised).toBeGreaterThan(p99.find(({ rate }) => rate === 5700)!.y)
    expect(page).toContain('p99 &lt; 2ms</text>')
  })

  it('says the answer, and asks nobody for anything', () => {
    expect(page).toContain('5,600 ops/s keeps p99 &lt; 2ms; 5,700 does not (1.8 % more)')
    expect(page).toContain('Limited by: promise.')
    expect(page).toContain('the generator was at 40 % of what it can do here')
    expect(page).not.toMatch(/https?:|<script|<img|<link|@import|url\(/)
    expect(page.length).toBeLessThan(40_000)
  })

  it('shows text as text, whoever wrote it', () => {
    const evil = '<img src=x onerror=alert(1)>'
    const text = renderHtmlCapacity(
      sampleCapacity({ workload_name: evil, error: evil, end_reason: 'failed', server: { name: evil } }),
    )
    expect(text).not.toContain('<img')
    expect(text.split('&lt;img src=x onerror=alert(1)&gt;').length).toBeGreaterThan(3)
  })

  it('is there without a curve, too', () => {
    const text = renderHtmlCapacity(
      sampleCapacity({ curve: [], steps: [], knee: null, limit: null, capacity_ops_per_second: null }),
    )
    expect(text).not.toContain('<svg')
    expect(text).toContain('Steps')
  })
})
