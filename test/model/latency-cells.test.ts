import { describe, expect, it } from 'vitest'
import { histogramOf } from '../../src/ledger/decimal-histogram.ts'
import { addCells, cellsOf, LATENCY_CELL_BOUNDS, NO_CELLS } from '../../src/model/latency-cells.ts'

describe('latency cells', () => {
  it('are twenty a decade, from a microsecond to a thousand seconds', () => {
    expect(LATENCY_CELL_BOUNDS).toHaveLength(181)
    expect(LATENCY_CELL_BOUNDS.slice(0, 5)).toEqual([1, 1.12, 1.26, 1.41, 1.58])
    expect([20, 40, 120, 180].map((index) => LATENCY_CELL_BOUNDS[index])).toEqual([10, 100, 1e6, 1e9])
  })

  it('count each value once, the bound itself below', () => {
    const { from, counts } = cellsOf(histogramOf([1000, 1000, 1001, 1120, 1121, 0.5]))
    expect([from, counts.length, counts[0], counts.slice(60)]).toEqual([0, 63, 1, [2, 2, 1]])
    expect(cellsOf(histogramOf([2e9]))).toEqual({ from: 181, counts: [1] })
    expect(cellsOf(histogramOf([]))).toEqual(NO_CELLS)
  })

  it('add up', () => {
    const [one, other] = [
      { from: 3, counts: [1, 0, 2] },
      { from: 1, counts: [5] },
    ]
    expect(addCells(one, other)).toEqual({ from: 1, counts: [5, 0, 1, 0, 2] })
    expect(addCells(one, { from: 2, counts: [4, 6] })).toEqual({ from: 2, counts: [4, 7, 0, 2] })
    expect(addCells(NO_CELLS, one)).toEqual(one)
  })
})
