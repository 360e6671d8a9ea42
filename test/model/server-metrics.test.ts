import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/model/catalogue.ts'
import type { NumberPoint } from '../../src/model/catalogue/metric.ts'
import type { RunView } from '../../src/model/run-view.ts'
import { serverNow } from '../../src/reports/server-now.ts'
import { lookOf, NO_STATE, rowOf } from '../support/server-side.ts'
import { planOf } from '../support/plan.ts'
import { sampleView } from '../support/snapshot.ts'

const { plan } = planOf()

function view(): RunView {
  const look = lookOf(
    { memory_used_bytes: 5, commands: 77, cpu_user_seconds: 1.5 },
    { databases: [{ db: 'db3', keys: 9, expires: 0 }] },
  )
  const silent = lookOf(
    { memory_used_bytes: 6 },
    { server: '[::1]:7002', role: 'replica', isMasterLinkUp: true },
  )
  const counted = {
    rejected: 0,
    failed: 0,
    usec_per_call: 2,
    p50_usec: null,
    p99_usec: null,
    p999_usec: null,
  }
  const shown = sampleView(plan)
  shown.tool.servers = {
    now: serverNow([{ look, row: rowOf({}), isSilent: false }]),
    looks: [
      { look, isSilent: false, replicationLagBytes: 300 },
      { look: silent, isSilent: true, replicationLagBytes: 300 },
    ],
    commands: [
      { command: 'get', calls: 10, usec: 20, ...counted },
      { command: 'of-others', calls: 10, usec: 20, ...counted },
    ],
    slowlogSeen: 4,
    cost: { ...NO_STATE.cost, bytes: 1000, server_usec: 250 },
    looksAnswered: 8,
    looksUnanswered: 2,
  }
  return shown
}

function pointsOf(name: string, shown = view()): readonly NumberPoint[] {
  return CATALOGUE.find(({ prometheus }) => prometheus === name)!.points(shown) as readonly NumberPoint[]
}

describe('metrics of the servers', () => {
  const labels = { 'server.address': '127.0.0.1', 'server.port': '7001' }

  it('are what each server said last; of one that is silent, only that it is', () => {
    expect(pointsOf('redis_memory_used_bytes')).toEqual([{ labels, value: 5 }])
    expect(pointsOf('redis_commands_processed_total')).toEqual([{ labels, value: 77 }])
    expect(pointsOf('redis_cpu_user_seconds_total')).toEqual([{ labels, value: 1.5 }])
    expect(pointsOf('redis_db_keys')).toEqual([{ labels: { ...labels, db: 'db3' }, value: 9 }])
    expect(pointsOf('redis_test_server_replication_lag_bytes')).toEqual([{ labels, value: 300 }])
    expect(pointsOf('redis_master_link_up')).toEqual([])
    expect(pointsOf('redis_up')).toEqual([
      { labels, value: 1 },
      { labels: { 'server.address': '::1', 'server.port': '7002' }, value: 0 },
    ])
  })

  it('have commands of the workload alone: nobody else names labels', () => {
    expect(pointsOf('redis_test_server_commands_total')).toEqual([{ labels: { cmd: 'get' }, value: 10 }])
    expect(pointsOf('redis_test_server_commands_duration_seconds_total')).toEqual([
      { labels: { cmd: 'get' }, value: 0.000_02 },
    ])
  })

  it('say what looking costs', () => {
    expect(pointsOf('redis_test_server_looks_total')).toEqual([
      { labels: { result: 'answered' }, value: 8 },
      { labels: { result: 'unanswered' }, value: 2 },
    ])
    expect(pointsOf('redis_test_server_look_bytes_total')).toEqual([{ labels: {}, value: 1000 }])
    expect(pointsOf('redis_test_server_look_seconds_total')).toEqual([{ labels: {}, value: 0.000_25 }])
    expect(pointsOf('redis_test_server_slowlog_entries_total')).toEqual([{ labels: {}, value: 4 }])
  })

  it('are not there while nobody looks', () => {
    const shown = sampleView(plan)
    for (const name of ['redis_up', 'redis_memory_used_bytes', 'redis_test_server_looks_total'])
      expect(pointsOf(name, shown)).toEqual([])
  })
})
