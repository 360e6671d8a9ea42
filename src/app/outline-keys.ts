import { peakOpsPerSecond } from '../model/load-stages.ts'
import type { RunPlan } from '../model/plan.ts'
import { parseValueSizes, type ValueSize } from '../model/value-sizes.ts'
import { isCreating } from '../workload/command-book.ts'
import { SEGMENT_WRITES } from '../workload/acked/write-fates.ts'
import type { KeyRange, KeySpace } from '../workload/keys.ts'
import { namedLines } from '../workload/named-lines.ts'
import { filledMembers } from '../workload/preload.ts'
import { addRange, type TypedRange, typedRanges, typeOf } from '../workload/typed-ranges.ts'
import { auditListsOf, workloadSpecOf } from './run-plan-parts.ts'

/** Keys that a load may write: how many, and what each of them holds. */
export interface SpaceOutline {
  readonly type: KeySpace
  readonly range: KeyRange
  /** Of the range, at most so many different ones are written. */
  readonly keys: number
  /** Values or members in a key, at most; `null` where they grow with the run. */
  readonly elements: number | null
  /** Mean of one of them; in a collection with what the server keeps with each. */
  readonly elementBytes: number
  /** Sizes of values, evenly out of their distribution; empty when no sample would tell anything. */
  readonly sampleBytes: readonly number[]
}

const SAMPLES = 8
/** A sample key must not be a load. */
const LARGEST_SAMPLE_BYTES = 65_536
/** `m:1234`, and a little. */
const MEMBER_BYTES = 8
/** Up to here a collection is kept as one flat list, with a few bytes for each element. */
const FLAT_ELEMENTS = 128
const FLAT_BYTES = 64
const FLAT_OVERHEAD_BYTES = 4
/** Entry, string headers, slot, rounding up; of a sorted set its skip list as well. */
const ENTRY_BYTES = 64
const SORTED_ENTRY_BYTES = 112
/** Of the usual SETBIT; of a dense HyperLogLog. */
const BITMAP_BYTES = 12_500
/** A number in a list. */
const AUDIT_ELEMENT_BYTES = 5
const HLL_BYTES = 12_304

export interface KeysOutline {
  readonly spaces: readonly SpaceOutline[]
  /** Some keys have names that cannot be listed. */
  readonly hasOthers: boolean
}

interface Written extends TypedRange {
  /** Not only filled before it. */
  readonly byLoad: boolean
}

export function outlineKeys(plan: RunPlan): KeysOutline {
  const spec = workloadSpecOf(plan)
  const spaces = new Map<string, Written>()
  if (plan.keys.preload > 0)
    for (const filled of typedRanges(spec)) addRange(spaces, { ...filled, byLoad: false })
  let hasOthers = false
  for (const { name, keys } of namedLines(spec)) {
    if (!isCreating(name.split('|')[0]!)) continue
    for (const key of keys) {
      if (key === undefined) hasOthers = true
      else {
        const range = typeof key === 'string' ? onlyKey(key) : key
        addRange(spaces, { space: typeOf(spec, name, range) ?? 'string', range, byLoad: true })
      }
    }
  }
  const audit = auditSpace(plan)
  return {
    spaces: [...[...spaces.values()].map((space) => outline(plan, space)), ...audit],
    hasOthers,
  }
}

/** Lists of audit writes: those that are being written; full ones go after a minute. */
function auditSpace(plan: RunPlan): SpaceOutline[] {
  if (plan.acked_writes.share === 0) return []
  const { prefix, perConnection } = auditListsOf(plan)
  const keys = plan.load.clients * perConnection
  return [
    {
      type: 'list',
      range: { before: prefix, after: '', count: keys },
      keys,
      elements: SEGMENT_WRITES,
      elementBytes: AUDIT_ELEMENT_BYTES,
      sampleBytes: [],
    },
  ]
}

function onlyKey(key: string): KeyRange {
  return { before: key, after: '', count: 1 }
}

type Content = Pick<SpaceOutline, 'elements' | 'elementBytes' | 'sampleBytes'>

