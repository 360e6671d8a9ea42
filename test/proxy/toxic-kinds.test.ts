import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CONNECTION_TOXICS, RESP_TOXICS, TOXIPROXY_TOXICS } from '../../src/model/toxic.ts'
import { readAttributes } from '../../src/proxy/attributes.ts'
import { attributeRulesOf, isByteToxic, isRespToxic, isToxicType } from '../../src/proxy/toxic-kinds.ts'

const TYPES = [...TOXIPROXY_TOXICS, ...CONNECTION_TOXICS, ...RESP_TOXICS]

describe('toxics', () => {
  it.each(TYPES)(
    '%s is known, with defaults that are right, and on its page with all its attributes',
    (type) => {
      expect(isToxicType(type)).toBe(true)
      const rules = attributeRulesOf(type)
      expect(Object.keys(readAttributes(rules, undefined))).toEqual(Object.keys(rules))
      const page = readFileSync('docs/fault-proxy.md', 'utf8')
      const row = page.split('\n').find((line) => line.startsWith(`| \`${type}\` |`))
      expect(row).toBeDefined()
      for (const name of Object.keys(rules))
        if (!['commands', 'count', 'probability'].includes(name)) expect(row).toContain(`\`${name}`)
    },
  )

  it('act on bytes, connections or RESP', () => {
    expect(TYPES.filter((type) => isByteToxic(type))).toEqual(TOXIPROXY_TOXICS)
    expect(TYPES.filter((type) => isRespToxic(type))).toEqual(RESP_TOXICS)
    expect(isToxicType('toString')).toBe(false)
  })
})
