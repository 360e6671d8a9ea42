import type { Call, CallTracker } from '../../src/model/call.ts'
import { FAILED, INDETERMINATE, OK, type Outcome } from '../../src/model/outcome.ts'
import type { MeasuredConnection } from '../../src/redis/measured-connection.ts'
import { MeasuredCommand } from '../../src/redis/measured-command.ts'
import type { Answer, Link } from './simulated-link.ts'
import type { SimulatedSocket } from './simulated-socket.ts'
import { Broken, type Trace } from './trace.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What a unit of a lane is known by before it is sent. */
export interface UnitFacts {
  readonly lane: LaneFacts
  readonly phase: number
  readonly dueAt: number
  readonly sentAt: number
  readonly isFollower: boolean
  readonly size: number
  readonly batchSeries: number
  filled: number
  remaining: number
  worst: Outcome
}

/** A lane as the witness knows it. */
export interface LaneFacts {
  readonly thread: number
  readonly isOwn: boolean
  readonly hasDueInstants: boolean
  readonly units: UnitFacts[]
  /** Nothing is counted any more. */
  isOver: boolean
  inFlight: number
}

/** One command: what is certain about it, apart from what the engine says. */
export interface CommandFacts {
  readonly id: number
  readonly unit: UnitFacts
  readonly series: number
  /** `null`: it was never handed to a connection. */
  readonly connection: number | null
  readonly owner: MeasuredConnection | null
  readonly socket: SimulatedSocket | null
  readonly wasWritable: boolean
  executed: number
  /** How often its request went into a socket; counted under the preset as-app. */
  written: number
  /** What the answer that reached the process says. */
  answered: Outcome | undefined
  /** An answer reached the process, late or not. */
  hasAnswer: boolean
  outcome: Outcome | undefined
  settledAt: number
  isExpired: boolean
}

/** Values of one histogram as the witness added them up. */
export interface Tally {
  readonly micros: number[]
}

/** What one series came to in one phase. */
export interface SeriesTally {
  readonly outcomes: [number, number, number]
  nil: number
  readonly serviceSuccess: Tally
  readonly serviceError: Tally
  readonly responseSuccess: Tally
  readonly responseError: Tally
}

/** Counts of one phase that the engine has to agree with. */
export interface PhaseTally {
  scheduled: number
  issued: number
  droppedMaxInFlight: number
  droppedLate: number
  unpacedSettled: number
  readonly startLag: Tally
  readonly series: SeriesTally[]
}

/**
 * Sees every command from outside of the engine: when it was made, whether the server ran it, which answer came back and
 * when, and what the engine made of it. Throws {@link Broken} at the first thing that cannot be.
 */
export class Witness implements CallTracker {
  readonly time: VirtualTime
  readonly trace: Trace
  readonly isMeasure: boolean
  readonly commandTimeoutMillis: number
  readonly commands: CommandFacts[] = []
  /** Handed to a connection and not settled. */
  readonly inFlight = new Set<CommandFacts>()
  readonly phases: readonly PhaseTally[]
  /** By thread, for what is shared out. */
  lateReplies = 0
  executions = 0
  duplicates = 0
  readonly errorAnswers = new Map<string, number>()
  #arrived: CommandFacts[] = []
  #filling: UnitFacts | undefined

  constructor(
    time: VirtualTime,
    trace: Trace,
    options: { readonly isMeasure: boolean; readonly commandTimeoutMillis: number; readonly series: number },
  ) {
    this.time = time
    this.trace = trace
    this.isMeasure = options.isMeasure
    this.commandTimeoutMillis = options.commandTimeoutMillis
    this.phases = [createPhaseTally(options.series), createPhaseTally(options.series)]
  }

  /** The lane has taken a unit from the workload. */
  began(unit: UnitFacts): void {
    unit.lane.units.push(unit)
    const tally = this.phases[unit.phase]!
    tally.scheduled += unit.size
    tally.droppedLate += unit.size
    this.#filling = unit
  }

  /** A command of the current unit. Returns its number. */
  filled(call: Call, series: number): number {
    const unit = this.#filling!
    const { time } = this
    const id = this.commands.length
    const isSent = call instanceof MeasuredCommand
    const tally = this.phases[unit.phase]!
    const owner = isSent ? (call.connection as MeasuredConnection) : null
    const redis = owner?.redis
    const socket = (redis?.stream ?? null) as SimulatedSocket | null
    const command: CommandFacts = {
      id,
      unit,
      series,
      connection: owner?.index ?? null,
      owner,
      socket,
      wasWritable: redis?.status === 'ready' && socket?.writable === true,
      executed: 0,
      written: 0,
      answered: undefined,
      hasAnswer: false,
      outcome: undefined,
      settledAt: Number.NaN,
      isExpired: false,
    }
    this.commands.push(command)
    tally.droppedLate--
    if (isSent) {
      tally.issued++
      this.inFlight.add(command)
      unit.lane.inFlight++
      if (unit.filled === 0 && !unit.isFollower && !unit.lane.isOwn && unit.lane.hasDueInstants)
        tally.startLag.micros.push((time.now - unit.dueAt) * 1000)
    } else tally.droppedMaxInFlight++
    unit.filled++
    this.trace.note(isSent ? 'send' : 'drop', id, command.connection ?? -1, time.now)
    return id
  }

  /** Requests that go into a socket. */
  wrote(text: string): void {
    if (this.isMeasure) return
    for (const [, id] of text.matchAll(/\$\d+\r\nk\d+\r\n\$\d+\r\n(\d+)\r\n/g))
      this.#command(Number(id)).written++
  }

