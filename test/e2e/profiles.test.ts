import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROKEN_FAMILIES, brokenProfile, type BrokenProfile } from '../support/broken-profiles.ts'
import { command, folder, profile, ROOT } from './support/command-line.ts'

let connections = 0
let listener: Server
let port: string
beforeAll(async () => {
  listener = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  port = String((listener.address() as AddressInfo).port)
})
afterAll(() => listener.close())

/** One broken profile of every third family. */
function someBroken(): BrokenProfile[] {
  const sample = fc.sample(brokenProfile, { numRuns: 1000, seed: 4 })
  const families = BROKEN_FAMILIES.filter((_, index) => index % 3 === 0)
  return families.map((family) => sample.find((broken) => broken.family === family)!)
}

describe('a broken profile', () => {
  it.each(someBroken().map((broken, index) => [broken.family, broken.what, index, broken.bytes] as const))(
    'ends with exit code 2 before anything is sent: %s (%s)',
    async (_, __, index, bytes) => {
      const file = join(folder, `broken-${index}.yaml`)
      writeFileSync(file, bytes)
      const { code, stdout, stderr } = await command(['run', '-w', file, '--port', port, '--duration', '1'])
      expect(stderr).not.toMatch(/^ +at /m)
      for (const line of stderr.trimEnd().split('\n'))
        expect(line.startsWith(`redis-test: ${file}:`)).toBe(true)
      expect(stdout).toBe('')
      expect(code).toBe(2)
      expect(connections).toBe(0)
    },
  )
})

describe('redis-test profiles', () => {
  it('lists what each profile is, how it loads and what it sends', async () => {
    const { code, stdout } = await command(['profiles', 'list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^NAME +LOAD +OPERATIONS\n/)
    expect(stdout).toMatch(
      /^basic_rw +closed loop, 10 clients +SET 40 %, GET 50 %, DEL 10 %\n {2}Reads, writes and a few deletes/m,
    )
    expect(stdout).toMatch(
      /^high_throughput +closed loop, 10 clients, pipelines of 10 +SET 40 %, GET 60 %\n/m,
    )
    expect(stdout).toMatch(/^reconnect-storm +1000\/s, 50 clients +SET 50 %, GET 50 %\n/m)
  })

  it('shows one as it stands in its file', async () => {
    const { stdout } = await command(['profiles', 'show', 'basic-rw'])
    expect(stdout).toMatch(/^# yaml-language-server: /)
    expect(stdout).toContain('name: basic_rw\n')
  })

  it('validates several, with all that is wrong with any of them', async () => {
    const right = profile('right', 'extends: basic_rw\n')
    const wrong = profile('wrong', 'extends: ./right.yaml\nload: {clients: 0}\n')
    const invalid = profile('invalid', 'operations: [{script: nope.lua}]\n')
    const { code, stdout, stderr } = await command([
      'profiles',
      'validate',
      right,
      wrong,
      'basic_rw',
      invalid,
    ])
    expect(code).toBe(2)
    expect(stdout).toBe(`${right}: ok, profile right\nbasic_rw: ok, profile basic_rw\n`)
    expect(stderr.trimEnd().split('\n')).toEqual([
      `redis-test: ${wrong}:4:17: load.clients: expected a whole number from 1 to 100000, got 0`,
      `redis-test: ${invalid}:3:23: operations.0.script: "nope.lua" does not exist`,
    ])
  })

  it('prints the schema for editors', async () => {
    const { stdout } = await command(['profiles', 'schema'])
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Workload profile of redis-test', type: 'object' })
  })

  it('finds what a profile extends and calls, from wherever it is run', async () => {
    mkdirSync(join(folder, 'scripts'))
    writeFileSync(join(folder, 'scripts/one.lua'), 'return 1\n')
    profile('base', 'operations: [{name: ONE, script: scripts/one.lua}]\n')
    const file = profile('elsewhere', 'extends: ./base.yaml\nload: {clients: 3}\n')
    const { code, stdout } = await command(['run', '--print-plan', '-w', file], { cwd: ROOT })
    expect(code).toBe(0)
    expect(stdout).toContain('clients: 3 # profile ')
    expect(stdout).toContain('EVALSHA 48df9b519ca145c867b895f740b37bd891e887af 0')
  })
})
