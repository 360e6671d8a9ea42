import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BLANK, span } from '../../../src/reports/live-view/spans.ts'
import { type Block, listBlock, stack } from '../../../src/reports/live-view/block.ts'
import { ASCII_INK, columnChart, progressBar, UNICODE_INK } from '../../../src/reports/live-view/charts.ts'
import { readKeys } from '../../../src/reports/live-view/keys.ts'
import { screenChanges } from '../../../src/reports/live-view/screen-changes.ts'
import { fitText, plainText, widthOf } from '../../../src/reports/live-view/text-width.ts'

describe('readKeys', () => {
  it.each([
    [' ', ['pause']],
    ['+=-_', ['more', 'more', 'less', 'less']],
    ['nN', ['next', 'next']],
    ['?h', ['help', 'help']],
    ['q', ['end']],
    ['\u001b', ['close']],
    ['\u001b[A\u001bOP\u001b[<0;3;4M\u001b[?1;2c', []],
    ['\u001b[Bq', ['end']],
    ['xyz\r\n\t', []],
  ])('%j', (typed, keys) => {
    expect(readKeys(typed)).toEqual(keys)
  })
})

describe('screenChanges', () => {
  it('writes only what is different, and everything the first time', () => {
    expect(screenChanges(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\u001b[2;1H\u001b[2Kx')
    expect(screenChanges(['a'], ['a'])).toBe('')
    expect(screenChanges(undefined, ['a', 'b'])).toBe('\u001b[2J\u001b[1;1H\u001b[2Ka\u001b[2;1H\u001b[2Kb')
  })
})

describe('widths', () => {
  it.each([
    ['abc', 3],
    ['ä', 1],
    ['a\u0301', 1],
    ['测试', 4],
    ['🔥', 2],
    ['👩‍👩‍👧', 2],
    ['✓✗…·', 4],
    ['☀️', 2],
    ['ｱ', 1],
    ['', 0],
  ])('%s takes %d', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })

  it('cuts between characters, never wider than asked', () => {
    expect([
      fitText('abcdef', 4),
      fitText('测试测试', 4),
      fitText('测试', 4),
      fitText('abc', 1),
      fitText('abc', 0),
    ]).toEqual(['abc…', '测…', '测试', '…', ''])
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        expect(widthOf(fitText(plainText(text), width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('lets nothing through that a terminal would obey', () => {
    expect(plainText('\u001b[31mred\u001b[0m\tand\u001b]0;title\u0007 \u0007bell\u009b2J\u202e')).toBe(
      'red and \ufffdbell\ufffd2J\ufffd',
    )
  })
})

describe('charts', () => {
  it('draws the newest at the right, a little of what is little, nothing of what is not known', () => {
    const spec = { width: 6, height: 1, top: 80, ink: UNICODE_INK }
    expect(columnChart([99, 0, 0.1, 40, null, 80], { ...spec, width: 5 })).toEqual([' ▁▄ █'])
    expect(columnChart([40, 80], spec)).toEqual(['    ▄█'])
    expect(columnChart([], spec)).toEqual(['      '])
    expect(columnChart([0, 0], { ...spec, top: 0 })).toEqual(['      '])
  })

  it('stacks lines, with a target above what falls short of it', () => {
    const spec = { width: 3, height: 2, top: 100, ink: UNICODE_INK, targets: [75, 75, 75] }
    expect(columnChart([75, 25, 100], spec)).toEqual(['▄╌█', '█▄█'])
    expect(columnChart([75, 25, 100], { ...spec, ink: ASCII_INK })).toEqual([':-|', '|:|'])
  })

  it('fills a bar', () => {
    expect(progressBar(0.26, 10, UNICODE_INK)).toEqual({ full: '███', empty: '░░░░░░░' })
    expect(progressBar(7, 2, ASCII_INK)).toEqual({ full: '##', empty: '' })
  })
})

describe('stack', () => {
  const list = (priority: number, ...texts: string[]): Block =>
    listBlock(
      priority,
      texts.map((text) => [span(text)]),
    )
  const chart: Block = {
    ...{ priority: 1, least: 1, wanted: 2, most: 5 },
    draw: (count) => Array.from({ length: count }, (_, index) => [span(`c${index}`)]),
  }
  const textsOf = (blocks: Block[], rows: number): string[] =>
    stack(blocks, rows).map((line) => (line === BLANK ? '' : line.map(({ text }) => text).join('')))

  it('gives each its least by priority, then all it wants, then gaps, then charts', () => {
    const blocks = [list(3, 'a1', 'a2'), chart, list(2, 'b1'), list(4)]
    expect(textsOf(blocks, 2)).toEqual(['c0', 'b1'])
    expect(textsOf(blocks, 3)).toEqual(['a1', 'c0', 'b1'])
    expect(textsOf(blocks, 5)).toEqual(['a1', 'a2', 'c0', 'c1', 'b1'])
    expect(textsOf(blocks, 8)).toEqual(['a1', 'a2', '', 'c0', 'c1', 'c2', '', 'b1'])
    expect(textsOf(blocks, 12)).toEqual(['a1', 'a2', '', 'c0', 'c1', 'c2', 'c3', 'c4', '', 'b1', '', ''])
    expect(textsOf([], 2)).toEqual(['', ''])
  })
})
