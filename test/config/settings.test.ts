import { describe, expect, it } from 'vitest'
import { SHAPE_SETTINGS } from '../../src/config/load-shape.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { SETTING_GROUPS } from '../../src/config/settings/setting.ts'
import { planOf } from '../support/plan.ts'

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length

/** Settings that become something else in the plan. */
const TRANSLATED = new Set([
  'target.url',
  'target.tls.key_passphrase',
  'pipeline.size',
  'transaction.size',
  'operations.allow_dangerous',
  ...SHAPE_SETTINGS,
])

describe('SETTINGS', () => {
  it('have unique keys, plan paths, flags and variables', () => {
    expect(unique(SETTINGS.map(({ key }) => key))).toBe(true)
    expect(unique(SETTINGS.map(({ plan }) => plan))).toBe(true)
    expect(unique(SETTINGS.flatMap(({ flags }) => flags))).toBe(true)
    expect(unique(SETTINGS.flatMap(({ env }) => env))).toBe(true)
  })

  it.each(SETTINGS.map((setting) => [setting.key, setting] as const))('%s is complete', (_, setting) => {
    expect(SETTING_GROUPS).toContain(setting.group)
    expect(setting.help.length).toBeGreaterThan(5)
    for (const flag of setting.flags) expect(flag).toMatch(/^--[a-z][a-z-]*$/)
    for (const name of setting.env) expect(name).toMatch(/^[A-Z][A-Z_]*$/)
    expect(setting.flags.length + setting.env.length).toBeGreaterThan(0)
  })

  it.each(
    SETTINGS.filter(({ key }) => !TRANSLATED.has(key)).map((setting) => [setting.plan, setting] as const),
  )('%s is in the plan', (path) => {
    let value: unknown = planOf().plan
    for (const step of path.split('.')) value = (value as Record<string, unknown>)[step]
    expect(value).not.toBeUndefined()
  })

  it('has a default that passes its own check', () => {
    for (const { key, kind, plan, default: value } of SETTINGS) {
      if (value === null) continue
      const written = plan.endsWith('_ms') ? `${Number(value)}ms` : value
      const result = kind.schema.safeParse(written)
      expect(`${key}: ${JSON.stringify(result.data)}`).toBe(`${key}: ${JSON.stringify(value)}`)
    }
  })
})
