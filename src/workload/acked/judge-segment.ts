import type { AckedCounts, AckedProblem } from '../../model/acked-writes.ts'
import { sequenceOf } from './audit-lists.ts'
import { ACKNOWLEDGED, IN_FLIGHT, REFUSED, UNKNOWN } from './write-fates.ts'

export interface ReadSegment {
  readonly ordinal: number
  /** Fates of its writes before the list was asked for. */
  readonly fates: Uint32Array
  /** How many writes had been made when it had answered. */
  readonly issuedAfter: number
  /** What the list holds, from its head. */
  readonly elements: readonly string[]
  /** Nothing more will be settled: what is in flight stays unknown. */
  readonly isOver: boolean
}

export interface Found {
  readonly problem: AckedProblem
  readonly sequence: number
  /** Milliseconds after the beginning of the run; `null` when it was not acknowledged. */
  readonly acknowledgedAtMillis: number | null
}

export interface Verdict {
  readonly counts: AckedCounts
  /** Everything that went wrong, once for each time. */
  readonly found: readonly Found[]
}

/** A list as it has to be, against a list as it is. */
export function judgeSegment(read: ReadSegment): Verdict {
  const times = new Uint32Array(read.issuedAfter)
  const elements = scanElements(read, times)
  const { fates } = read
  const counts = noCounts()
  const lost: Found[] = []
  const refusedApplied: Found[] = []
  for (const [place, fate] of fates.entries()) {
    const isThere = times[place]! > 0
    if (fate >= ACKNOWLEDGED) {
      counts.acknowledged++
      if (isThere) counts.confirmed++
      else lost.push(findingAt(read, 'lost', place))
    } else if (fate === REFUSED) {
      counts.refused++
      if (isThere) refusedApplied.push(findingAt(read, 'refused_applied', place))
    } else if (fate === UNKNOWN || (fate === IN_FLIGHT && read.isOver)) {
      counts.unknown++
      if (isThere) counts.applied_unacknowledged++
      else counts.not_applied++
    }
  }
  const { duplicated, reordered, unexpected } = elements
  return {
    counts: {
      ...counts,
      lost: lost.length,
      refused_applied: refusedApplied.length,
      duplicated: duplicated.length,
      reordered: reordered.length,
      unexpected: unexpected.length,
    },
    found: [...lost, ...duplicated, ...reordered, ...refusedApplied, ...unexpected],
  }
}

/** What is known of a segment that could not be read. */
export function countUnread(fates: Uint32Array, isOver: boolean): AckedCounts {
  const counts = noCounts()
  for (const fate of fates)
    if (fate >= ACKNOWLEDGED) counts.acknowledged++
    else if (fate === REFUSED) counts.refused++
    else if (fate === UNKNOWN || (fate === IN_FLIGHT && isOver)) counts.unknown++
  return { ...counts, unread: counts.acknowledged }
}

/** Counts each element in `times` by its place, and finds those that are there again, behind a later one, or of nobody. */
function scanElements(
  read: ReadSegment,
  times: Uint32Array,
): Readonly<Record<'duplicated' | 'reordered' | 'unexpected', Found[]>> {
  const found = { duplicated: [] as Found[], reordered: [] as Found[], unexpected: [] as Found[] }
  const first = sequenceOf(read.ordinal, 0)
  let latest = -1
  for (const element of read.elements) {
    const place = /^\d+$/.test(element) ? Number(element) - first : -1
    if (place < 0 || place >= read.issuedAfter) {
      const sequence = Number(element)
      found.unexpected.push({ problem: 'unexpected', sequence, acknowledgedAtMillis: null })
    } else if (times[place]!++ > 0) found.duplicated.push(findingAt(read, 'duplicated', place))
    else if ((read.fates[place] ?? 0) >= ACKNOWLEDGED) {
      if (place < latest) found.reordered.push(findingAt(read, 'reordered', place))
      latest = Math.max(latest, place)
    }
  }
  return found
}

function findingAt({ ordinal, fates }: ReadSegment, problem: AckedProblem, place: number): Found {
  const fate = fates[place] ?? 0
  return {
    problem,
    sequence: sequenceOf(ordinal, place),
    acknowledgedAtMillis: fate >= ACKNOWLEDGED ? fate - ACKNOWLEDGED : null,
  }
}

type Mutable<Counts> = { -readonly [Name in keyof Counts]: Counts[Name] }

export function noCounts(): Mutable<AckedCounts> {
  return {
    acknowledged: 0,
    confirmed: 0,
    lost: 0,
    unread: 0,
    refused: 0,
    refused_applied: 0,
    unknown: 0,
    applied_unacknowledged: 0,
    not_applied: 0,
    duplicated: 0,
    reordered: 0,
    unexpected: 0,
  }
}

export function addCounts(total: Mutable<AckedCounts>, more: AckedCounts): void {
  for (const name of Object.keys(more) as (keyof AckedCounts)[]) total[name] += more[name]
}
