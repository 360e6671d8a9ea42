import type { Stretch } from '../../src/model/load-time.ts'
import { stageAt } from '../../src/model/load-stages.ts'
import type { LoadPlan } from '../../src/model/plan.ts'

/** A part of the measured time in which the rate changes evenly: milliseconds since it began, commands a second. */
interface AskedPart {
  readonly since: number
  readonly until: number
  readonly from: number
  readonly to: number
  /** Of the stage, in a closed loop. */
  readonly stage: number
  readonly factor: number
}

/** Clocks add and subtract: moments that are this near are the same. */
export const SAME_MOMENT_MILLIS = 1e-6

/** What a load asks for over its measured time, as somebody adjusted it; in parts, so that it adds up by itself. */
export class AskedLoad {
  readonly parts: readonly AskedPart[]
  /** When the measured time is over, milliseconds since it began. */
  readonly endMillis: number

  constructor(load: LoadPlan, stretches: readonly Stretch[], untilMillis: number) {
    const all = [{ atMillis: 0, factor: 1, skippedMillis: 0 }, ...stretches]
    this.endMillis = (load.duration_ms ?? Number.POSITIVE_INFINITY) - all.at(-1)!.skippedMillis
    const end = Math.min(this.endMillis, untilMillis)
    this.parts = all.flatMap((stretch, index) => [
      ...partsOf(load, stretch, Math.min(end, all[index + 1]?.atMillis ?? end)),
    ])
  }

  /** That holds at a moment; of a boundary, the later one. */
  partAt(millis: number): AskedPart | undefined {
    return this.parts.findLast(({ since }) => since <= millis)
  }

  commandsBefore(millis: number): number {
    let commands = 0
    for (const part of this.parts) {
      if (part.since >= millis) break
      const share = Math.min(1, (millis - part.since) / (part.until - part.since))
      const last = part.from + (part.to - part.from) * share
      commands += ((part.from + last) / 2) * share * ((part.until - part.since) / 1000)
    }
    return commands
  }
}

function* partsOf(
  load: LoadPlan,
  { atMillis, factor, skippedMillis }: Stretch,
  end: number,
): Generator<AskedPart> {
  for (let since = atMillis; since < end - SAME_MOMENT_MILLIS;) {
    const planned = since + skippedMillis
    // A hair before a boundary is at the boundary.
    const now = stageAt(load, planned + SAME_MOMENT_MILLIS)
    const isOver = now !== undefined && planned + SAME_MOMENT_MILLIS >= now.endMillis
    const until = isOver ? end : Math.min(end, (now?.endMillis ?? Infinity) - skippedMillis)
    const rateAt = (millis: number): number => {
      if (isOver) return 0
      if (now === undefined) return factor * load.target_ops_per_second!
      const { from_ops_per_second: from, to_ops_per_second: to, duration_ms } = now.stage
      return factor * (from! + ((to! - from!) * (millis + skippedMillis - now.startMillis)) / duration_ms!)
    }
    const isOpen = load.model === 'open'
    yield {
      since,
      until,
      from: isOpen ? rateAt(since) : 0,
      to: isOpen ? rateAt(until) : 0,
      stage: now?.index ?? -1,
      factor,
    }
    since = until
  }
}
