import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { FaultResult } from '../model/fault-result.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import type { Screen } from '../model/screen.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { type LiveKey, readKeys } from '../reports/live-view/keys.ts'
import type { FaultRow, LiveState } from '../reports/live-view/live-state.ts'
import { thresholdRow } from '../reports/live-view/threshold-row.ts'
import type { ArrivalsControl } from './arrivals-control.ts'
import { Drawing } from './drawing.ts'
import { LiveHistory } from './live-history.ts'
import { messagesIn } from './live-messages.ts'
import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'
import type { RunTimes } from './run-times.ts'
import { shownServers } from './shown-servers.ts'

const NOTICE_MILLIS = 4000
const FAULTS_SHOWN = 20

export interface LiveViewParts {
  readonly stage: Pick<RunStage, 'plan' | 'phase' | 'source' | 'tool' | 'place'>
  readonly screen: Screen
  readonly times: RunTimes
  readonly recorder: Recorder
  readonly control: ArrivalsControl
}

/** Shows a run on a terminal while it goes on, and takes the keys of whoever watches it. All of it in the main thread. */
export class LiveView {
  readonly #parts: LiveViewParts
  readonly #history: LiveHistory
  readonly #drawing: Drawing
  #judged: LiveState['thresholds'] = []
  #notice: { readonly text: string; readonly untilMillis: number } | undefined
  #isHelpShown = false
  #drainSinceMillis: number | undefined

  constructor(parts: LiveViewParts) {
    const { plan } = parts.stage
    this.#parts = parts
    this.#history = new LiveHistory(plan)
    this.#drawing = new Drawing(
      parts.screen,
      () => this.#state(),
      (typed) => readKeys(typed).forEach((key) => this.#obey(key)),
    )
  }

  /** Once a second. */
  second(interval: IntervalResult, total: LedgerSnapshot, phase: 'warmup' | 'measure'): void {
    const { recorder, stage } = this.#parts
    this.#history.add({ interval, detail: recorder.latestInterval, total, phase })
    this.#judged = stage.phase.course(total).thresholds.map(thresholdRow)
    this.#drawing.draw()
  }

  close(): void {
    this.#drawing.close()
  }

  #obey(key: LiveKey): void {
    const { control, screen } = this.#parts
    switch (key) {
      case 'pause':
        this.#say(control.pauseOrResume())
        break
      case 'more':
      case 'less':
        this.#say(control.changeRate(key))
        break
      case 'next':
        this.#say(control.nextPhase())
        break
      case 'help':
        this.#isHelpShown = !this.#isHelpShown
        break
      case 'close':
        this.#isHelpShown = false
        break
      case 'end':
        this.#say('ending the run')
        screen.requestEnd()
        break
    }
  }

  #say(text: string): void {
    this.#notice = { text, untilMillis: this.#parts.stage.source.now() + NOTICE_MILLIS }
  }

  #state(): LiveState {
    const { stage, screen, recorder, control } = this.#parts
    const { plan } = stage
    const nowMillis = stage.source.now()
    const { connections, ...numbers } = this.#history.numbers
    return {
      title: [plan.profile.name, ...(stage.place === undefined ? [] : [stage.place])].join(' · '),
      target: describeTarget(plan.target),
      nowMillis,
      phase: stage.phase.current,
      stage: this.#stage(nowMillis),
      ...this.#time(nowMillis),
      count: plan.load.count,
      ...numbers,
      adjusted: {
        isPaused: control.isPaused,
        factor: control.factor,
        count: control.count,
      },
      connections: { ...connections, disturbedSinceMillis: recorder.disturbedSinceMillis },
      faults: recorder.latestFaults(FAULTS_SHOWN).map((fault) => faultRow(fault)),
      server: shownServers(stage.tool.servers, nowMillis),
      thresholds: this.#judged,
      messages: messagesIn(screen.heldLines),
      notice: this.#notice !== undefined && nowMillis < this.#notice.untilMillis ? this.#notice.text : null,
      keys: screen.hasKeys ? 'run' : 'none',
      isHelpShown: this.#isHelpShown,
    }
  }

  #stage(nowMillis: number): LiveState['stage'] {
    const { times } = this.#parts
    const now = times.stageAt(nowMillis)
    if (now === undefined) return null
    const { name, endMillis } = now
    return { name, leftMillis: endMillis < times.plannedEndMillis ? endMillis - nowMillis : null }
  }

  #time(nowMillis: number): Pick<LiveState, 'elapsedMillis' | 'lengthMillis'> {
    const { stage, times } = this.#parts
    const { load } = stage.plan
    const { startMillis, measureStartMillis, plannedEndMillis } = times
    switch (stage.phase.current) {
      case 'measure': {
        const length = plannedEndMillis - measureStartMillis
        const elapsedMillis = Math.min(length, nowMillis - measureStartMillis)
        return { elapsedMillis, lengthMillis: Number.isFinite(length) ? length : null }
      }
      case 'drain':
        this.#drainSinceMillis ??= nowMillis
        return { elapsedMillis: nowMillis - this.#drainSinceMillis, lengthMillis: load.drain_ms }
      default:
        return { elapsedMillis: Math.max(0, nowMillis - startMillis), lengthMillis: load.warmup_ms }
    }
  }
}

function faultRow({ kind, at_ms, ended_at_ms, nodes, connections, error, detail }: FaultResult): FaultRow {
  const where = nodes.length === 0 ? '' : ` ${nodes.join(', ')}`
  // What a fault says of itself nearly always counts them.
  const cut = connections === 0 || detail !== '' ? '' : ` · ${connections} connections`
  const what = detail === '' ? '' : `: ${detail}`
  return {
    atMillis: at_ms,
    text: `${kind}${where}${cut}${error === null ? what : `: ${error}`}`,
    state: error !== null ? 'failed' : ended_at_ms === null ? 'at work' : 'over',
  }
}
