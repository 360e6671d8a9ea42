import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILE_CONTEXT } from '../../src/app/facts.ts'
import { buildPlan } from '../../src/config/build-plan.ts'
import { parseProfile } from '../../src/config/profile.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'
import type { OperationPlan, RunPlan } from '../../src/model/plan.ts'

const LUA = "return redis.call('INCR', KEYS[1])\n"
const LIBRARY = `#!lua name=limiter___RUN__
redis.register_function('hit___RUN__', function(keys, args) return redis.call('INCR', keys[1]) end)
`

const folder = mkdtempSync(join(tmpdir(), 'redis-test-operations-'))
beforeAll(() => {
  mkdirSync(join(folder, 'scripts'))
  writeFileSync(join(folder, 'scripts/hit.lua'), LUA)
  writeFileSync(join(folder, 'scripts/limiter.lua'), LIBRARY)
  writeFileSync(join(folder, 'scripts/same-name.lua'), LIBRARY.replaceAll('__RUN__', ''))
  writeFileSync(join(folder, 'scripts/empty.lua'), ' \n')
  writeFileSync(join(folder, 'scripts/large.lua'), ' '.repeat(300_000))
  writeFileSync(join(folder, 'scripts/binary.lua'), Buffer.from([0x2d, 0x2d, 0xff, 0xfe]))
})
afterAll(() => rmSync(folder, { recursive: true }))

function planOf(operations: string, flags: Readonly<Record<string, string>> = {}): RunPlan {
  const text = `name: p\noperations:\n${operations}`
  const profile = parseProfile(text, join(folder, 'p.yaml'), PROFILE_CONTEXT)
  const given = Object.entries(flags).map(([key, input]) => [key, { flag: `--${key}`, input }] as const)
  return buildPlan({ flags: new Map(given), environment: {}, profile }, { clientVersion: 'test' }).plan
}

const operationsOf = (text: string): readonly OperationPlan[] => planOf(text).operations

function problemsOf(operations: string, flags?: Readonly<Record<string, string>>): string[] {
  try {
    planOf(operations, flags)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.problems.map((problem) => describeProblem(problem).replaceAll(`${folder}/`, ''))
  }
}

const template = (command: string): string => PROFILE_CONTEXT.commands.templateOf(command)

describe('operations', () => {
  it('are commands by name, or with their arguments', () => {
    const [set, score] = operationsOf(`
  - command: set
    weight: 0.4
  - name: score
    command: "ZADD board:{key} {int 0..1000} {member}"
`)
    expect(set).toEqual({
      name: 'SET',
      commands: [template('SET')],
      weight: 0.4,
      batch: { kind: 'none', size: 1 },
      watch: [],
      on_nil: null,
      connections: 0,
      script: null,
    })
    expect(score).toMatchObject({
      name: 'SCORE',
      commands: ['ZADD board:{key} {int 0..1000} {member}'],
      weight: 1,
    })
  })

  it('have batches, watched keys and connections of their own', () => {
    const [transfer, pipeline] = operationsOf(`
  - name: TRANSFER
    commands: ["DECRBY {key} 5", "INCRBY {key} 5"]
    transaction: true
    watch: ["{key}"]
    connections: 4
  - command: GET
    pipeline: 10
`)
    expect(transfer).toMatchObject({
      name: 'TRANSFER',
      commands: ['DECRBY {key} 5', 'INCRBY {key} 5'],
      batch: { kind: 'transaction', size: 1 },
      watch: ['{key}'],
      connections: 4,
      weight: 0,
    })
    expect(pipeline).toMatchObject({ name: 'GET', batch: { kind: 'pipeline', size: 10 } })
  })

  it('send another command after a nil reply', () => {
    const [get] = operationsOf('  - {command: GET, on_nil: "SET {same} {value}"}\n')
    expect(get!.on_nil).toBe('SET {same} {value}')
  })

  it('call scripts by their sha1, and functions under the name of the run', () => {
    const [script, library] = operationsOf(`
  - name: HIT
    script: scripts/hit.lua
    keys: ["{key}"]
    args: ["{now}", 100, "two words", 'a "quote"', ""]
  - name: HIT_F
    function: ./scripts/limiter.lua
    call: hit___RUN__
    args: ["{int 0..5}"]
`)
    const sha = createHash('sha1').update(LUA).digest('hex')
    expect(script).toMatchObject({
      commands: [`EVALSHA ${sha} 1 {key} {now} 100 "two words" "a \\"quote\\"" ""`],
      script: { file: 'scripts/hit.lua', engine: 'script', text: LUA },
    })
    expect(library).toMatchObject({
      commands: ['FCALL hit___RUN__ 0 {int 0..5}'],
      script: { file: './scripts/limiter.lua', engine: 'function', text: LIBRARY },
    })
  })

  it('may have targets, from which the load has its own', () => {
    const text = `
  - {command: GET, target_ops_per_second: 300}
  - {command: SET, target_ops_per_second: 100, pipeline: 10}
  - {command: BLPOP {key} 1, connections: 2}
`.replace('BLPOP {key} 1', '"BLPOP {key} 1"')
    const { load, operations } = planOf(text)
    expect(load).toMatchObject({ model: 'open', target_ops_per_second: 400 })
    // Ten commands at a time, so a tenth as often.
    expect(operations.map(({ weight }) => weight)).toEqual([300, 10, 0])
    expect(planOf(text, { 'load.target_ops_per_second': '40' }).load.target_ops_per_second).toBe(40)
    expect(planOf(text, { 'load.target_ops_per_second': 'max' }).load.model).toBe('closed')
  })
})

