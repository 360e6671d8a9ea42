import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
// @ts-expect-error It is plain JavaScript.
import { MUTATIONS } from '../../scripts/mutation-table.mjs'

interface Mutation {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}
const mutations = MUTATIONS as readonly Mutation[]
const root = join(import.meta.dirname, '../..')

describe('deliberate defects', () => {
  it('are many, and have names of their own', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(25)
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
  })

  it.each(mutations)('$name: its text stands exactly once in $file', ({ file, find, replace }) => {
    expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2)
    expect(replace).not.toBe(find)
  })
})
