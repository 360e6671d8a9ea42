/** How a search for the highest rate goes about. Rates are commands per second. */
export interface SearchOptions {
  /** The first rate to try. */
  readonly from: number
  /** No higher rate is tried; `null`: as high as it takes. */
  readonly to: number | null
  /** How far the answer may be from the truth, as a share of it: 0.03. */
  readonly precision: number
  /** Steps of which the majority decides near the border. Odd. */
  readonly repeats: number
  /**
   * Failures of a rate that do not count if the generator was disturbed in them; more where it is often disturbed at lower
   * rates as well. 0: every failure counts.
   */
  readonly forgiven: number
  readonly maxSteps: number
}

/** One step: a rate was tried, and kept the promise or did not. */
export interface Observation {
  readonly rate: number
  readonly held: boolean
  /** The generator did not do its part, so that a failure may say nothing about the server. */
  readonly disturbed: boolean
}

export type SearchPhase = 'bracket' | 'bisect' | 'repeat' | 'confirm'

export interface NextStep {
  readonly kind: 'step'
  readonly rate: number
  readonly phase: SearchPhase
}

/**
 * `precise`: the border is as narrow as was asked for. `all_held`: so is the highest rate allowed. `none_held`: not even
 * the lowest rate tried. `max_steps`: out of steps; the interval is what is known until then.
 */
export type SearchEnd = 'precise' | 'all_held' | 'none_held' | 'max_steps'

export interface SearchOver {
  readonly kind: 'over'
  readonly reason: SearchEnd
}

/** What the observations say: the border lies above `held` and not above `failed`; `null` where nothing is known. */
export interface Bracket {
  readonly held: number | null
  readonly failed: number | null
}

/** Votes at one rate. */
interface Point {
  readonly rate: number
  readonly held: number
  readonly failed: number
}

const GROWTH = 2
/** Downwards in larger strides: a promise that low rates do not keep is usually not kept at all. */
const SHRINKAGE = 4
const LOWEST_SHARE = 1 / 64
/** However high the first rate was: no promise that some rate keeps should be missed for a start that was too bold. */
const LOW_ENOUGH = 16
/** Share of the precision that the interval may be wide; the rest is for noise. */
const WIDTH_SHARE = 2 / 3
/** Of rates: more would be a precision that no generator has. */
const DIGITS = 5
/** That a rate fails only because of disturbances which have nothing to do with it. */
const UNLIKELY = 0.02
/** More disturbances at one rate are not put up with: a machine like that gives no answer. */
const MOST_FORGIVEN = 12

/**
 * Where to go next, given all that was observed: doubles until a rate fails, halves the interval (on a logarithmic scale)
 * until it is narrow enough, then tries both ends of it again. A pure function, so that a search can be replayed.
 *
 * Noise. One step that holds is believed for the time being: above its capacity no server keeps up. One that fails is
 * repeated, because a disturbance can fail any step, and the majority of `repeats` decides. Before the search is over both
 * ends have to stand a majority: the upper one with two more votes than that. An end that does not stand it opens the
 * interval again, up to the next rate that is known. Where the generator was disturbed a failure does not count, but for a
 * rate at which that happens more often than at lower ones: there the generator is the limit.
 *
 * It terminates: a rate gets at most `repeats` + 4 votes besides those that are forgiven, and neighbouring rates differ by
 * at least a third of the precision, so that between the lowest and the highest rate there are only so many; `maxSteps`
 * bounds it besides.
 */
export function nextStep(
  observations: readonly Observation[],
  options: SearchOptions,
): NextStep | SearchOver {
  const points = pointsOf(observations, options)
  const bracket = bracketOf(observations, options)
  const move = chooseMove(points, bracket, options)
  return move.kind === 'step' && observations.length >= options.maxSteps
    ? { kind: 'over', reason: 'max_steps' }
    : move
}

/** The border as far as it is known: the lowest rate whose majority fails, and the highest below it that held. */
export function bracketOf(
  observations: readonly Observation[],
  options: Pick<SearchOptions, 'repeats' | 'forgiven'>,
): Bracket {
  const { repeats } = options
  const points = pointsOf(observations, options)
  const failed = points.find((point) => verdictOf(point, repeats) === 'failed')?.rate ?? null
  const held =
    points.findLast(
      (point) => verdictOf(point, repeats) === 'held' && (failed === null || point.rate < failed),
    )?.rate ?? null
  return { held, failed }
}

/**
 * An upper bound of the steps that are left if nothing surprising happens, for an estimate of the time left; `null` before
 * there is an interval.
 */
export function stepsLeft({ held, failed }: Bracket, { precision, repeats }: SearchOptions): number | null {
  if (held === null || failed === null) return null
  const halvings = Math.max(
    0,
    Math.ceil(Math.log2(Math.log(failed / held) / Math.log1p(WIDTH_SHARE * precision))),
  )
  const confirmations = repeats === 1 ? 0 : 3
  // Half of the rates fail, and each of those is tried twice.
  return Math.ceil(halvings * (repeats === 1 ? 1 : 1.5)) + confirmations
}

