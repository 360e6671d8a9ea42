// `npm run mutations`: breaks the sources on purpose, one defect at a time in a copy, and demands that each is caught.
// `--only TEXT` runs those whose name holds it; `--seeds N` is how long a defect may hide.
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compileSimulation, ROOT } from './compile-simulation.mjs'
import { MUTATIONS } from './mutation-table.mjs'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: '2000' },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
  },
})

/** A defect that makes the process spin is caught as well. */
const LIMIT_MILLIS = 180_000
const LIMIT_OF_ALL_TESTS_MILLIS = 900_000

const folder = mkdtempSync(join(tmpdir(), 'redis-test-mutations-'))
const waiting = MUTATIONS.filter(({ name }) => name.includes(values.only))
const survivors = []
let done = 0
try {
  const places = Array.from({ length: Number(values.jobs) }, (_, job) => join(folder, String(job)))
  for (const place of places) copyInto(place)
  await demandThatTestsPass(places[0])
  await Promise.all(places.map((place) => work(place)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`\n${done} defects, ${done - survivors.length} caught`)
for (const name of survivors) console.log(`SURVIVED: ${name}`)
process.exitCode = survivors.length > 0 ? 1 : 0

function copyInto(place) {
  const source = join(place, 'source')
  mkdirSync(source, { recursive: true })
  for (const name of [
    'src',
    'test',
    'workloads',
    'package.json',
    'vitest.config.ts',
    'tsconfig.json',
    'tsconfig.build.json',
  ])
    cpSync(join(ROOT, name), join(source, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'))
}

/** A test that fails without a defect, or that is not there, catches none. */
async function demandThatTestsPass(place) {
  const tests = [...new Set(waiting.flatMap(({ test }) => test ?? []))]
  for (const test of tests) if (!existsSync(join(ROOT, test))) throw new Error(`there is no ${test}`)
  if (tests.length === 0) return
  const { code, output } = await runTests(join(place, 'source'), tests, LIMIT_OF_ALL_TESTS_MILLIS)
  if (code !== 0) throw new Error(`without a defect\n${output}`)
}

function runTests(source, tests, limitMillis) {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  return start([vitest, 'run', '--root', source, '--project', 'unit', ...tests], limitMillis)
}

/** Takes one defect after the other into a copy of its own. */
async function work(place) {
  const source = join(place, 'source')
  for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
    const began = performance.now()
    const path = join(source, mutation.file)
    const text = readFileSync(path, 'utf8')
    const parts = text.split(mutation.find)
    if (parts.length !== 2)
      throw new Error(`${mutation.name}: ${mutation.file} holds its text ${parts.length - 1} times`)
    writeFileSync(path, parts.join(mutation.replace))
    const caught = await isCaught(mutation, source, place)
    writeFileSync(path, text)
    if (caught === undefined) survivors.push(mutation.name)
    done++
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(
      `${(caught ?? 'SURVIVED').padEnd(44).slice(0, 44)} ${seconds.padStart(6)} s  ${mutation.name}`,
    )
  }
}

/** By what; `undefined` when nobody noticed. */
async function isCaught({ test }, source, place) {
  if (test !== undefined) {
    const { code } = await runTests(source, [test])
    return code === 0 ? undefined : test
  }
  const program = compileSimulation(source, place)
  const { code, output } = await start([program, '--first', '--seeds', values.seeds, '--jobs', '1'])
  if (code === 0) return undefined
  return /seed \d+ breaks [^:]+/.exec(output)?.[0] ?? (code === null ? 'did not end' : `exit code ${code}`)
}

function start(args, limitMillis = LIMIT_MILLIS) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMillis)
    child.on('close', (code) => {
      clearTimeout(limit)
      resolve({ code, output })
    })
  })
}
