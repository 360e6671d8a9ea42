import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PROFILE_CONTEXT, WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { listProfiles } from '../../src/config/find-profile.ts'
import { parseProfile } from '../../src/config/profile.ts'
import { profileJsonSchema } from '../../src/config/profile-json-schema.ts'
import { UsageError } from '../../src/model/errors.ts'
import { isValid } from '../support/json-schema.ts'

const schema = profileJsonSchema(PROFILE_CONTEXT.commands)
const accepts = (text: string): boolean => isValid(parse(text), schema)

function isRefusedByTool(text: string): boolean {
  try {
    parseProfile(text, 'p.yaml', PROFILE_CONTEXT)
    return false
  } catch (error) {
    return error instanceof UsageError
  }
}

describe('the JSON Schema of a profile', () => {
  it.each(listProfiles(WORKLOADS_FOLDER))('accepts %s, which refers to it', (name) => {
    const text = readFileSync(join(WORKLOADS_FOLDER, `${name}.yaml`), 'utf8')
    expect(accepts(text)).toBe(true)
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/profile\.schema\.json\n/)
  })

  it.each([
    'operations: [{command: GET}]\nload: {duration: PT1M30S, warmup: 1m30s, target_ops_per_second: max}',
    'operations: [{command: GET}]\nload: {duration: 30, think_time: 5ms..20ms}\nvalues: {size: "64:90, 1024..4096:10"}',
    'operations: [{command: GET}]\nfaults: [{kind: client-kill, at: 5, share: 50%}]',
    'operations: [{name: T, commands: [GET, SET], transaction: true, weight: 0.5}]\npubsub: {channels: [a, b]}',
    'extends: basic_rw\n$schema: ./profile.schema.json',
  ])('accepts what the tool does: %s', (text) => {
    expect(accepts(`name: p\n${text}`)).toBe(true)
    expect(isRefusedByTool(`name: p\n${text}`)).toBe(false)
  })

  it.each([
    'operations: []',
    'operations: {command: GET}',
    'operations: [{weight: 1}]',
    'operations: [{command: GET, commands: [GET], pipeline: true}]',
    'operations: [{command: 5}]',
    'operations: [{command: ""}]',
    'operations: [{command: GET, wait: 1}]',
    'operations: [{command: GET, weight: -1}]',
    'operations: [{command: GET, connections: 0}]',
    'operations: [{command: GET, pipeline: 0}]',
    'operations: [{command: GET, name: "*"}]',
    'operations: [{command: GET}]\nload: 7',
    'operations: [{command: GET}]\nload: {clents: 3}',
    'operations: [{command: GET}]\nload: {clients: 0}',
    'operations: [{command: GET}]\nload: {clients: 1.5}',
    'operations: [{command: GET}]\nload: {clients: many}',
    'operations: [{command: GET}]\nload: {duration: forever}',
    'operations: [{command: GET}]\nload: {duration: 0}',
    'operations: [{command: GET}]\nload: {target_ops_per_second: -1}',
    'operations: [{command: GET}]\nload: {arrivals: sometimes}',
    'operations: [{command: GET}]\nkeys: {cleanup: perhaps}',
    'operations: [{command: GET}]\nkeys: {ttl: 5..}',
    'operations: [{command: GET}]\nkeys: {hot_share: 101}',
    'operations: [{command: GET}]\nvalues: {size: large}',
    'operations: [{command: GET}]\nfaults: [{kind: explode}]',
    'operations: [{command: GET}]\ntarget: {host: evil}',
    'operations: [{command: GET}]\ndescription: 5',
    'operations: [{command: GET}]\nextends: 5',
    'description: without operations',
  ])('refuses what the tool refuses: %s', (text) => {
    expect(accepts(`name: p\n${text}`)).toBe(false)
    expect(isRefusedByTool(`name: p\n${text}`)).toBe(true)
  })

  it('says what each key does, and what it is when it is absent, as one would write it', () => {
    const { load } = schema['properties'] as Record<string, { properties: Record<string, object> }>
    expect(load!.properties['warmup']).toMatchObject({
      description: 'Load before the measured time, counted apart',
      default: '1s',
    })
    expect(load!.properties['clients']).toMatchObject({ type: 'integer', minimum: 1, default: 10 })
    expect(load!.properties['duration']).not.toHaveProperty('default')
  })
})
