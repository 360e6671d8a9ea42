import type { RunResult } from '../../../src/model/result.ts'
import { ROWS, TOPOLOGIES, type TopologyName } from './rows.ts'

export const BEGIN = '<!-- written by UPDATE_DOCS=1 npm run test:fire -->'
export const END = '<!-- end of what is written -->'

/** What stands in a cell: the verdict first, figures after it. */
export type Cells = ReadonlyMap<string, Readonly<Partial<Record<TopologyName, string>>>>

export function describeCell(result: RunResult): string {
  const { acked_writes: acked, disturbances } = result
  const lost = acked?.lost ?? 0
  return [
    lost === 0 ? 'holds' : `holds, ${lost} lost`,
    ...countsOf(
      result.operations.flatMap(({ errors }) => errors),
      '',
    ),
    ...countsOf(result.connections.attempt_errors, ' dialling'),
    ...reconnectionsOf(result),
    recoveryOf(disturbances.list),
    ...((acked?.duplicated ?? 0) > 0 ? [`${acked!.duplicated} duplicated`] : []),
  ].join(' · ')
}

function countsOf(
  list: readonly { readonly code: string; readonly count: number }[],
  when: string,
): string[] {
  const counts = new Map<string, number>()
  for (const { code, count } of list) counts.set(code, (counts.get(code) ?? 0) + count)
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([code, count]) => `${count} ${code}${when}`)
}

function reconnectionsOf({ connections, cluster }: RunResult): string[] {
  const { reconnections, reconnection, unfinished } = connections
  const superseded = cluster?.outages_superseded ?? 0
  return [
    ...(reconnections > 0 ? [`${reconnections} back, p95 ${Math.round(reconnection.p95_ms)} ms`] : []),
    ...(unfinished.length > 0 ? [`${unfinished.length} still down`] : []),
    ...(superseded > 0 ? [`${superseded} to a node that left`] : []),
  ]
}

function recoveryOf(list: RunResult['disturbances']['list']): string {
  const times = list.map(({ steady_after_ms: after }) => after)
  if (times.includes(null)) return 'not steady before the end'
  return `steady ${Math.round(Math.max(0, ...times.map(Number)))} ms`
}

export function writeTable(cells: Cells, versions: string): string {
  const lines = ROWS.map(
    ({ name }) =>
      `| ${name} | ${TOPOLOGIES.map((topology) => cells.get(name)?.[topology] ?? '').join(' | ')} |`,
  )
  return [
    BEGIN,
    '',
    versions,
    '',
    '| fault | standalone | Sentinel | Cluster |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
    END,
  ].join('\n')
}

/** What a page says of each cell. */
export function cellsIn(table: string): Map<string, Partial<Record<TopologyName, string>>> {
  const lines = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(
    ROWS.map(({ name }) => {
      const [, , ...texts] = lines.find(([, first]) => first === name) ?? []
      return [name, Object.fromEntries(TOPOLOGIES.map((topology, index) => [topology, texts[index] ?? '']))]
    }),
  )
}

/** Rows, and of each cell its verdict or why there is none. */
export function verdictsIn(table: string): string[] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .map((cell) =>
          cell
            .trim()
            .split(' · ')[0]!
            .replace(/, \d+ lost$/, ''),
        )
        .join('|'),
    )
}
