import type { LiveState } from '../../src/reports/live-view/live-state.ts'

/** Noon of a day in the time of this machine, so that what is shown does not depend on its zone. */
export const NOON = new Date(2026, 0, 2, 12, 0, 0).getTime()

const RATES = Array.from({ length: 600 }, (_, second) =>
  second >= 560 && second < 563 ? 1200 : 9990 + (second % 7),
)

/** A run in the middle of its measured time, in which a fault was at work some seconds ago. */
export const RUNNING: LiveState = {
  title: 'high_throughput',
  target: '127.0.0.1:6379',
  nowMillis: NOON,
  phase: 'measure',
  stage: { name: 'base', leftMillis: null },
  elapsedMillis: 12_000,
  lengthMillis: 60_000,
  count: null,
  rate: {
    isOpenLoop: true,
    perSecond: 9998.2,
    target: 10_000,
    history: RATES,
    targets: RATES.map(() => 10_000),
    scheduled: 119_994,
    inFlight: 12,
    dropped: 0,
    droppedTotal: 31,
  },
  adjusted: { isPaused: false, factor: 1, count: 0 },
  latency: {
    rows: [
      {
        name: 'response ok',
        isFailed: false,
        now: { p50: 0.212, p99: 0.845, p999: 2.31, max: 4.02 },
        run: { p50: 0.208, p99: 0.912, p999: 55.1, max: 301.5 },
      },
      {
        name: 'service ok',
        isFailed: false,
        now: { p50: 0.151, p99: 0.502, p999: 1.21, max: 2.14 },
        run: { p50: 0.149, p99: 0.533, p999: 12.6, max: 250.2 },
      },
      {
        name: 'failed',
        isFailed: true,
        now: { p50: null, p99: null, p999: null, max: null },
        run: { p50: 1.25, p99: 102.3, p999: 250.1, max: 251.3 },
      },
    ],
    history: RATES.map((rate) => (rate < 9000 ? 55 : 0.8 + (rate % 5) / 20)),
    isRough: false,
  },
  errors: {
    rows: [
      { type: 'connection_error', code: 'closed', outcome: 'indeterminate', now: 0, total: 214 },
      { type: 'timeout', code: 'command_deadline', outcome: 'indeterminate', now: 3, total: 9 },
    ],
    settledTotal: 119_900,
  },
  connections: {
    active: 50,
    planned: 50,
    down: 0,
    lost: 25,
    lostNow: 0,
    reconnected: 25,
    reconnectedNow: 0,
    disturbedSinceMillis: null,
  },
  faults: [
    { atMillis: NOON - 40_000, text: 'client-kill: 25 connections', state: 'over' },
    { atMillis: NOON - 3200, text: 'pause 127.0.0.1:6379', state: 'at work' },
  ],
  generator: { loopDelayP99: 0.52, startLagP99: 0.031, cpuCores: 0.35, threads: 2 },
  server: {
    atMillis: NOON - 400,
    memoryBytes: 1_572_864,
    clients: 52,
    opsPerSecond: 10_012,
    hitRatio: 0.992,
  },
  thresholds: [
    { expression: 'p99 < 5ms', actual: '0.912ms', state: 'met' },
    { expression: 'errors == 0', actual: '223', state: 'missed' },
  ],
  messages: [{ text: '12:00:00 WARN a fault was injected', level: 'warning' }],
  notice: null,
  keys: 'run',
  isHelpShown: false,
}