  executed(id: number, at: number): void {
    const command = this.#command(id)
    command.executed++
    this.executions++
    if (command.executed > 1) this.duplicates++
    this.trace.note('run', id, command.executed, at)
    if (command.connection === null) throw new Broken('INV-1', `command ${id} was dropped and still ran`)
    if (this.isMeasure && command.executed > 1)
      throw new Broken('INV-5', `command ${id} ran twice under the preset measure`)
  }

  answerArrives(answer: Answer, link: Link): void {
    const command = this.#command(answer.id)
    this.trace.note(answer.error ?? 'ok', answer.id, link.id, this.time.now)
    const answered = answer.error === undefined ? OK : FAILED
    command.hasAnswer = true
    if (command.unit.lane.isOver) return
    if (command.outcome === undefined) {
      command.answered = answered
      this.#arrived.push(command)
      if (answer.error !== undefined) bump(this.errorAnswers, answer.error)
      if (answer.isNil) this.#series(command).nil++
    } else if (command.isExpired && answered === OK) this.lateReplies++
  }

  /** What arrived has been handed to the client: every command that it answered must be settled by now. */
  textArrived(): void {
    for (const command of this.#arrived)
      if (command.outcome === undefined)
        throw new Broken('INV-2', `command ${command.id} was answered and is not settled`)
    this.#arrived = []
  }

  /** From the engine, by way of the call. */
  settled(call: Call, outcome: Outcome): void {
    const command = this.#command(call.draw)
    const { now } = this.time
    this.trace.note('settled', command.id, outcome, now)
    if (command.outcome !== undefined)
      throw new Broken(
        'INV-3',
        `command ${command.id} was settled twice: ${command.outcome}, then ${outcome}`,
      )
    if (command.unit.lane.isOver) throw new Broken('INV-2', `command ${command.id} was settled after the end`)
    command.outcome = outcome
    command.settledAt = now
    if (command.connection === null) return
    this.inFlight.delete(command)
    command.unit.lane.inFlight--
    this.#judge(command, outcome, call.abandoned)
    command.isExpired = call.abandoned
    this.#tally(command, outcome, now)
  }

  #judge(command: CommandFacts, outcome: Outcome, isExpired: boolean): void {
    const { id, unit, answered, wasWritable, socket } = command
    const ageMillis = this.time.now - unit.sentAt
    const complain = (text: string): never => {
      throw new Broken('INV-2', `command ${id} ${text}`)
    }
    if (isExpired) {
      if (outcome !== INDETERMINATE) complain(`expired and is ${outcome}`)
      if (ageMillis < this.commandTimeoutMillis - 1e-9) complain(`expired after ${ageMillis} ms`)
      return
    }
    if (outcome === OK && answered !== OK) complain('is ok without an answer')
    if (outcome === FAILED && answered === undefined && wasWritable && this.isMeasure)
      complain('was sent, had no answer and is failed')
    if (outcome === INDETERMINATE) {
      if (this.isMeasure && !wasWritable) complain('was never written and is indeterminate')
      if (this.isMeasure && answered !== undefined) complain('was answered and is indeterminate')
      if (this.isMeasure && command.owner?.isClosing === true)
        complain('was lost because its connection was renewed')
      if (this.isMeasure && socket?.destroyed !== true) complain('is indeterminate on a living connection')
    }
    if (answered === OK && outcome !== OK) complain(`was answered and is ${outcome}`)
    if (answered === FAILED && outcome !== FAILED && this.isMeasure) complain(`failed and is ${outcome}`)
  }

  #tally(command: CommandFacts, outcome: Outcome, at: number): void {
    const { unit, series } = command
    const tally = this.phases[unit.phase]!
    this.#add(tally.series[series]!, unit, outcome, at)
    if (unit.lane.isOwn || unit.isFollower) tally.unpacedSettled++
    unit.worst = Math.max(unit.worst, outcome) as Outcome
    if (--unit.remaining === 0 && unit.batchSeries >= 0)
      this.#add(tally.series[unit.batchSeries]!, unit, unit.worst, at)
  }

  #add(series: SeriesTally, unit: UnitFacts, outcome: Outcome, at: number): void {
    series.outcomes[outcome]++
    const isOk = outcome === OK
    ;(isOk ? series.serviceSuccess : series.serviceError).micros.push((at - unit.sentAt) * 1000)
    if (unit.lane.hasDueInstants)
      (isOk ? series.responseSuccess : series.responseError).micros.push((at - unit.dueAt) * 1000)
  }

  #series(command: CommandFacts): SeriesTally {
    return this.phases[command.unit.phase]!.series[command.series]!
  }

  #command(id: number): CommandFacts {
    const command = this.commands[id]
    if (command === undefined) throw new Broken('INV-1', `nobody sent command ${id}`)
    return command
  }
}

function createPhaseTally(series: number): PhaseTally {
  const tally = (): Tally => ({ micros: [] })
  return {
    scheduled: 0,
    issued: 0,
    droppedMaxInFlight: 0,
    droppedLate: 0,
    unpacedSettled: 0,
    startLag: tally(),
    series: Array.from({ length: series }, () => ({
      outcomes: [0, 0, 0],
      nil: 0,
      serviceSuccess: tally(),
      serviceError: tally(),
      responseSuccess: tally(),
      responseError: tally(),
    })),
  }
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
