import type { Call, Workload } from '../model/call.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ValueSize } from '../model/value-sizes.ts'
import { buildWorkload, isReadOnly, spacePrefix, workloadPrefixes } from '../workload/build-workload.ts'
import { workloadSpecOf } from './run-plan-parts.ts'

/** Everything that a dry run asks of a workload. Nothing else of it knows how workloads are made. */
export interface WorkloadOutline {
  /** One request for each command, as its arguments; long ones are cut. */
  readonly examples: readonly (readonly [string, ...string[]])[]
  readonly readOnly: boolean
  /** Means of one command. */
  readonly requestBytes: number
  readonly replyBytes: number
  readonly spaces: readonly SpaceOutline[]
  /** Connections that the load opens. */
  readonly connections: number
}

export interface SpaceOutline {
  readonly prefix: string
  /** At most so many different keys are written. */
  readonly keys: number
  readonly valueBytes: number
  /** Sizes of values, evenly out of their distribution. */
  readonly sampleBytes: readonly number[]
}

const DRAWS = 2000
const SAMPLES = 8
/** A sample key must not be a load. */
const LARGEST_SAMPLE_BYTES = 65_536
const LONGEST_ARGUMENT = 256

/** RESP bytes of a reply: `+OK`, `:1`, `+PONG`. */
const STATUS_BYTES = 5
const SHORT_REPLIES: Readonly<Record<string, number>> = { del: 4, exists: 4, incr: 6, ping: 7 }
/** Commands that are answered with a value, when they hit. */
const VALUE_REPLIES = new Set(['get', 'getex', 'getdel', 'getset', 'hget', 'lpop', 'rpop', 'lindex', 'spop'])

/** Draws commands as the load would, and sends none of them. */
export function outlineWorkload(plan: RunPlan): WorkloadOutline {
  const spec = workloadSpecOf(plan)
  const workload = buildWorkload(spec, plan.load.seed, { thread: 0, threads: 1 })
  const examples = new Map<string, readonly [string, ...string[]]>()
  const valueBytes = meanBytes(spec.valueSizes)
  let requestBytes = 0
  let replyBytes = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    const call = nextOf(workload)
    requestBytes += call.wire.length
    replyBytes += replyBytesOf(call.name, valueBytes)
    if (!examples.has(call.name)) examples.set(call.name, argumentsOf(call.wire))
  }
  const counters = spacePrefix(spec.keyPrefix, 'counter')
  return {
    examples: [...examples.values()],
    readOnly: isReadOnly(spec),
    requestBytes: requestBytes / DRAWS,
    replyBytes: replyBytes / DRAWS,
    spaces: workloadPrefixes(spec).map((prefix) => ({
      prefix,
      keys: keysWritten(plan),
      // A small number is kept in place of a pointer to it.
      valueBytes: prefix === counters ? 0 : valueBytes,
      sampleBytes: prefix === counters ? [0] : sampleSizes(spec.valueSizes),
    })),
    connections:
      plan.load.clients +
      plan.operations.reduce((sum, { connections }) => sum + connections, 0) +
      plan.pubsub.subscribers +
      plan.streams.consumers,
  }
}

function nextOf(workload: Workload, call = { name: '', wire: '', series: 0 } as Call): Call {
  workload.fill(call)
  return call
}

/** Highest rate that the plan asks for; `null` in a closed loop. */
export function peakRateOf({ load }: RunPlan): number | null {
  if (load.model === 'closed') return null
  const stages = load.stages.flatMap(({ from_ops_per_second: from, to_ops_per_second: to }) => [
    from ?? 0,
    to ?? 0,
  ])
  return stages.length === 0 ? load.target_ops_per_second : Math.max(...stages)
}

/** No more keys than there are, and no more than commands, besides those that are written before the load. */
function keysWritten(plan: RunPlan): number {
  const { load, keys } = plan
  const rate = peakRateOf(plan)
  const seconds = load.duration_ms === null ? Infinity : (load.duration_ms + load.warmup_ms) / 1000
  const warmupCommands =
    rate === null ? (load.warmup_ms === 0 ? 0 : Infinity) : (rate * load.warmup_ms) / 1000
  const byTime = rate === null ? Infinity : rate * seconds
  const byCount = load.count === null ? Infinity : load.count + warmupCommands
  return Math.min(keys.count, Math.ceil(keys.preload * keys.count + Math.min(byTime, byCount)))
}

function meanBytes(sizes: readonly ValueSize[]): number {
  const weights = sizes.reduce((sum, { weight }) => sum + weight, 0)
  return (
    sizes.reduce((sum, { minBytes, maxBytes, weight }) => sum + (weight * (minBytes + maxBytes)) / 2, 0) /
    weights
  )
}

/** As many sizes as there are samples, at even steps through the distribution. */
function sampleSizes(sizes: readonly ValueSize[]): number[] {
  const weights = sizes.reduce((sum, { weight }) => sum + weight, 0)
  return Array.from({ length: SAMPLES }, (_, index) => {
    let rest = ((index + 0.5) / SAMPLES) * weights
    const size = sizes.find(({ weight }) => (rest -= weight) < 0) ?? sizes.at(-1)!
    const share = 1 + rest / size.weight
    const bytes = Math.round(
      size.minBytes + Math.min(1, Math.max(0, share)) * (size.maxBytes - size.minBytes),
    )
    return Math.min(bytes, LARGEST_SAMPLE_BYTES)
  })
}

function replyBytesOf(command: string, valueBytes: number): number {
  if (!VALUE_REPLIES.has(command)) return SHORT_REPLIES[command] ?? STATUS_BYTES
  return `$${Math.round(valueBytes)}\r\n\r\n`.length + valueBytes
}

/** The arguments of a request in RESP, one character for each byte. */
function argumentsOf(wire: string): readonly [string, ...string[]] {
  const found: string[] = []
  let at = wire.indexOf('\r\n') + 2
  while (at < wire.length) {
    const start = wire.indexOf('\r\n', at) + 2
    const length = Number(wire.slice(at + 1, start - 2))
    found.push(wire.slice(start, start + Math.min(length, LONGEST_ARGUMENT)))
    at = start + length + 2
  }
  return found as [string, ...string[]]
}
