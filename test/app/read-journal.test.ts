import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/app/journal-entry.ts'
import { readJournal } from '../../src/app/read-journal.ts'
import { Recorder } from '../../src/app/recorder.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { INDETERMINATE, OK } from '../../src/model/outcome.ts'
import { openJournal } from '../../src/telemetry/journal.ts'
import { faultResult } from '../support/faults.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'

const START = 1_700_000_000_000
const { plan } = planOf({ 'load.target_ops_per_second': '10', 'load.warmup': '0' })

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'))
  file = join(folder, 'j.ndjson')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Writes the journal of three seconds of a run: two commands a second, one lost in the last. */
function writeJournal(withEnd: boolean, withParts = false): string[] {
  const { ledger, read } = createLedger()
  const journal = openJournal<JournalEntry>(file, (reason) => expect(reason).toBeUndefined())
  journal.append({
    type: 'journal',
    schema: 'redis-test/journal',
    key_prefix: 'redis-test:12345678',
    schema_version: 1,
    tool_version: '1',
    pacing: 'precise',
    server: { name: 'Redis' },
    started_at_ms: START,
    measure_start_ms: START,
    plan,
  })
  const recorder = new Recorder(plan, journal, createLedger().read(START), START)
  recorder.beginMeasure(read(START))
  for (let second = 1; second <= 3; second++) {
    for (let command = 0; command < 2; command++) {
      ledger.countPhase(MEASURE, 'scheduled', 1)
      ledger.countPhase(MEASURE, 'issued', 1)
      if (withParts && command === 1) recorder.checkpoint(read(START + 1000 * second - 500), 'measure')
      if (second === 3 && command === 1)
        ledger.record(MEASURE, 0, INDETERMINATE, errorCodeIndex('closed'), 9000, 9000)
      else ledger.record(MEASURE, command, OK, 0, 100 * second, 200 * second)
    }
    recorder.interval(read(START + 1000 * second), 'measure')
  }
  recorder.fault(faultResult({ at_ms: START, connections: 3, ended_at_ms: START + 100 }))
  if (withEnd)
    journal.append({
      type: 'end',
      reason: 'duration',
      error: null,
      measureEndMillis: START + 3000,
      inFlight: 0,
      abandoned: 0,
      unfinishedOutages: [],
      serverChanges: null,
      streams: null,
      serverAudit: { status: 'ok', reason: null, commands: [] },
      telemetryExportsFailed: 0,
      journalFailures: 0,
    })
  journal.close()
  return recorder.kept.intervals.map(({ ok }) => String(ok))
}

describe('readJournal', () => {
  it('rebuilds a result that came to its end', () => {
    expect(writeJournal(true)).toEqual(['2', '2', '1'])
    const result = readJournal(file)
    expect(result).toMatchObject({
      partial: false,
      end_reason: 'duration',
      tool_version: '1',
      total_commands_count: 6,
      successful_commands_count: 5,
      failed_commands_count: 1,
      measured_seconds: 3,
      overall_throughput: 2,
    })
    expect(result.audit.ok).toBe(true)
    expect(result.intervals.map(({ ok, indeterminate }) => [ok, indeterminate])).toEqual([
      [2, 0],
      [2, 0],
      [1, 1],
    ])
    expect(result.faults).toEqual([faultResult({ at_ms: START, connections: 3, ended_at_ms: START + 100 })])
    expect(result.operations[0]!.service.success).toMatchObject({ count: 3, min_ms: 0.1, max_ms: 0.3 })
    expect(result.generator.pacing).toBe('precise')
  })

  it('marks a result partial when the end is missing', () => {
    writeJournal(false)
    const result = readJournal(file)
    expect(result).toMatchObject({
      partial: true,
      end_reason: 'killed',
      total_commands_count: 6,
      measured_seconds: 3,
    })
    expect(result.audit.ok).toBe(true)
  })

  it('gives the same result from half seconds, and of a run that was killed the last half as well', () => {
    writeJournal(true)
    const whole = readJournal(file)
    writeJournal(true, true)
    expect(readJournal(file)).toEqual(whole)
    writeJournal(false, true)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => 'part' in (JSON.parse(line) as object))).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      false,
    ])
    writeFileSync(file, lines.slice(0, 7).join('\n'))
    const cut = readJournal(file)
    expect(cut.total_commands_count).toBe(5)
    expect(cut.measured_seconds).toBe(2.5)
    expect(cut.intervals.map(({ ok, seconds }) => [ok, seconds])).toEqual([
      [2, 1],
      [3, 1.5],
    ])
  })

  it('takes the later of two lines of a fault, and knows those of older versions', () => {
    writeJournal(true)
    const old = {
      type: 'fault',
      kind: 'socket-cut',
      at_ms: START,
      planned_at_ms: START,
      connections: 1,
      error: null,
    }
    const begun = { type: 'fault', ...faultResult({ id: 7, kind: 'pause', ended_at_ms: null }) }
    const over = { ...begun, ended_at_ms: START, reverted: true }
    appendFileSync(file, [old, begun, over].map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    expect(readJournal(file).faults).toMatchObject([
      { id: 1, kind: 'client-kill' },
      { id: 2, kind: 'socket-cut', origin: 'plan', nodes: [], reverted: null },
      { id: 7, kind: 'pause', reverted: true },
    ])
  })

  it('leaves out a last line that was cut short', () => {
    writeJournal(false)
    const text = readFileSync(file, 'utf8')
    const lines = text.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as JournalEntry).type)).toEqual([
      'journal',
      'measure',
      'interval',
      'interval',
      'interval',
      'fault',
    ])
    // Without its fault line all three seconds are left; without half of the third second, two.
    for (let cut = 1; cut < lines[5]!.length; cut++) {
      writeFileSync(file, text.slice(0, -cut))
      expect(readJournal(file).total_commands_count).toBe(6)
    }
    writeFileSync(file, `${lines.slice(0, 4).join('\n')}\n${lines[4]!.slice(0, 50)}`)
    expect(readJournal(file).total_commands_count).toBe(4)
  })

  it.each([
    ['nothing', '', 'is not a journal of redis-test'],
    ['something else', '{"type":"other"}\n', 'is not a journal of redis-test'],
    [
      'no JSON in the middle',
      '{"type":"journal","schema":"redis-test/journal","schema_version":1}\nxx\n{}\n',
      ':2: is not a line of JSON',
    ],
    [
      'a newer version',
      '{"type":"journal","schema":"redis-test/journal","schema_version":9}\n',
      'has schema version 9',
    ],
    [
      'a run that ended within its first second',
      '{"type":"journal","schema":"redis-test/journal","schema_version":1}\n',
      'holds no interval',
    ],
  ])('says what is wrong with %s', (_, text, message) => {
    writeFileSync(file, text)
    expect(() => readJournal(file)).toThrow(message)
  })

  it('says when there is no file', () => {
    expect(() => readJournal(join(folder, 'none'))).toThrow('cannot be read: ENOENT')
  })
})