function outline(plan: RunPlan, { space: type, range, byLoad }: Written): SpaceOutline {
  const filled = plan.keys.preload * range.count
  const keys = Math.min(range.count, Math.ceil(filled + (byLoad ? commandsOf(plan) : 0)))
  return { type, range, keys, ...CONTENT[type](plan, range) }
}

/** What a key of each type holds. */
const CONTENT: Readonly<Record<KeySpace, (plan: RunPlan, range: KeyRange) => Content>> = {
  string(plan) {
    const sizes = sizesOf(plan)
    return { elements: 1, elementBytes: meanBytes(sizes), sampleBytes: sampleSizes(sizes) }
  },
  // A small number is kept in place of a pointer to it.
  counter: () => ({ elements: 1, elementBytes: 0, sampleBytes: [0] }),
  bitmap: () => ({ elements: 1, elementBytes: BITMAP_BYTES, sampleBytes: [] }),
  hll: () => ({ elements: 1, elementBytes: HLL_BYTES, sampleBytes: [] }),
  hash: (plan, range) => collection(plan, range, MEMBER_BYTES + meanBytes(sizesOf(plan)), ENTRY_BYTES),
  set: (plan, range) => collection(plan, range, MEMBER_BYTES, ENTRY_BYTES),
  zset: (plan, range) => collection(plan, range, MEMBER_BYTES, SORTED_ENTRY_BYTES),
  geo: (plan, range) => collection(plan, range, MEMBER_BYTES, SORTED_ENTRY_BYTES),
  list: growing,
  stream: growing,
}

function collection(plan: RunPlan, range: KeyRange, bytes: number, entryBytes: number): Content {
  const filled = plan.keys.preload > 0 ? filledMembers(plan.keys) : 0
  const elements = Math.min(plan.keys.members, filled + Math.ceil(commandsOf(plan) / range.count))
  const isFlat = elements <= FLAT_ELEMENTS && bytes <= FLAT_BYTES
  return { elements, elementBytes: bytes + (isFlat ? FLAT_OVERHEAD_BYTES : entryBytes), sampleBytes: [] }
}

function growing(plan: RunPlan): Content {
  return { elements: null, elementBytes: meanBytes(sizesOf(plan)), sampleBytes: [] }
}

function sizesOf({ values }: RunPlan): readonly ValueSize[] {
  return parseValueSizes(values.size) ?? []
}

/** How many commands a run sends at most, as far as the plan says. */
function commandsOf(plan: RunPlan): number {
  const { load } = plan
  const rate = peakRateOf(plan) ?? Infinity
  const warmup = load.warmup_ms === 0 ? 0 : (rate * load.warmup_ms) / 1000
  const measured = load.duration_ms === null ? Infinity : (rate * load.duration_ms) / 1000
  return warmup + Math.min(measured, load.count ?? Infinity)
}

/** Highest rate that the plan asks for; `null` in a closed loop. */
export function peakRateOf({ load }: RunPlan): number | null {
  return load.model === 'closed' ? null : peakOpsPerSecond(load)
}

export function meanBytes(sizes: readonly ValueSize[]): number {
  const weights = sizes.reduce((sum, { weight }) => sum + weight, 0)
  const weighted = sizes.reduce(
    (sum, { minBytes, maxBytes, weight }) => sum + (weight * (minBytes + maxBytes)) / 2,
    0,
  )
  return weights === 0 ? 0 : weighted / weights
}

/** As many sizes as there are samples, at even steps through the distribution. */
function sampleSizes(sizes: readonly ValueSize[]): number[] {
  const weights = sizes.reduce((sum, { weight }) => sum + weight, 0)
  return Array.from({ length: SAMPLES }, (_, index) => {
    let rest = ((index + 0.5) / SAMPLES) * weights
    const size = sizes.find(({ weight }) => (rest -= weight) < 0) ?? sizes.at(-1)!
    const share = Math.min(1, Math.max(0, 1 + rest / size.weight))
    const bytes = Math.round(size.minBytes + share * (size.maxBytes - size.minBytes))
    return Math.min(bytes, LARGEST_SAMPLE_BYTES)
  })
}
