import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSide, withNames } from '../../src/app/read-sides.ts'
import {
  findInHistory,
  INDEX_FILE,
  keepResult,
  readHistory,
  rebuildIndex,
} from '../../src/app/results-index.ts'
import { createRandom } from '../../src/model/random.ts'
import type { RunResult } from '../../src/model/result.ts'
import { simulatedResult } from '../support/simulated-result.ts'
import { simulateRun, USUAL } from '../support/simulated-runs.ts'

const SAMPLE = simulateRun({ ...USUAL, seconds: 2, opsPerSecond: 10 }, createRandom(1))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redis-test-history-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function result(number: number, changes: Partial<RunResult> = {}): RunResult {
  return simulatedResult(SAMPLE, {
    run_id: `run-${number}`,
    run_start: 1_700_000_000 + 60 * number,
    ...changes,
  })
}

const ids = (): string[] => readHistory(folder).entries.map(({ run_id }) => run_id)

describe('a folder of results', () => {
  it('keeps each result in a file of its own, and a line of it in the index', () => {
    const file = keepResult(result(1, { p99_latency_ms: 12.5, run_id: 'a/b c' }), folder)
    expect(file).toBe(join(folder, '20231114T221420-a_b_c.json'))
    expect((JSON.parse(readFileSync(file, 'utf8')) as RunResult).run_id).toBe('a/b c')
    const lines = readFileSync(join(folder, INDEX_FILE), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        run_id: 'a/b c',
        file: '20231114T221420-a_b_c.json',
        p99: 12.5,
        target: '127.0.0.1:6379',
        server: 'Redis 7.0.15',
      },
    ])
  })

  it('reads what the index does not know, and leaves out what is gone', () => {
    keepResult(result(2), folder)
    const first = keepResult(result(1), folder)
    expect(ids()).toEqual(['run-1', 'run-2'])
    writeFileSync(join(folder, 'copied.json'), JSON.stringify(result(3)))
    appendFileSync(join(folder, INDEX_FILE), '{"schema":"redis-test/history","file":"co')
    rmSync(first)
    writeFileSync(join(folder, 'other.json'), '{}')
    expect(ids()).toEqual(['run-2', 'run-3'])
    expect(readHistory(folder).unreadable).toEqual(['other.json'])
    rebuildIndex(folder)
    expect(readFileSync(join(folder, INDEX_FILE), 'utf8').split('\n')).toHaveLength(3)
    expect(ids()).toEqual(['run-2', 'run-3'])
  })

  it('loses no run by a line that was cut, that others wrote, or that has not all that is shown', () => {
    keepResult(result(1), folder)
    const index = join(folder, INDEX_FILE)
    // A writer that was killed in the middle: the next line is joined to it, and neither can be read.
    appendFileSync(index, '{"schema":"redis-test/history","file":"half')
    keepResult(result(2), folder)
    keepResult(result(3), folder)
    appendFileSync(index, 'null\n[]\n7\n{"schema":"redis-test/history"}\n')
    const older = { schema: 'redis-test/history', file: 'old.json', run_id: 'run-4', run_start: 1 }
    appendFileSync(index, `${JSON.stringify(older)}\n`)
    writeFileSync(join(folder, 'old.json'), JSON.stringify(result(4)))
    // The same run twice, as after the index was written anew while a run ended.
    const lines = readFileSync(index, 'utf8').split('\n')
    appendFileSync(index, `${lines[0]!}\n`)
    expect(ids()).toEqual(['run-1', 'run-2', 'run-3', 'run-4'])
  })

  it('tells of files that are no results, whatever they are', () => {
    keepResult(result(1), folder)
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
    write('binary.json', '\u0000\u0001')
    write('cut.json', JSON.stringify(result(2)).slice(0, 500))
    write('empty.json', '')
    write('list.json', '[1]')
    write('null.json', 'null')
    write('parts.json', '{"schema":"redis-test/result","schema_version":1,"plan":{}}')
    write('notes.txt', 'x')
    mkdirSync(join(folder, 'folder.json'))
    expect(ids()).toEqual(['run-1'])
    expect(readHistory(folder).unreadable).toEqual([
      'binary.json',
      'cut.json',
      'empty.json',
      'folder.json',
      'list.json',
      'null.json',
      'parts.json',
    ])
  })

  it('finds runs by the beginning of their id, and from the newest back', () => {
    const files = [1, 2, 12].map((number) => keepResult(result(number), folder))
    expect(findInHistory(folder, 'run-2')).toBe(files[1])
    expect(findInHistory(folder, 'run-1')).toBe(files[0])
    expect(findInHistory(folder, 'latest')).toBe(files[2])
    expect(findInHistory(folder, 'latest~2')).toBe(files[0])
    expect(findInHistory(folder, 'latest~3')).toBeUndefined()
    expect(() => findInHistory(folder, 'run')).toThrow('run: 3 runs begin so (give more of the id)')
  })
})

describe('a side', () => {
  it('is a file, a folder, several of them, or a run, with a name if it gets one', () => {
    const [one, other] = [1, 2].map((number) => keepResult(result(number), folder)) as [string, string]
    const sources = { resultsDir: folder }
    const read = (text: string): [string, string[]] => {
      const { name, results } = readSide(text, sources)
      return [name, results.map(({ result: { run_id } }) => run_id)]
    }
    expect(read(one)).toEqual(['20231114T221420-run-1', ['run-1']])
    const id = '7ba53e9a-1378-44cd-893c-abc6a075aca6'
    const whole = keepResult({ ...result(3), run_id: id }, folder)
    for (const names of [whole, id, `${whole},${one}`])
      expect(read(names)[0]).toBe(names.includes(',') ? '7ba53e9a+1' : '7ba53e9a')
    rmSync(whole)
    rebuildIndex(folder)
    expect(read(`old=${one},${other}`)).toEqual(['old', ['run-1', 'run-2']])
    expect(read(folder)[1]).toEqual(['run-1', 'run-2'])
    expect(read('new=latest')).toEqual(['new', ['run-2']])
    expect(() => readSide('nowhere', { resultsDir: null })).toThrow('nowhere: there is no such result')
    const leftOut: string[] = []
    writeFileSync(join(folder, 'capacity.json'), '{"schema":"redis-test/capacity"}')
    const onLeftOut = (notice: string): void => void leftOut.push(notice)
    expect(readSide(folder, { ...sources, onLeftOut }).results).toHaveLength(2)
    expect(leftOut).toEqual([
      `${join(folder, 'capacity.json')}: is "redis-test/capacity", not a result (give a file that was written with --output-file or --journal): left out`,
    ])
    expect(() => readSide(join(folder, 'capacity.json'), sources)).toThrow('not a result')
  })

  it('gets a letter when another one has its name', () => {
    const side = { name: 'x', results: [] }
    expect(withNames([side, { ...side, name: 'y' }, side]).map(({ name }) => name)).toEqual([
      'A:x',
      'y',
      'C:x',
    ])
  })
})
