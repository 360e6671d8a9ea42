// How long a frame of the live view takes to draw: all that changes between two of them.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './machine.mjs'

const load = (path) => import(pathToFileURL(join(ROOT, 'dist/reports/live-view', path)).href)
const { renderLiveView } = await load('render-live-view.js')
const { screenChanges } = await load('screen-changes.js')

const SIZES = [
  [80, 24],
  [200, 50],
]
const ROUNDS = 300

/** Size and microseconds, the fastest of many. */
export function drawingTimes() {
  return SIZES.map(([columns, rows]) => {
    let fastest = Number.POSITIVE_INFINITY
    let before
    for (let round = 0; round < ROUNDS; round++) {
      const state = stateOf(round)
      const startedAt = performance.now()
      const lines = renderLiveView(state, { columns, rows }, { hasColours: true, hasUnicode: true })
      screenChanges(before, lines)
      fastest = Math.min(fastest, performance.now() - startedAt)
      before = lines
    }
    return [`${columns}×${rows}`, 1000 * fastest]
  })
}

/** A run of ten minutes with something in every part of the view. */
function stateOf(round) {
  const history = Array.from({ length: 600 }, (_, second) => 9000 + ((second * 37 + round * 11) % 1000))
  const now = { p50: 0.2, p99: 0.9, p999: 2 + round / 100, max: 9 }
  return {
    ...{ title: 'bench', target: '127.0.0.1:6379', nowMillis: 1e12 + round, phase: 'measure', stage: 'base' },
    ...{ elapsedMillis: 1000 * round, lengthMillis: 600_000, count: null, server: null, notice: null },
    rate: {
      ...{
        isOpenLoop: true,
        perSecond: 9000 + round,
        target: 10_000,
        history,
        targets: history.map(() => 10_000),
      },
      ...{ scheduled: 1e6 + round, inFlight: 12, dropped: 3, droppedTotal: 9 },
    },
    adjusted: { isPaused: false, factor: 1.1, count: 1 },
    latency: {
      rows: ['response ok', 'service ok', 'failed'].map((name) => ({
        name,
        isFailed: name === 'failed',
        now,
        run: now,
      })),
      ...{ history: history.map((value) => value / 1000), isRough: false },
    },
    errors: {
      rows: [
        { type: 'timeout', code: 'ETIMEDOUT', outcome: 'indeterminate', now: round, total: 9 * round + 1 },
      ],
      settledTotal: 1e6,
    },
    connections: {
      ...{ active: 49, planned: 50, down: 1, lost: 3, lostNow: 1, reconnected: 2, reconnectedNow: 1 },
      disturbedSinceMillis: 1e12 - 5000,
    },
    faults: [{ atMillis: 1e12, text: 'pause 127.0.0.1:6379', state: 'at work' }],
    generator: { loopDelayP99: 0.5, startLagP99: 0.1, cpuCores: 0.4, threads: 1 },
    thresholds: [{ expression: 'p99 < 2ms', actual: '1.5ms', state: 'met' }],
    messages: [],
    ...{ keys: 'run', isHelpShown: false },
  }
}
