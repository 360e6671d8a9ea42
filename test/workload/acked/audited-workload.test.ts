import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/model/random.ts'
import { FAILED, INDETERMINATE, OK } from '../../../src/model/outcome.ts'
import { AuditedWorkload, type AuditParts } from '../../../src/workload/acked/audited-workload.ts'
import { AuditLists } from '../../../src/workload/acked/audit-lists.ts'
import {
  ACKNOWLEDGED,
  allocateFates,
  REFUSED,
  SEGMENT_WRITES,
  UNKNOWN,
  WriteFates,
} from '../../../src/workload/acked/write-fates.ts'
import { FakeCall, FakeConnection, fakeWorkload } from '../../support/call.ts'
import { parseRequest } from '../../support/resp.ts'

const SERIES = 9

interface Setup {
  readonly workload: AuditedWorkload
  readonly inner: ReturnType<typeof fakeWorkload>
  readonly fates: WriteFates
  thinned: number
}

function setup(
  more: Partial<AuditParts> = {},
  lists: Partial<ConstructorParameters<typeof AuditLists>[0]> = {},
): Setup {
  const fates = new WriteFates(allocateFates(1))
  const inner = fakeWorkload({ kind: 'pipeline', size: 3, series: 4 })
  const all: Setup = {
    fates,
    inner,
    thinned: 0,
    workload: new AuditedWorkload(inner, {
      fates,
      lists: new AuditLists({ keyPrefix: 'p:tag', topology: 'standalone', clients: 2, ...lists }),
      share: 1,
      series: SERIES,
      random: createRandom(1),
      firstConnection: 10,
      connections: 2,
      now: () => 50,
      onThinned: () => all.thinned++,
      ...more,
    }),
  }
  return all
}

function callOf(connection = 10): FakeCall {
  return new FakeCall(
    new FakeConnection(connection, () => {
      throw new Error('not used')
    }),
  )
}

/** The next unit, which has to be an audit write, over a connection. */
function write(workload: AuditedWorkload, connection = 10): FakeCall {
  expect(workload.nextUnit()).toEqual({ kind: 'single', size: 1, series: -1 })
  const call = callOf(connection)
  workload.fill(call)
  return call
}

describe('AuditedWorkload', () => {
  it('puts audit writes in at the share that is asked for, at any time', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.nat(), (share, seed) => {
        const { workload } = setup({ share, random: createRandom(seed) })
        let audits = 0
        for (let unit = 1; unit <= 300; unit++) {
          const { kind } = workload.nextUnit()
          if (kind === 'single') {
            audits++
            workload.fill(callOf())
          }
          expect(Math.abs(audits - unit * share)).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('chooses the same units for the same seed, and not always the same of ten', () => {
    const unitsOf = (seed: number): number[] => {
      const { workload } = setup({ share: 0.1, random: createRandom(seed) })
      return Array.from({ length: 1000 }, () => workload.nextUnit().kind).flatMap((kind, unit) =>
        kind === 'single' ? unit : [],
      )
    }
    const units = unitsOf(1)
    expect(units).toHaveLength(100)
    expect(new Set(units.map((unit) => unit % 10)).size).toBe(10)
    expect(unitsOf(1)).toEqual(units)
    expect(unitsOf(2)).not.toEqual(units)
  })

  it('leaves everything else to the workload, in its order', () => {
    const { workload, inner } = setup({ share: 0.25 })
    const kinds = Array.from({ length: 8 }, () => {
      const unit = workload.nextUnit()
      for (let command = 0; command < unit.size; command++) workload.fill(callOf())
      return unit.kind
    })
    expect(kinds.filter((kind) => kind === 'single')).toHaveLength(2)
    expect(inner.filled).toBe(18)
  })

  it('appends the next sequence to the list of the connection that sends it', () => {
    const { workload } = setup()
    const sent = [10, 11, 10, 10, 11].map((connection) => parseRequest(write(workload, connection).wire))
    expect(sent).toEqual([
      ['RPUSH', 'p:tag:acked:10:0', '0'],
      ['RPUSH', 'p:tag:acked:11:0', '0'],
      ['RPUSH', 'p:tag:acked:10:0', '1'],
      ['RPUSH', 'p:tag:acked:10:0', '2'],
      ['RPUSH', 'p:tag:acked:11:0', '1'],
    ])
  })

  it('goes on with another key when a segment is full', () => {
    const { workload, fates } = setup()
    for (let made = 0; made < SEGMENT_WRITES; made++) write(workload)
    expect(parseRequest(write(workload).wire)).toEqual(['RPUSH', 'p:tag:acked:10:1', '256'])
    expect([...fates.used()].map(({ list, ordinal, issued }) => ({ list, ordinal, issued }))).toEqual([
      { list: 0, ordinal: 0, issued: 256 },
      { list: 0, ordinal: 1, issued: 1 },
    ])
  })

  it('takes turns over the lists of a connection in a Cluster', () => {
    const { workload } = setup({}, { topology: 'cluster', clients: 1000 })
    const keys = Array.from({ length: 6 }, () => parseRequest(write(workload).wire)[1])
    expect(new Set(keys.slice(0, 4)).size).toBe(4)
    expect(keys.slice(4)).toEqual(keys.slice(0, 2))
  })

  it('is counted as itself, and nobody else reads or follows it', () => {
    const { workload } = setup()
    const call = write(workload)
    expect(call).toMatchObject({
      name: 'rpush',
      keyArgument: 1,
      series: SERIES,
      reader: null,
      followUp: null,
      tracker: workload,
    })
  })

  it('remembers what became of each write', () => {
    const { workload, fates } = setup()
    const calls = Array.from({ length: 5 }, () => write(workload))
    workload.settled(calls[0]!, OK)
    workload.settled(calls[1]!, FAILED)
    workload.settled(calls[2]!, INDETERMINATE)
    // The first time it may have been executed, whatever the server said to the second.
    calls[3]!.writes = 2
    workload.settled(calls[3]!, FAILED)
    calls[4]!.writes = 2
    workload.settled(calls[4]!, OK)
    expect([...fates.fatesOf(0)]).toEqual([ACKNOWLEDGED + 50, REFUSED, UNKNOWN, UNKNOWN, ACKNOWLEDGED + 50])
  })

  it('thins out when there is no room, counts it, and never holds up the load', () => {
    const all = setup()
    const { workload, fates } = all
    for (let segment = fates.take(); segment >= 0; segment = fates.take()) fates.open(segment, 0, 0)
    expect(workload.nextUnit().kind).toBe('pipeline')
    workload.fill(callOf())
    expect(workload.nextUnit().kind).toBe('pipeline')
    expect(all.thinned).toBe(2)
    fates.release(17)
    expect(parseRequest(write(workload).wire)).toEqual(['RPUSH', 'p:tag:acked:10:0', '0'])
    expect(all.thinned).toBe(2)
  })

  it('follows up for the workload, also right after an audit write', () => {
    const { workload, inner } = setup()
    write(workload)
    workload.follow({ on: 'nil', unit: { kind: 'single', size: 1, series: -1 } }, callOf())
    workload.fill(callOf())
    expect(inner.filled).toBe(1)
  })
})
