import type { RunResult } from '../../model/result.ts'
import type { TimeChart } from './chart-data.ts'

export function inFlight({ intervals }: RunResult): TimeChart | undefined {
  if (!intervals.some(({ in_flight }) => in_flight > 0)) return undefined
  return {
    id: 'in-flight',
    kind: 'time',
    title: 'In flight',
    unit: 'commands',
    scale: 'linear',
    series: [
      {
        label: 'in flight',
        colour: 'kind-1',
        style: 'line',
        values: intervals.map(({ in_flight }) => in_flight),
      },
    ],
  }
}

export function activeConnections({ intervals }: RunResult): TimeChart | undefined {
  if (intervals.length === 0) return undefined
  return {
    id: 'connections',
    kind: 'time',
    title: 'Connections',
    unit: 'ready',
    scale: 'linear',
    series: [
      {
        label: 'ready',
        colour: 'ok',
        style: 'line',
        values: intervals.map(({ connections_active }) => connections_active),
      },
    ],
  }
}

/** Nothing when no connection was lost. */
export function connectionChanges({ intervals }: RunResult): TimeChart | undefined {
  if (!intervals.some(({ connections_lost, reconnections }) => connections_lost + reconnections > 0))
    return undefined
  return {
    id: 'connection-changes',
    kind: 'time',
    title: 'Lost and back',
    unit: 'connections/s',
    scale: 'linear',
    grouped: true,
    series: [
      {
        label: 'lost',
        colour: 'failed',
        style: 'bars',
        per_second: true,
        values: intervals.map(({ connections_lost }) => connections_lost),
      },
      {
        label: 'back',
        colour: 'ok',
        style: 'bars',
        per_second: true,
        values: intervals.map(({ reconnections }) => reconnections),
      },
    ],
  }
}
