import type { FollowUp, ReplyReader, Unit } from '../model/call.ts'
import type { OperationPlan } from '../model/plan.ts'
import { deriveSeed } from '../model/random.ts'
import type { WorkloadHooks, WorkloadSpec } from './build-workload.ts'
import { commandBook, isCreating, nameOf } from './command-book.ts'
import { compileCommand, type NamedKeys } from './compile-command.ts'
import type { Draw } from './draw.ts'
import type { KeyRange, KeyTable } from './keys.ts'
import type { Kit } from './placeholders.ts'
import { usualCommand } from './registry.ts'
import type { OperationSeries } from './series.ts'
import { parseTemplate, type Template } from './template.ts'
import { valueSource, type ValueSource } from './values.ts'
import type { Following } from './verification/verifier.ts'

/** A command of an operation, ready to be made. */
export interface Line {
  readonly series: number
  readonly name: string
  readonly next: () => string
  readonly reader: ReplyReader | null
  readonly keys: readonly NamedKeys[]
  readonly keyArgument: number
  readonly template: Template
  /** Follows what it reads and writes; before each request it is told that one is made. */
  readonly begin: Following['begin'] | null
}

/** A unit of an operation and what follows on it. */
export interface Step {
  readonly unit: Unit
  /** Sent one after the other, again and again until the unit is full. */
  readonly lines: readonly Line[]
  readonly after: (Step & FollowUp) | null
  /** How many keys it draws. */
  readonly keyDraws: number
}

export interface OperationParts {
  readonly first: Step
  readonly keysPerUnit: number
  /** What the names of its first keys begin with. */
  readonly namespace: string | undefined
  /** The same, if it creates such keys. */
  readonly creates: string | undefined
}

export interface WorkloadParts {
  readonly spec: WorkloadSpec
  readonly hooks: WorkloadHooks
  readonly tables: (range: KeyRange) => KeyTable
  readonly draw: Draw
  readonly followDraw: Draw
}

interface Place {
  readonly places: OperationSeries
  readonly index: number
  /** Whether it may be part of a batch of all operations. */
  readonly isShared: boolean
}

/** Makes the commands of an operation from its templates. */
export function prepareOperation(
  operation: OperationPlan,
  place: Place,
  parts: WorkloadParts,
): OperationParts {
  const { spec, draw, followDraw } = parts
  const { places } = place
  const isWatched = operation.watch.length > 0
  const kit = kitOf(operation, place.index, parts, draw)
  const watch = isWatched ? [compileLine(`WATCH ${operation.watch.join(' ')}`, places.watch, kit, parts)] : []
  const commandKit = isWatched ? { ...kit, draw: followDraw } : kit
  const lines = operation.commands.map((command, at) =>
    compileLine(withTimeToLive(command, spec), places.commands[at]!, commandKit, parts),
  )
  const unit = unitOf(operation, places, lines.length)
  const times = unit.size / lines.length
  const watchDraws = isWatched ? kit.keyDraws : 0
  const main: Step = {
    unit,
    lines,
    after: onNilOf(operation, places.onNil, commandKit, parts),
    keyDraws: (commandKit.keyDraws - watchDraws) * times,
  }
  const first: Step = isWatched
    ? { unit: SINGLE, lines: watch, after: { on: 'ok', ...main }, keyDraws: watchDraws }
    : main
  const [keys] = lines[0]!.keys
  const namespace = typeof keys === 'object' ? keys.before : undefined
  return {
    first,
    keysPerUnit: first.keyDraws,
    namespace,
    creates: operation.commands.some((command) => isCreating(command)) ? namespace : undefined,
  }
}

/** What is sent after a nil reply. */
function onNilOf(
  { on_nil: onNil }: OperationPlan,
  series: number,
  kit: Kit,
  parts: WorkloadParts,
): (Step & FollowUp) | null {
  if (onNil === null) return null
  const own: Kit = { ...kit, draw: parts.followDraw, isWrite: true }
  const line = compileLine(withTimeToLive(onNil, parts.spec), series, own, parts)
  return { on: 'nil', unit: SINGLE, lines: [line], after: null, keyDraws: own.keyDraws - kit.keyDraws }
}

const SINGLE: Unit = { kind: 'single', size: 1, series: -1 }

function unitOf({ batch }: OperationPlan, places: OperationSeries, commands: number): Unit {
  if (batch.kind === 'none') return SINGLE
  return { kind: batch.kind, size: batch.size * commands, series: places.batch }
}

/** What a plain SET writes lives as long as keys.ttl says. */
function withTimeToLive(command: string, { keys }: WorkloadSpec): string {
  return keys.ttl !== null && commandBook.templateOf(command) === usualCommand('SET')?.template
    ? `${commandBook.templateOf(command)} PX {ttl_ms}`
    : command
}

function kitOf(operation: OperationPlan, index: number, parts: WorkloadParts, draw: Draw): Kit {
  const { spec, hooks } = parts
  const valueSeed = deriveSeed(spec.seed, 1_000_003, index)
  return {
    draw,
    keys: spec.keys,
    isWrite: operation.commands.some((command) => isCreating(command)),
    space: 'string',
    values: valuePools(spec, valueSeed),
    channels: spec.pubsub.channels.map((name) => channelName(spec, name)),
    streams: spec.streams.count,
    now: hooks.now,
    nextMessage: hooks.nextMessage,
    lastKey: undefined,
    keyDraws: 0,
  }
}

/** One pool for each size and draw, however often a command asks for it. */
function valuePools(spec: WorkloadSpec, seed: number): Kit['values'] {
  const pools = new Map<Draw, Map<string, ValueSource>>()
  return (draw, size = spec.values.size) => {
    const ofDraw = pools.get(draw) ?? new Map<string, ValueSource>()
    pools.set(draw, ofDraw)
    const pool = ofDraw.get(size) ?? valueSource({ ...spec.values, size }, draw.random, seed)
    ofDraw.set(size, pool)
    return pool
  }
}

/** Full name of a channel: it begins with the prefix of the run, as keys do. */
export function channelName({ keyPrefix }: Pick<WorkloadSpec, 'keyPrefix'>, channel: string): string {
  return `${keyPrefix}:${channel}`
}

function compileLine(command: string, series: number, kit: Kit, parts: WorkloadParts): Line {
  const template = parseTemplate(commandBook.templateOf(command))
  const name = nameOf(command).toLowerCase().replace(' ', '|')
  const space = usualCommand(name)?.space ?? 'string'
  const { spec, tables, hooks } = parts
  const following = hooks.verifier?.follow(template)
  const own: Kit = { ...kit, space, values: following?.values ?? kit.values }
  const context = { kit: own, keyPrefix: spec.keyPrefix, tables, onKey: following?.onKey }
  const compiled = compileCommand(template, name, context)
  kit.lastKey = own.lastKey
  kit.keyDraws = own.keyDraws
  const isFollowed = hooks.verifier?.covers(compiled.keys) === true
  const begin = isFollowed ? (following?.begin ?? null) : null
  return {
    ...compiled,
    template,
    series,
    reader: hooks.readerOf(name, commandBook.templateOf(command)),
    begin,
  }
}