describe('operations that cannot be', () => {
  it.each([
    [
      'nothing to send',
      '  - {weight: 1}\n',
      'p.yaml:3:5: operations.0.command: missing: an operation needs a command, commands, a script or a function',
    ],
    [
      'two kinds',
      '  - {command: GET, script: scripts/hit.lua}\n',
      'p.yaml:3:28: operations.0.script: an operation is one of command, commands, script, function; this one has command too',
    ],
    [
      'several commands apart',
      '  - {name: A, commands: [GET, SET]}\n',
      'p.yaml:3:25: operations.0.commands: several commands need transaction: true or pipeline: true',
    ],
    [
      'several commands without a name',
      '  - {commands: [GET, SET], pipeline: true}\n',
      'p.yaml:3:5: operations.0.name: missing: several commands need a name for the results',
    ],
    [
      'a name of batches',
      '  - {command: GET, name: pipeline}\n',
      'p.yaml:3:26: operations.0.name: PIPELINE and MULTI name batches; choose another',
    ],
    [
      'two batches',
      '  - {command: GET, pipeline: 2, transaction: 3}\n',
      'p.yaml:3:46: operations.0.transaction: a batch is a pipeline or a transaction, not both',
    ],
    [
      'an empty batch',
      '  - {command: GET, pipeline: 0}\n',
      'p.yaml:3:30: operations.0.pipeline: expected how many times, from 1 to 10000, or true for once',
    ],
    [
      'a watch without a transaction',
      '  - {command: GET}\n  - {command: SET, watch: [k], connections: 1}\n',
      'p.yaml:4:27: operations.1.watch: needs a transaction of its own (transaction: true)',
    ],
    [
      'a watch on shared connections',
      '  - {command: SET, watch: [k], transaction: true}\n',
      'p.yaml:3:5: operations.0.connections: missing: WATCH needs connections of its own (connections: 4)',
    ],
    [
      'waiting on shared connections',
      '  - command: BLPOP {key} 1\n',
      'p.yaml:3:5: operations.0.connections: missing: a command that waits on the server needs connections of its own (connections: 4)',
    ],
    [
      'a weight on connections of its own',
      '  - command: SET\n  - {command: GET, weight: 1, connections: 1}\n',
      'p.yaml:4:28: operations.1.weight: an operation with connections of its own is not drawn: leave one of the two out',
    ],
    [
      'a weight and a target',
      '  - {command: GET, weight: 1, target_ops_per_second: 5}\n',
      'p.yaml:3:54: operations.0.target_ops_per_second: stands for a weight: leave one of the two out',
    ],
    [
      'some targets',
      '  - {command: GET, target_ops_per_second: 5}\n  - command: SET\n',
      'p.yaml:4:5: operations.1.target_ops_per_second: missing: another operation has a target of its own, so each needs one that is drawn',
    ],
    [
      'two of a name',
      '  - command: GET\n  - {command: GET, pipeline: 3}\n',
      'p.yaml:4:5: operations.1.name: missing: operation 0 is called GET too: give each a name of its own',
    ],
    [
      'no weight at all',
      '  - {command: GET, weight: 0}\n',
      'p.yaml:3:3: operations: all weights are 0: give at least one operation a weight above 0',
    ],
    [
      'nothing that is drawn',
      '  - {command: GET, connections: 1}\n',
      'p.yaml:3:3: operations: at least one operation must be without connections of its own',
    ],
    [
      'arguments for a command',
      '  - {command: GET, args: [1]}\n',
      'p.yaml:3:26: operations.0.args: goes with script: or function: only; other commands hold their arguments',
    ],
    [
      'a reaction within a pipeline',
      '  - {command: GET, pipeline: 2, on_nil: "SET {same} 1"}\n',
      'p.yaml:3:41: operations.0.on_nil: goes with a single command, not with a pipeline or transaction',
    ],
    [
      'a script that is not there',
      '  - {script: scripts/nope.lua}\n',
      'p.yaml:3:14: operations.0.script: "scripts/nope.lua" does not exist',
    ],
    [
      'a script that is a folder',
      '  - {script: scripts}\n',
      'p.yaml:3:14: operations.0.script: "scripts" is not a file',
    ],
    [
      'a script that is too large',
      '  - {script: scripts/large.lua}\n',
      'p.yaml:3:14: operations.0.script: "scripts/large.lua" is larger than 262144 bytes',
    ],
    [
      'a script that is empty',
      '  - {script: scripts/empty.lua}\n',
      'p.yaml:3:14: operations.0.script: "scripts/empty.lua" is empty',
    ],
    [
      'a script that is no text',
      '  - {script: scripts/binary.lua}\n',
      'p.yaml:3:14: operations.0.script: "scripts/binary.lua" is not UTF-8 text (line 1)',
    ],
    [
      'a library without a name of the run',
      '  - {function: scripts/same-name.lua, call: hit___RUN__}\n',
      'p.yaml:3:16: operations.0.function: "scripts/same-name.lua" must name its library with __RUN__ in its first line, as in #!lua name=limiter___RUN__',
    ],
    [
      'a library without that function',
      '  - {function: scripts/limiter.lua, call: miss___RUN__}\n',
      'p.yaml:3:16: operations.0.function: "scripts/limiter.lua" registers no function miss___RUN__',
    ],
    [
      'a function without a name of the run',
      '  - {function: scripts/limiter.lua, call: hit}\n',
      'p.yaml:3:43: operations.0.call: must hold __RUN__, as in hit___RUN__: functions of several runs can be in one server',
    ],
    [
      'a library alone',
      '  - {function: scripts/limiter.lua}\n',
      'p.yaml:3:5: operations.0.call: missing: which function of the library to call',
    ],
  ])('%s', (_, operations, problem) => {
    expect(problemsOf(operations)).toEqual([problem])
  })

  it('batches within batches, wherever those were asked for', () => {
    const problem =
      'p.yaml:3:30: operations.0.pipeline: cannot be combined with transaction.size (set transaction.size to 0, or leave it out here)'
    expect(problemsOf('  - {command: GET, pipeline: 3}\n', { 'transaction.size': '5' })).toEqual([problem])
  })

  it('commands that reach beyond the keys of the run, unless they are permitted', () => {
    const operations =
      '  - {command: GET, on_nil: FLUSHALL}\n  - {name: A, commands: [SET, FLUSHDB], pipeline: true}\n'
    const problem = 'reaches beyond the keys of the run: --allow-dangerous permits it'
    expect(problemsOf(operations)).toEqual([
      `p.yaml:3:28: operations.0.on_nil: FLUSHALL ${problem}`,
      `p.yaml:4:31: operations.1.commands.1: FLUSHDB ${problem}`,
    ])
    expect(problemsOf(operations, { 'safety.allow_dangerous': 'true' })).toEqual([])
  })

  it('batches that have no room', () => {
    const problems = problemsOf('  - {name: A, commands: [GET, SET], pipeline: 10}\n', {
      'load.max_in_flight': '19',
    })
    expect(problems[0]).toContain('load.max_in_flight: 19 has no room for a batch of 20')
  })

  it('more operations than have room in a result', () => {
    const operations = Array.from({ length: 101 }, (_, index) => `  - {command: GET, name: G${index}}\n`)
    expect(problemsOf(operations.join(''))).toEqual([
      'p.yaml:3:3: operations: expected at most 100 operations',
    ])
  })
})