function chooseMove(
  points: readonly Point[],
  { held, failed }: Bracket,
  options: SearchOptions,
): NextStep | SearchOver {
  const { repeats } = options
  const open = points.find(
    (point) =>
      verdictOf(point, repeats) === 'open' &&
      (held === null || point.rate > held) &&
      (failed === null || point.rate < failed),
  )
  if (open !== undefined) return step(open.rate, 'repeat')
  if (failed === null) return goUp(points, held, options)
  if (held === null) return goDown(points, failed, options)
  const middle = middleOf(held, failed)
  if (failed / held > 1 + WIDTH_SHARE * options.precision && middle > held && middle < failed)
    return step(middle, 'bisect')
  return confirm(points, { held, failed }, options) ?? { kind: 'over', reason: 'precise' }
}

function goUp(
  points: readonly Point[],
  held: number | null,
  { from, to, repeats }: SearchOptions,
): NextStep | SearchOver {
  const highest = to ?? Number.MAX_SAFE_INTEGER
  if (held === null) return step(Math.min(from, highest), 'bracket')
  if (held < highest) return step(Math.min(rounded(held * GROWTH), highest), 'bracket')
  return confirmOne(points, held, repeats) ?? { kind: 'over', reason: 'all_held' }
}

function goDown(
  points: readonly Point[],
  failed: number,
  { from, repeats }: SearchOptions,
): NextStep | SearchOver {
  const lowest = Math.max(1, rounded(Math.min(from * LOWEST_SHARE, LOW_ENOUGH)))
  if (failed > lowest) return step(Math.max(lowest, rounded(failed / SHRINKAGE)), 'bracket')
  return confirmOne(points, failed, repeats) ?? { kind: 'over', reason: 'none_held' }
}

function confirm(
  points: readonly Point[],
  { held, failed }: { readonly held: number; readonly failed: number },
  { repeats }: SearchOptions,
): NextStep | undefined {
  return confirmOne(points, failed, repeats) ?? confirmOne(points, held, repeats)
}

/** Another vote at a rate on which the answer will stand. */
function confirmOne(points: readonly Point[], rate: number, repeats: number): NextStep | undefined {
  const point = points.find((one) => one.rate === rate)
  return point === undefined || isCertain(point, repeats) ? undefined : step(rate, 'confirm')
}

function pointsOf(
  observations: readonly Observation[],
  { forgiven }: Pick<SearchOptions, 'forgiven'>,
): Point[] {
  const below = { steps: 0, disturbed: 0 }
  return countsOf(observations).map(({ rate, held, failed, disturbed }) => {
    const pardon = forgiven === 0 ? 0 : Math.max(forgiven, usualDisturbances(below))
    below.steps += held + failed
    below.disturbed += disturbed
    return { rate, held, failed: failed - Math.min(pardon, disturbed) }
  })
}

/** Steps by rate, from the lowest to the highest; the disturbed ones are among those that failed. */
function countsOf(observations: readonly Observation[]): (Point & { readonly disturbed: number })[] {
  const counts = new Map<number, { held: number; failed: number; disturbed: number }>()
  for (const { rate, held, disturbed } of observations) {
    const count = counts.get(rate) ?? { held: 0, failed: 0, disturbed: 0 }
    counts.set(rate, count)
    if (held) count.held++
    else count.failed++
    if (disturbed) count.disturbed++
  }
  return [...counts]
    .map(([rate, count]) => ({ rate, ...count }))
    .toSorted((one, other) => one.rate - other.rate)
}

/** How many disturbed steps at a rate are nothing special, by what share of those at lower rates was disturbed. */
function usualDisturbances({
  steps,
  disturbed,
}: {
  readonly steps: number
  readonly disturbed: number
}): number {
  const share = (disturbed + 1) / (steps + 2)
  return Math.min(MOST_FORGIVEN, Math.ceil(Math.log(UNLIKELY) / Math.log(share)))
}

/** What a rate is taken for as long as nothing else is known. Never open once it has all of its votes. */
function verdictOf({ held, failed }: Point, repeats: number): 'held' | 'failed' | 'open' {
  if (held > failed) return 'held'
  return failed > held && failed >= majorityOf(repeats) ? 'failed' : 'open'
}

/** Whether more votes are not worth their time. */
function isCertain({ held, failed }: Point, repeats: number): boolean {
  const majority = majorityOf(repeats)
  if (held + failed >= mostVotes(repeats)) return true
  return held > failed ? held >= majority : failed >= (repeats === 1 ? 1 : majority + 2)
}

function majorityOf(repeats: number): number {
  return (repeats + 1) / 2
}

/** Odd, so that there is no draw. */
function mostVotes(repeats: number): number {
  return repeats === 1 ? 1 : repeats + 4
}

function middleOf(held: number, failed: number): number {
  return rounded(Math.sqrt(held * failed))
}

function rounded(rate: number): number {
  return Number(rate.toPrecision(DIGITS))
}

function step(rate: number, phase: SearchPhase): NextStep {
  return { kind: 'step', rate, phase }
}
