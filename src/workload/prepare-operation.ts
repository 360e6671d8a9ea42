import type { FollowUp, ReplyReader, Unit } from '../model/call.ts'
import type { OperationPlan } from '../model/plan.ts'
import { deriveSeed } from '../model/random.ts'
import type { WorkloadHooks, WorkloadSpec } from './build-workload.ts'
import { commandBook, isReadOnlyCommand, nameOf } from './command-book.ts'
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
}

export interface OperationParts {
  readonly first: Step
  readonly keysPerUnit: number
  readonly isWrite: boolean
  /** Whether it has to know how many keys were written before. */
  readonly needsWritten: boolean
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
  const onNil = operation.on_nil
  const after =
    onNil === null
      ? null
      : {
          on: 'nil' as const,
          unit: SINGLE,
          lines: [
            compileLine(
              withTimeToLive(onNil, spec),
              places.onNil,
              { ...commandKit, draw: followDraw, isWrite: true },
              parts,
            ),
          ],
          after: null,
        }
  const main: Step = { unit, lines, after }
  const isWrite = operation.commands.some((command) => !isReadOnlyCommand(command))
  return {
    first: isWatched ? { unit: SINGLE, lines: watch, after: { on: 'ok', ...main } } : main,
    keysPerUnit: kit.keyDraws * (isWatched ? 1 : unit.size / lines.length),
    isWrite,
    needsWritten: spec.keys.distribution === 'latest' && !isWrite,
  }
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
    isWrite: operation.commands.some((command) => !isReadOnlyCommand(command)),
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
