import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, fold, plain, verbatim } from '../../src/reports/markdown-text.ts'
import { renderMarkdown } from '../../src/reports/markdown.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { hostileResult } from '../support/hostile-result.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const { plan } = planOf({ 'load.target_ops_per_second': '10', 'load.duration': '10s', 'load.seed': '7' })
const result = buildResult(sampleRecord(plan), RESULT_TOOLS)

describe('Markdown', () => {
  it('begins with the answer', () => {
    const sentence = {
      expression: 'p99 < 2ms',
      actual: 10,
      unit: 'ms',
      ok: false,
      note: null,
      aborted: false,
    }
    const text = renderMarkdown({ ...result, thresholds: [sentence, { ...sentence, ok: true }] })
    expect(text.split('\n').slice(0, 12)).toEqual([
      '## ❌ FAIL: test',
      '',
      '**1 of 2 thresholds not met** · exit code 4',
      '',
      'open loop, 10 ops/s constant · 10.0 s measured · 0.60 ops/s · 66.67% ok',
      '',
      '|  | Threshold | Actual |',
      '| :--- | :--- | ---: |',
      '| ❌ | <code>p99 &#60; 2ms</code> | 10ms |',
      '| ✅ | <code>p99 &#60; 2ms</code> | 10ms |',
      '',
      '| Operation | Latency, ms | Count | ops/s | mean | p50 | p95 | p99 | p99.9 | max |',
    ])
    expect(text).toContain(
      '| <code>GET</code> | failed, response | 2 | 0.20 | 15,000 | 0.600 | 30,000 | 30,000 | 30,000 | 30,000 |\n',
    )
    expect(text).toContain('Limited by the generator: it was too late for 1 of 9 commands')
    expect(text).toContain(
      '<details>\n<summary>Errors</summary>\n\n```text\nerrors  error&#95;type'.replace('&#95;', '_'),
    )
    expect(text).toContain('| Seed | <code>7</code> |')
  })

  it('has tables whose rows have as many cells as their header, whatever is in them', () => {
    for (const one of [result, hostileResult()]) {
      const lines = renderMarkdown(one).split('\n')
      let isFenced = false
      let cells = 0
      for (const line of lines) {
        if (line.startsWith('```')) isFenced = !isFenced
        if (isFenced || !line.startsWith('|')) cells = 0
        else {
          const count = line.split('|').length
          if (cells !== 0) expect(count).toBe(cells)
          cells = count
        }
      }
      expect(isFenced).toBe(false)
    }
  })

  it('shows hostile names as text', () => {
    const outside = renderMarkdown(hostileResult()).replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
    expect(outside).not.toMatch(/<script|\]\(|@user|http:|\*\*b|`|\r|#1\b/)
    expect(outside).not.toContain('\u001b')
    const tags = [...outside.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
    expect(new Set(tags)).toEqual(
      new Set(['<code>', '</code>', '<details>', '</details>', '<summary>', '</summary>']),
    )
    expect(outside).toMatch(/&#60;script&#62;alert\(/)
  })

  it('leaves no sign in a text that others chose', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = plain(text).replaceAll(/&#\d+;/g, '')
        expect(shown).not.toMatch(/[<>&|`*_[\]\\~@#$!"'{}:]|\n/)
      }),
      { numRuns: 30 },
    )
    expect(plain('1. one')).toBe('&#8203;1. one')
    expect(plain('- one')).toBe('&#8203;- one')
    expect(plain('www.example.com')).toBe('www&#8203;.example.com')
    expect(code('a|b')).toBe('<code>a&#124;b</code>')
  })

  it('fences what it shows as it is with more ticks than are in it', () => {
    expect(verbatim(['a', '````', 'b'])).toEqual(['`````text', 'a', '````', 'b', '`````'])
    expect(verbatim([])).toEqual([])
    expect(fold('x', [])).toEqual([])
  })
})
