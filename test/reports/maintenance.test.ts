import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import type { MaintenanceNotice } from '../../src/model/maintenance.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { MaintenanceTimeline } from '../../src/reports/maintenance-timeline.ts'
import { maintenanceLines } from '../../src/reports/text-maintenance.ts'
import { planOf } from '../support/plan.ts'
import { AT_MILLIS, sampleRecord, sampleSnapshot } from '../support/snapshot.ts'

const START = AT_MILLIS - 10_000

function notice(change: Partial<MaintenanceNotice> = {}): MaintenanceNotice {
  return {
    thread: 0,
    connection: 0,
    server: null,
    at_ms: START + 1000,
    notification: 'MOVING',
    sequence: 1,
    time_ms: 15_000,
    endpoint: '10.0.0.1:12000',
    subject: '',
    ...change,
  }
}

describe('the same notification on several connections', () => {
  it('is one announcement, by server, kind and number', () => {
    const timeline = new MaintenanceTimeline()
    expect(timeline.notice(notice())).toBe(true)
    expect(timeline.notice(notice({ connection: 1, at_ms: START + 900 }))).toBe(false)
    expect(timeline.notice(notice({ sequence: 2, at_ms: START + 500 }))).toBe(true)
    expect(timeline.notice(notice({ server: 'a:1' }))).toBe(true)
    for (const after_ms of [14_000, 13_000, 15_000])
      timeline.loss({ server: null, notification: 'MOVING', sequence: 1, after_ms })
    timeline.loss({ server: null, notification: 'MIGRATING', sequence: 1, after_ms: 1 })
    const { announcements, leftOut } = timeline.toRecord()
    expect(leftOut).toBe(0)
    expect(announcements.map(({ server, sequence }) => [server, sequence])).toEqual([
      [null, 2],
      [null, 1],
      ['a:1', 1],
    ])
    expect(announcements[1]).toEqual({
      server: null,
      notification: 'MOVING',
      sequence: 1,
      time_ms: 15_000,
      endpoint: '10.0.0.1:12000',
      subject: '',
      first_at_ms: START + 900,
      last_at_ms: START + 1000,
      notifications: 2,
      lost: 3,
      first_lost_after_ms: 13_000,
      last_lost_after_ms: 15_000,
    })
  })

  it('is kept in bounded memory, and what is left out is counted', () => {
    const timeline = new MaintenanceTimeline()
    for (let sequence = 0; sequence < 1005; sequence++) timeline.notice(notice({ sequence }))
    const { announcements, leftOut } = timeline.toRecord()
    expect([announcements.length, leftOut]).toEqual([1000, 5])
  })

  it('is refused once', () => {
    const timeline = new MaintenanceTimeline()
    expect([timeline.refused('ERR a'), timeline.refused('ERR b')]).toEqual([true, false])
    expect(timeline.toRecord().refusal).toBe('ERR a')
  })
})

describe('the result', () => {
  const timeline = new MaintenanceTimeline()
  timeline.notice(notice())
  timeline.loss({ server: null, notification: 'MOVING', sequence: 1, after_ms: 14_500 })
  timeline.notice(
    notice({ notification: 'MIGRATING', sequence: 2, endpoint: null, subject: '1 2', server: 'a:1' }),
  )
  const base = sampleSnapshot()
  const counters = {
    ...base.counters,
    maintenance_accepted: 10,
    maintenance_MOVING: 1,
    maintenance_MIGRATING: 1,
    maintenance_duplicates: 3,
    maintenance_ok: 90,
    maintenance_failed: 2,
    maintenance_indeterminate: 4,
    maintenance_timeout: 4,
    maintenance_memory_error: 2,
    maintenance_slow: 5,
    maintenance_rescued: 1,
  }
  const { plan } = planOf({ 'client.maintenance_notifications': 'relax' })
  const record = sampleRecord(plan, { total: { ...base, counters }, maintenance: timeline.toRecord() })

  it('has what was announced and what became of the load', () => {
    const { maintenance } = buildResult(record, RESULT_TOOLS)
    expect(maintenance).toMatchObject({
      mode: 'relax',
      accepted: 10,
      refused: 0,
      refusal: null,
      notifications: { MOVING: 1, MIGRATING: 1, MIGRATED: 0 },
      duplicates: 3,
      commands: {
        ok: 90,
        failed: 2,
        indeterminate: 4,
        errors: [
          { error_type: 'timeout', count: 4 },
          { error_type: 'memory_error', count: 2 },
        ],
        slow: 5,
        rescued: 1,
      },
    })
    expect(maintenance!.announcements).toHaveLength(2)
  })

  it('reads as a few lines', () => {
    expect([...maintenanceLines(buildResult(record, RESULT_TOOLS))]).toEqual([
      'maintenance   relax (deadlines of 10 s meanwhile) · asked for on 10 connections',
      'notifications MOVING 1, MIGRATING 1 · 3 repeated',
      '              +1.000 s  MOVING 1 within 15 s to 10.0.0.1:12000 on 1 connection · 1 lost after 14,500 ms',
      '              +1.000 s  MIGRATING 2 of a:1 (1 2) within 15 s on 1 connection',
      'meanwhile     96 commands · 2 failed, 4 unknown (4 timeout, 2 memory_error) · 5 slower than 100.0 ms · 1 answered after the ordinary deadline',
    ])
  })

  it('has nothing of it when nobody asked', () => {
    const result = buildResult(sampleRecord(planOf().plan), RESULT_TOOLS)
    expect(result.maintenance).toBeNull()
    expect([...maintenanceLines(result)]).toEqual([])
  })
})
