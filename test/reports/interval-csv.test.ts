import { describe, expect, it } from 'vitest'
import { renderIntervalCsv } from '../../src/reports/interval-csv.ts'
import { HOSTILE, hostileResult } from '../support/hostile-result.ts'
import { QUIET_SECOND } from '../support/interval.ts'

/** RFC 4180, by its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (field.lastIndex < text.length) {
    const at = field.lastIndex
    const match = field.exec(text)
    if (match === null) throw new Error(`not CSV: ${text.slice(at, at + 40)}`)
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!)
    if (match[3] === '\r\n') rows.push([])
  }
  expect(rows.pop()).toEqual([])
  return rows
}

describe('intervals as CSV', () => {
  const second = {
    ...QUIET_SECOND,
    at_ms: 1_700_000_001_000,
    ok: 990,
    failed: 7,
    target_ops_per_second: 1000,
    service_p99_ms: 1.25,
    response_p99_ms: null,
    cpu_cores: Number.NaN,
    phase: 'up',
    errors: [
      { outcome: 'failed', error_type: 'memory_error', code: 'OOM', count: 4 },
      { outcome: 'failed', error_type: 'command_error', code: 'OOM', count: 5 },
      { outcome: 'indeterminate', error_type: 'timeout', code: 'timeout', count: 3 },
    ] as const,
  }
  const result = {
    ...hostileResult(),
    run_start: 1_700_000_000,
    intervals: [second, { ...second, errors: [] }],
  }

  it('has a column for each number, with its unit, and empty cells for what is not known', () => {
    const [header, first, other, ...rest] = parseCsv(renderIntervalCsv(result))
    expect(rest).toEqual([])
    expect(header).toHaveLength(28)
    const cells = Object.fromEntries(header!.map((name, index) => [name, first![index]]))
    expect(cells).toMatchObject({
      at: '2023-11-14T22:13:21.000Z',
      elapsed_s: '1',
      interval_s: '1',
      phase: 'up',
      target_ops_per_s: '1000',
      ok: '990',
      failed: '7',
      service_p99_ms: '1.25',
      response_p99_ms: '',
      generator_cpu_cores: '',
      failed_OOM: '9',
      indeterminate_timeout: '3',
    })
    expect(other!.slice(-2)).toEqual(['0', '0'])
    // Whatever an interval says is in a column, but cells of latency and the errors, which have columns of their own.
    const { latency_cells: _, errors: __, at_ms: ___, ...named } = second
    expect(header!.length - 2 - 2).toBe(Object.keys(named).length)
  })

  it('is not broken by hostile names, and no cell is a formula', () => {
    const rows = parseCsv(renderIntervalCsv(hostileResult()))
    expect(rows).toHaveLength(3)
    const phase = rows[0]!.indexOf('phase')
    expect(rows[1]![phase]).toBe(`'${HOSTILE}`)
    expect(rows[0]!.at(-1)).toBe(`failed_${HOSTILE}`)
    for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^[=+@\t\r]/)
  })
})
