import { formatBytes, formatCount, formatMillis } from '../format.ts'
import { type Block, type BlockSpace, LABEL_WIDTH, labelled, listBlock } from './block.ts'
import type { LiveState } from './live-state.ts'
import { fitLine, joined, type Line, span, type Style } from './spans.ts'

/** From here on the generator itself shapes the numbers. */
const LATE_MILLIS = 10
const LOOP_MILLIS = 20
const BUSY_CORES = 0.95
/** After this the server is taken for silent. */
const SILENT_MILLIS = 3000
const FAULTS_SHOWN = 6
const MESSAGES_SHOWN = 6

/** Connections, how many were lost and came back, and since when the load is disturbed. */
export function connectionBlock({ connections, nowMillis }: LiveState, { width }: BlockSpace): Block {
  const { active, planned, down, lost, lostNow, reconnected, reconnectedNow } = connections
  if (active === null) return listBlock(5, labelled('connections', [[span('-', 'dim')]]))
  const isWhole = down === 0 && (planned === null || active >= planned)
  const perSecond = (count: number): string => (count === 0 ? '' : ` (${formatCount(count)} /s)`)
  const first = joined(
    [
      [
        span(
          `${formatCount(active)}${planned === null ? '' : ` of ${formatCount(planned)}`} ready`,
          isWhole ? 'plain' : 'bad',
        ),
      ],
      ...(down === 0 ? [] : [[span(`${formatCount(down)} down`, 'bad')]]),
      ...(lost === 0
        ? [[span('none lost', 'dim')]]
        : [[span(`${formatCount(lost)} lost${perSecond(lostNow)}`, lostNow > 0 ? 'bad' : 'plain')]]),
      ...(reconnected === 0
        ? []
        : [[span(`${formatCount(reconnected)} reconnected${perSecond(reconnectedNow)}`)]]),
    ],
    width - LABEL_WIDTH,
  )
  const since = connections.disturbedSinceMillis
  const disturbed: Line[] =
    since === null
      ? []
      : [
          [
            span(`DISTURBED for ${seconds(nowMillis - since)}`, 'bad'),
            span(`, since ${clockTime(since)}`, 'dim'),
          ],
        ]
  // An outage says more than how many connections there are.
  return listBlock(since === null ? 5 : 2.5, labelled('connections', [...disturbed, first]))
}

const FAULT_STYLE = { 'at work': 'bad', over: 'plain', failed: 'warning' } as const

/** What was broken on purpose, the newest first. */
export function faultBlock({ faults, nowMillis }: LiveState, { width }: BlockSpace): Block {
  const lines = faults
    .slice(-FAULTS_SHOWN)
    .toReversed()
    .map(({ atMillis, text, state }): Line => {
      const when = state === 'at work' ? `for ${seconds(nowMillis - atMillis)}` : state
      return fitLine(
        [
          span(`${clockTime(atMillis)}  `, 'dim'),
          span(`${when.padEnd(8)}  `, FAULT_STYLE[state]),
          span(text),
        ],
        width - LABEL_WIDTH,
      )
    })
  return listBlock(3, labelled('faults', lines))
}

/** Whether the generator keeps up. */
export function generatorBlock({ generator, rate }: LiveState, { width }: BlockSpace): Block {
  const { loopDelayP99, startLagP99, cpuCores, threads } = generator
  const part = (value: number | null, text: (value: number) => string, limit: number): Line[] =>
    value === null ? [] : [[span(text(value), value > limit ? 'warning' : 'plain')]]
  const busy = BUSY_CORES * (threads ?? Number.POSITIVE_INFINITY)
  const parts = [
    ...part(
      cpuCores,
      (value) =>
        `CPU ${value.toFixed(2)} ${threads === null ? 'cores' : `of ${threads} ${threads === 1 ? 'core' : 'cores'}`}`,
      busy,
    ),
    ...(rate.isOpenLoop
      ? part(startLagP99, (value) => `late starts p99 ${formatMillis(value)} ms`, LATE_MILLIS)
      : []),
    ...part(loopDelayP99, (value) => `loop delay p99 ${formatMillis(value)} ms`, LOOP_MILLIS),
  ]
  return listBlock(6, labelled('generator', [joined(parts, width - LABEL_WIDTH)]))
}

/** What the server says of itself. */
export function serverBlock({ server, nowMillis }: LiveState, { width }: BlockSpace): Block {
  if (server === null) return listBlock(7, [])
  const { atMillis, memoryBytes, clients, opsPerSecond, hitRatio } = server
  const silent = nowMillis - atMillis
  const parts: Line[] = [
    ...(silent > SILENT_MILLIS ? [[span(`no answer for ${seconds(silent)}`, 'bad')]] : []),
    ...(memoryBytes === null ? [] : [[span(`memory ${formatBytes(memoryBytes)}`)]]),
    ...(clients === null ? [] : [[span(`${formatCount(clients)} clients`)]]),
    ...(opsPerSecond === null ? [] : [[span(`${formatCount(opsPerSecond)} ops/s`)]]),
    ...(hitRatio === null ? [] : [[span(`${(100 * hitRatio).toFixed(1)} % hits`)]]),
  ]
  return listBlock(7, labelled('server', [joined(parts, width - LABEL_WIDTH)]))
}

/** Thresholds with their actual values, those that are not met first. */
export function thresholdBlock({ thresholds }: LiveState, { width, ink }: BlockSpace): Block {
  const order = { missed: 0, open: 1, met: 2 } as const
  const style: Readonly<Record<keyof typeof order, Style>> = { missed: 'bad', open: 'dim', met: 'good' }
  const mark = { missed: ink.missed, open: ink.dot, met: ink.ok } as const
  const lines = thresholds
    .toSorted((a, b) => order[a.state] - order[b.state])
    .map(({ expression, actual, state }): Line =>
      fitLine(
        [
          span(`${mark[state]} `, style[state]),
          span(expression, state === 'missed' ? 'bad' : 'plain'),
          span(actual === '' ? '  no data' : `  ${actual}`, state === 'missed' ? 'bad' : 'dim'),
        ],
        width - LABEL_WIDTH,
      ),
    )
  return listBlock(
    thresholds.some(({ state }) => state === 'missed') ? 2.6 : 4.5,
    labelled('thresholds', lines),
  )
}

const MESSAGE_STYLE = { info: 'dim', warning: 'warning', error: 'bad' } as const

/** The last lines of the log. */
export function messageBlock({ messages }: LiveState, { width }: BlockSpace): Block {
  const lines = messages
    .slice(-MESSAGES_SHOWN)
    .toReversed()
    .map(({ text, level }): Line => fitLine([span(text, MESSAGE_STYLE[level])], width - LABEL_WIDTH))
  return listBlock(8, labelled('log', lines))
}

function clockTime(millis: number): string {
  const date = new Date(millis)
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** `3.2 s`, `1:05`, `2:00:00`. */
export function seconds(millis: number): string {
  const whole = Math.max(0, millis) / 1000
  return whole < 60 ? `${whole.toFixed(1)} s` : duration(millis)
}

/** `0:05`, `12:34`, `2:00:00`. */
export function duration(millis: number): string {
  const whole = Math.max(0, Math.round(millis / 1000))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = String(rest).padStart(2, '0')
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`
}
