import type { KeysPlan } from '../model/plan.ts'
import { createIndexedRandom, deriveSeed } from '../model/random.ts'
import type { Turn, WorkloadSpec } from './build-workload.ts'
import { compileCommand } from './compile-command.ts'
import { createDraw } from './draw.ts'
import { type KeyRange, type KeySpace, keyTables } from './keys.ts'
import type { Kit } from './placeholders.ts'
import { parseTemplate } from './template.ts'
import { valueSource } from './values.ts'
import { typedRanges } from './typed-ranges.ts'
import type { Verifier } from './verification/verifier.ts'

const MOST_MEMBERS = 50
const LIST_ELEMENTS = 10

/** What a key of each type is filled with before the load, with so many members; streams begin empty. */
const FILLING: Readonly<Record<KeySpace, ((members: number) => string) | undefined>> = {
  string: () => 'SET {same} {value}',
  counter: () => 'SET {same} {int 0..1000}',
  hash: (members) => `HSET {same} ${each(members, (index) => `f:${index} {value}`)}`,
  list: () => `RPUSH {same} ({value})*${LIST_ELEMENTS}`,
  set: (members) => `SADD {same} ${each(members, (index) => `m:${index}`)}`,
  zset: (members) => `ZADD {same} ${each(members, (index) => `{int 0..1000000} m:${index}`)}`,
  stream: undefined,
  geo: (members) => `GEOADD {same} ${each(members, (index) => `{lon} {lat} m:${index}`)}`,
  bitmap: () => 'SETBIT {same} 99999 1',
  hll: (members) => `PFADD {same} ${each(members, (index) => `m:${index}`)}`,
}

/** Members or fields that a key is filled with: all that there are, up to a bound. */
export function filledMembers({ members }: Pick<KeysPlan, 'members'>): number {
  return Math.min(MOST_MEMBERS, members)
}

function each(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join(' ')
}

/** Requests that fill the keys. */
export interface Preload {
  /** How many keys this thread fills, about: a random share is drawn key by key. */
  readonly expected: number
  /** The next request; `undefined` when all are made. */
  next(): string | undefined
}

/** Fills the share of the keys that the plan wants there before the load begins; threads take turns key by key. */
export function preloadRequests(spec: WorkloadSpec, { thread, threads }: Turn, verifier?: Verifier): Preload {
  const fillings = typedRanges(spec).flatMap(({ range, space }) => {
    const make = fillingOf(spec, range, space, verifier)
    return make === undefined ? [] : [{ count: range.count, make }]
  })
  const total = fillings.reduce((sum, { count }) => sum + count, 0)
  let filling = 0
  let index = thread
  return {
    expected: Math.ceil((total * spec.keys.preload) / threads),
    next() {
      for (;;) {
        const current = fillings[filling]
        if (current === undefined) return undefined
        if (index >= current.count) {
          filling++
          index = thread
          continue
        }
        const request = current.make(index)
        index += threads
        if (request !== undefined) return request
      }
    },
  }
}

/** Makes the request for one key, or nothing for a key that is to be missing. */
function fillingOf(
  spec: WorkloadSpec,
  range: KeyRange,
  space: KeySpace,
  verifier: Verifier | undefined,
): ((index: number) => string | undefined) | undefined {
  const { keys } = spec
  const template = FILLING[space]?.(filledMembers(keys))
  if (template === undefined) return undefined
  const draw = createDraw(createIndexedRandom(deriveSeed(spec.seed, 2_000_003)))
  const verified = space === 'string' ? verifier?.filling(range) : undefined
  const values = verified?.values(draw) ?? valueSource(spec.values, draw.random, spec.seed)
  const kit: Kit = {
    draw,
    keys,
    isWrite: true,
    space,
    values: () => values,
    channels: [],
    streams: spec.streams.count,
    now: () => 0,
    nextMessage: () => '',
    lastKey: range,
    keyDraws: 0,
  }
  const command = space === 'string' && keys.ttl !== null ? `${template} PX {ttl_ms}` : template
  const context = { kit, keyPrefix: spec.keyPrefix, tables: keyTables(), onKey: verified?.onKey }
  const { next } = compileCommand(parseTemplate(command), '', context)
  const firstKeys = Math.floor(range.count * keys.preload)
  return (index) => {
    draw.random.seek(index)
    draw.key = index
    const isWanted =
      keys.distribution === 'latest'
        ? index < firstKeys
        : keys.preload >= 1 || draw.random.next() < keys.preload
    return isWanted ? next() : undefined
  }
}
