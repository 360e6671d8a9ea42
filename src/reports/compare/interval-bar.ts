import type { Difference } from '../../model/comparison.ts'

const WIDTH = 25
/** What is drawn at least from the middle to an end, as a share. */
const LEAST_REACH = 0.01
const MOST_REACH = 1

/** How far the bars of some differences reach to both sides: 0.1 for ±10 %. */
export function reachOf(differences: readonly Difference[]): number {
  const bounds = differences
    .filter(({ unit, verdict }) => unit !== 'share' && verdict !== 'not_judged')
    .flatMap(({ low, high }) => [low, high].map((bound) => Math.abs(bound ?? 0)))
  const most = Math.min(MOST_REACH, Math.max(LEAST_REACH, ...bounds))
  const step = 10 ** Math.floor(Math.log10(most))
  return Math.ceil(most / step - 1e-9) * step
}

/** An interval on a line from -reach to +reach: `     ├──●──┤  ` with a bar at nothing; arrows where it goes on. */
export function intervalBar({ change, low, high, unit }: Difference, reach: number): string {
  const cells: string[] = Array.from({ length: WIDTH }, (_, at) => (at === (WIDTH - 1) / 2 ? '┊' : ' '))
  if (unit === 'share' || change === null || low === null || high === null) return cells.join('')
  const at = (value: number): number =>
    Math.round(((Math.min(reach, Math.max(-reach, value)) + reach) / (2 * reach)) * (WIDTH - 1))
  for (let cell = at(low); cell <= at(high); cell++) cells[cell] = '─'
  cells[at(low)] = low < -reach ? '◂' : '├'
  cells[at(high)] = high > reach ? '▸' : '┤'
  cells[at(change)] = '●'
  return cells.join('')
}

/** What stands above the bars. */
export function barHeader(reach: number): string {
  const end = `${Number((100 * reach).toPrecision(2))} %`
  const half = (WIDTH - 1) / 2
  return `${`-${end}`.padEnd(half)}0${`+${end}`.padStart(half)}`
}
