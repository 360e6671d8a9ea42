import { ArrivalsControl } from '../../src/app/arrivals-control.ts'
import { RunTimes } from '../../src/app/run-times.ts'
import type { Stretch } from '../../src/model/load-time.ts'
import { type Press, PRESSES } from './presses.ts'
import type { Simulation } from './simulate.ts'
import { EPOCH_MILLIS } from './simulated-thread.ts'
import { SOCKET } from './virtual-time.ts'

/** What somebody does to the load, by the real control; each load thread hears of it a moment later, in order. */
export function planPresses(simulation: Simulation): void {
  const { scenario, time, trace, threads, startAt } = simulation
  const { load, presses } = scenario
  if (presses.length === 0) return
  const times = new RunTimes(load, EPOCH_MILLIS + startAt)
  const heardAt = threads.map(() => 0)
  let pressed: Press | undefined
  const tell = (stretch: Stretch): void => {
    simulation.stretches.push(stretch)
    for (const [index, thread] of threads.entries()) {
      const at = Math.max(heardAt[index]!, time.now + pressed!.delays[index]!)
      heardAt[index] = at
      time.ours(at, SOCKET, () => thread.adjust(stretch))
    }
  }
  const control = new ArrivalsControl({
    load,
    times,
    source: { now: () => EPOCH_MILLIS + time.now },
    threads: { adjust: tell },
    recorder: { adjustment: (adjustment) => simulation.adjustments.push(adjustment) },
    isMeasuring: () =>
      time.now >= startAt + load.warmup_ms &&
      simulation.stoppedAt === Number.POSITIVE_INFINITY &&
      threads.every(({ end }) => end === undefined),
    onAdjusted() {},
  })
  for (const press of presses)
    time.world(startAt + press.at, (at) => {
      time.ours(at, SOCKET, () => {
        pressed = press
        const count = simulation.stretches.length
        PRESSES[press.key](control)
        trace.note(`press ${press.key}`, count, simulation.stretches.length, time.now)
      })
    })
}
