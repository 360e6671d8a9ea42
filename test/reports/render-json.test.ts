import { expect, it } from 'vitest'
import { renderJson } from '../../src/reports/render-json.ts'

it('keeps lists of numbers on one line, and every value', () => {
  const value = {
    a: [1, -2.5, 1e-7, 3e21],
    b: ['[\n 1\n]', []],
    c: [{ d: [4] }, null],
    e: [[1], [2, 3]],
    f: [],
  }
  const text = renderJson(value)
  expect(JSON.parse(text)).toEqual(value)
  expect(text).toContain('  "a": [1, -2.5, 1e-7, 3e+21],\n')
  expect(text).toContain('      "d": [4]\n')
  expect(text.endsWith('}\n')).toBe(true)
})
