import type { RunResult } from '../../model/result.ts'
import type { ChartData } from './chart-data.ts'
import type { ChartEntry } from './chart-entry.ts'
import { activeConnections, connectionChanges, inFlight } from './connection-charts.ts'
import { errorsOverTime } from './error-chart.ts'
import { generatorCores, generatorDelays } from './generator-charts.ts'
import type { HtmlTools } from './html-tools.ts'
import { responseTimes, serviceTimes } from './latency-charts.ts'
import { latencyMap } from './latency-map.ts'
import { responseQuantiles, serviceQuantiles } from './quantile-charts.ts'
import { rateChart } from './rate-chart.ts'
import { SERVER_CHARTS } from './server-charts.ts'
import { slowMoments } from './slow-moments.ts'

/** Every chart of the page, in the order of their places. To add one: a function that builds it, and a line here. */
export const CHARTS = {
  rate: {
    place: 'load',
    size: 'wide',
    about:
      'Commands a second by what became of them, one on top of the other. In an open loop they reach the target line together.',
    build: rateChart,
  },
  'in-flight': {
    place: 'load',
    size: 'wide',
    about: 'Commands without an answer at the end of each second.',
    build: inFlight,
  },
  response: {
    place: 'latency',
    size: 'half',
    about: 'From the instant a command was due to its answer. What waited for Redis is in it.',
    build: responseTimes,
  },
  service: {
    place: 'latency',
    size: 'half',
    about: 'From the sending of a command to its answer. What could not be sent is not in it.',
    build: serviceTimes,
  },
  heatmap: {
    place: 'latency',
    size: 'wide',
    about: 'How many commands took how long: the darker, the more.',
    build: latencyMap,
  },
  'response-quantiles': {
    place: 'operations',
    size: 'half',
    about: 'Response time that a share of the successful commands stayed below.',
    build: responseQuantiles,
  },
  'service-quantiles': {
    place: 'operations',
    size: 'half',
    about: 'Service time that a share of the successful commands stayed below.',
    build: serviceQuantiles,
  },
  errors: {
    place: 'errors',
    size: 'wide',
    about: 'Commands a second that failed, or whose answer was lost (unknown), by cause.',
    build: errorsOverTime,
  },
  connections: {
    place: 'connections',
    size: 'half',
    about: 'Connections that were ready at the end of each second.',
    build: activeConnections,
  },
  'connection-changes': {
    place: 'connections',
    size: 'half',
    about: 'Connections that were lost, and that were ready again, in each second.',
    build: connectionChanges,
  },
  ...SERVER_CHARTS,
  'slow-moments': {
    place: 'server',
    size: 'wide',
    about:
      'The slowest commands of each operation as we measured them, what slow logs have, and what the latency monitors of the servers saw.',
    build: slowMoments,
  },
  'generator-delays': {
    place: 'generator',
    size: 'half',
    about:
      'How late commands left (start lag) and how long the load threads were busy at a time (loop delay).',
    build: generatorDelays,
  },
  'generator-cores': {
    place: 'generator',
    size: 'half',
    about: 'Processor time of the load threads; 1 is one whole core.',
    build: generatorCores,
  },
} as const satisfies Readonly<Record<string, ChartEntry>>

/** Those that the result has something for. */
export function buildCharts(result: RunResult, tools: Pick<HtmlTools, 'decodeHdr'>): ChartData[] {
  return Object.values<ChartEntry>(CHARTS).flatMap(({ build }) => build(result, tools) ?? [])
}
