import type { LoadPlan } from '../model/plan.ts'

/** A part of the time in which the rate changes linearly. */
interface RatePiece {
  /** Infinite for one that goes on for ever; its rate is constant. */
  readonly durationMillis: number
  /** Commands per second at its beginning and at its end. */
  readonly from: number
  readonly to: number
}

/** How many commands are due when: a rate that is linear in pieces, and its integral. */
export interface RateCurve {
  /** Commands per second at a moment; of a boundary, that of the later piece. */
  rateAt(millis: number): number
  /** Commands before a moment: the integral of the rate. */
  commandsBefore(millis: number): number
  /**
   * The inverse of the integral, for ascending arguments: when so many commands have been due. Where the integral stands
   * still, that is at the end of the pause: a pause has no arrivals, and what comes after it begins with one. Infinite
   * when there will never be so many.
   */
  follow(): (commands: number) => number
  /** The same as it is adjusted by now, and will be; absent where nothing can be adjusted. */
  readonly followAdjusted?: () => (commands: number) => number
}

/**
 * Areas are in commands times 2000, (from + to) · milliseconds: with whole rates and whole milliseconds they are whole
 * numbers, so that no sum of them is rounded, and a boundary is where it belongs after years as well.
 */
const AREA_OF_COMMAND = 2000

interface PlacedPiece extends RatePiece {
  readonly startMillis: number
  readonly startArea: number
  readonly area: number
}

/** The pieces one after the other; again and again if they repeat, and nothing after them if they do not. */
export function rateCurve(pieces: readonly RatePiece[], repeats = false): RateCurve {
  const placed = place(pieces)
  const { canRepeat, period, periodArea } = periodOf(placed, repeats)
  const at = (millis: number): { piece: PlacedPiece | undefined; cycle: number; within: number } => {
    const cycle = canRepeat ? Math.floor(millis / period) : 0
    const inCycle = millis - cycle * period
    const piece = placed.findLast(({ startMillis }) => startMillis <= inCycle)
    return { piece, cycle, within: inCycle - (piece?.startMillis ?? 0) }
  }
  return {
    rateAt(millis) {
      const { piece, within } = at(millis)
      if (piece === undefined || within >= piece.durationMillis) return 0
      return piece.from + slopeOf(piece) * within
    },
    commandsBefore(millis) {
      const { piece, cycle, within } = at(millis)
      if (piece === undefined) return 0
      const area = cycle * periodArea + piece.startArea + areaUntil(piece, within)
      return area / AREA_OF_COMMAND
    },
    follow: () => follower(placed, repeats),
  }
}

/** Written for speed: it is asked for every arrival. */
function follower(placed: readonly PlacedPiece[], repeats: boolean): (commands: number) => number {
  const { canRepeat, period, periodArea } = periodOf(placed, repeats)
  let cycle = 0
  let index = -1
  let latest = 0
  // Of the piece at `index`.
  let { startMillis, startArea, endArea } = { startMillis: 0, startArea: 0, endArea: 0 }
  let { from, slope, durationMillis } = { from: 0, slope: 0, durationMillis: 0 }
  const advance = (): boolean => {
    index++
    if (index === placed.length && canRepeat) {
      cycle++
      index = 0
    }
    const piece = placed[index]
    if (piece === undefined) return false
    startMillis = cycle * period + piece.startMillis
    startArea = cycle * periodArea + piece.startArea
    endArea = startArea + piece.area
    from = piece.from
    slope = slopeOf(piece)
    durationMillis = piece.durationMillis
    return true
  }
  return (commands) => {
    const area = commands * AREA_OF_COMMAND
    for (;;) {
      if (area < endArea) break
      if (!advance()) return Number.POSITIVE_INFINITY
    }
    const due = startMillis + Math.min(durationMillis, timeOf(area - startArea, from, slope))
    if (due > latest) latest = due
    return latest
  }
}

/** The rate of the measured time of a load; of a closed loop, 0. */
export function measuredCurve(load: LoadPlan): RateCurve {
  return rateCurve(measuredPieces(load), load.repeat_stages)
}

/**
 * The rate of the warm-up: that at which the measured time begins. Where it begins with a ramp from 0, the mean of the
 * ramp; where it begins with a pause, the same of the first stage that is none.
 */
export function warmupCurve(load: LoadPlan): RateCurve {
  const first = measuredPieces(load).find(({ from, to }) => from + to > 0)
  if (first === undefined || load.warmup_ms === 0) return rateCurve([])
  const rate = first.from > 0 ? first.from : first.to / 2
  return rateCurve([{ durationMillis: load.warmup_ms, from: rate, to: rate }])
}

function measuredPieces(load: LoadPlan): RatePiece[] {
  if (load.model === 'closed') return []
  const target = load.target_ops_per_second ?? 0
  if (load.stages.length === 0)
    return [{ durationMillis: Number.POSITIVE_INFINITY, from: target, to: target }]
  return load.stages.map(({ duration_ms, from_ops_per_second, to_ops_per_second }) => ({
    durationMillis: duration_ms ?? Number.POSITIVE_INFINITY,
    from: from_ops_per_second ?? 0,
    to: to_ops_per_second ?? 0,
  }))
}

function place(pieces: readonly RatePiece[]): PlacedPiece[] {
  let startMillis = 0
  let startArea = 0
  return pieces.map((piece) => {
    const { from, to, durationMillis } = piece
    // Without the exception, a pause without end would have 0 · ∞ commands.
    const area = from + to === 0 ? 0 : (from + to) * durationMillis
    const placed = { ...piece, startMillis, startArea, area }
    startMillis += durationMillis
    startArea += area
    return placed
  })
}

/** Both lengths are 0 for what is not repeated: it has no second period. */
function periodOf(
  placed: readonly PlacedPiece[],
  repeats: boolean,
): { readonly canRepeat: boolean; readonly period: number; readonly periodArea: number } {
  const last = placed.at(-1)
  const period = last === undefined ? 0 : last.startMillis + last.durationMillis
  const periodArea = last === undefined ? 0 : last.startArea + last.area
  if (repeats && Number.isFinite(period) && periodArea > 0) return { canRepeat: true, period, periodArea }
  return { canRepeat: false, period: 0, periodArea: 0 }
}

/** Change of the rate in one millisecond. */
function slopeOf({ from, to, durationMillis }: RatePiece): number {
  return from === to ? 0 : (to - from) / durationMillis
}

function areaUntil(piece: PlacedPiece, within: number): number {
  if (within >= piece.durationMillis) return piece.area
  return (2 * piece.from + slopeOf(piece) * within) * within
}

/**
 * The s at which 2 · from · s + slope · s² is the given area: area / (from + √(from² + slope · area)), the form of the
 * solution that does not subtract what is nearly equal. Of a constant rate r, arrival k is at k · 2000 / 2r: divided for
 * each, not accumulated, and not multiplied with a rounded period. With 19 arrivals a second, the twentieth would be due
 * a hair before the second is over.
 */
function timeOf(area: number, from: number, slope: number): number {
  if (area <= 0) return 0
  if (slope === 0) return area / (2 * from)
  return area / (from + Math.sqrt(Math.max(0, from * from + slope * area)))
}
