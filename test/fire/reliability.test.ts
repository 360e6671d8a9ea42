import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAULT_KINDS } from '../../src/model/fault-catalogue.ts'
import { CONNECTION_TOXICS, RESP_TOXICS, TOXIPROXY_TOXICS } from '../../src/model/toxic.ts'
import { folder } from '../e2e/support/command-line.ts'
import { BEGIN, cellsIn, describeCell, END, verdictsIn, writeTable } from './support/reliability-page.ts'
import { cellOf, ROWS, TOPOLOGIES, type TopologyName } from './support/rows.ts'
import { runCell } from './support/run-cell.ts'
import { ask, type RunningTopology, START } from './support/start-topologies.ts'

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
/** What a fault of the kind http asks. */
const service = createServer(({ url }, response) => {
  const isDone = url === '/failover' ? failBack() : Promise.resolve()
  void isDone.finally(() => response.end('{"status": "success"}'))
})
const running = new Map<TopologyName, RunningTopology>()
const lanes = new Map<TopologyName, Promise<unknown>>()
const page = readFileSync(PAGE, 'utf8')
const [above = '', rest = ''] = page.split(BEGIN)
const [written = '', below = ''] = rest.split(END)
/** What is not run again stays as it is. */
const cells = cellsIn(written)
/** Acknowledged writes that were lost, by row, with Sentinels. */
const lostBySentinel = new Map<string, number>()
let versions = ''

const scriptsOf = (topology: TopologyName): string => join(folder, `scripts-${topology}`)

/** One after the other on each topology, as they would disturb each other. */
function inTurn<Value>(topology: TopologyName, work: () => Promise<Value>): Promise<Value> {
  const before = lanes.get(topology) ?? Promise.resolve()
  const mine = before.then(work)
  lanes.set(
    topology,
    mine.catch(() => {}),
  )
  return mine
}

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    service.listen(0, '127.0.0.1', resolve)
  })
  await Promise.all(
    TOPOLOGIES.map(async (topology) => {
      mkdirSync(scriptsOf(topology))
      running.set(topology, await START[topology](scriptsOf(topology)))
    }),
  )
})

afterAll(async () => {
  service.close()
  await Promise.all([...running.values()].map((topology) => topology.stop()))
})

async function failBack(): Promise<void> {
  const { servers } = running.get('standalone')!
  await ask(servers[1]!, (client) => client.call('FAILOVER'))
}

async function fill(name: string, topology: TopologyName): Promise<readonly string[]> {
  const cell = cellOf(
    ROWS.find((row) => row.name === name)!,
    topology,
  )
  if (typeof cell === 'string') throw new Error(cell)
  const { port } = service.address() as AddressInfo
  const places = { scripts: scriptsOf(topology), service: `http://127.0.0.1:${port}` }
  const { result, problems } = await runCell(cell, running.get(topology)!, places)
  const text = problems.length === 0 ? describeCell(result) : `DOES NOT HOLD · ${problems[0]}`
  cells.get(name)![topology] = text
  if (topology === 'sentinel') lostBySentinel.set(name, result.acked_writes?.lost ?? Number.NaN)
  versions = `redis-test ${result.tool_version}, ${result.server['name']} ${result.server['version']}, Node ${process.version}.`
  console.log(`${topology} · ${name}: ${text} ${problems.slice(1).join(' // ')}`)
  return problems
}

describe('the table of faults', () => {
  it('has every kind, and every toxic of our proxy', () => {
    const planned = ROWS.flatMap((row) => [
      row.faults,
      ...Object.values(row.on ?? {}).map((on) => (typeof on === 'string' ? [] : (on.faults ?? []))),
    ]).flat()
    expect(FAULT_KINDS.filter((kind) => planned.every((fault) => fault.kind !== kind))).toEqual([])
    const toxics = ['down', ...TOXIPROXY_TOXICS, ...CONNECTION_TOXICS, ...RESP_TOXICS]
    expect(toxics.filter((toxic) => planned.every((fault) => fault['toxic'] !== toxic))).toEqual([])
  })
})

describe('every fault on every topology', () => {
  for (const row of ROWS)
    for (const topology of TOPOLOGIES) {
      const cell = cellOf(row, topology)
      if (typeof cell === 'string') cells.get(row.name)![topology] = `not here: ${cell}`
      else
        it.concurrent(`${topology} · ${row.name}`, async () => {
          expect(await inTurn(topology, () => fill(row.name, topology))).toEqual([])
        })
    }
})

describe('SENTINEL FAILOVER', () => {
  it('loses acknowledged writes with the default options of the client, and fewer with the failover detector', () => {
    const [usual, detecting] = ['sentinel-failover', 'sentinel-failover, failover detector'].map((name) =>
      lostBySentinel.get(name),
    )
    expect(usual).toBeGreaterThan(0)
    expect(detecting).toBeLessThan(usual!)
  })
})

describe('docs/reliability.md', () => {
  it('says what came of it (UPDATE_DOCS=1 writes it)', () => {
    expect(versions).not.toBe('')
    const table = writeTable(cells, versions)
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, above + table + below)
    else expect(verdictsIn(written)).toEqual(verdictsIn(table))
  })
})
