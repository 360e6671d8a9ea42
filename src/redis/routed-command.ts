import { classifyError, isReplyError } from './classify-error.ts'
import type { WireCommand } from './ioredis-internals.ts'
import type { MeasuredCommand } from './measured-command.ts'

const NO_ARGUMENTS: readonly never[] = []

/** A command as it was when its node sent it elsewhere: since then it is on its way, or done and in use again. */
export type Rerouted = Pick<MeasuredCommand, 'node' | 'phase' | 'series'>

/** Hears what the Cluster client does with a command besides answering it. */
export interface RoutingListener {
  /** The command goes to this node now. */
  answeredBy(node: number): void
  /**
   * The client sends the command again by itself. `code`: of the error that made it do so; `answered`: a node said so,
   * and therefore did not run it.
   */
  rerouted(command: Rerouted, code: number, answered: boolean): void
  /** The client gave up on it: whoever holds the slot should be asked for. */
  unroutable(): void
}

/**
 * What ioredis' Cluster is given for a measured command. It redirects a command by putting a function of its own in the
 * place of `reject`, once for each object; so there is a new one of these for each send, while the measured command is
 * used again.
 */
export class RoutedCommand implements WireCommand {
  readonly name: string
  readonly args = NO_ARGUMENTS
  readonly promise = undefined
  readonly callback = undefined
  readonly ignore = false
  readonly isTraced = true
  readonly inTransaction = false
  readonly pipelineIndex = undefined
  isResolved = false
  isSettled = false
  readonly command: MeasuredCommand
  readonly listener: RoutingListener
  reroute: ((error: Error) => void) | undefined
  /** A node has said that it did not run it: what is written next is no repetition. */
  isRedirected = false
  /** The error with which the client gave up. */
  lastError: Error | undefined
  /** The error reply that is being handled. */
  answer: Error | undefined

  constructor(command: MeasuredCommand, listener: RoutingListener) {
    this.name = command.name
    this.command = command
    this.listener = listener
  }

  /** `null`: any node will do. */
  getSlot(): number | null {
    return this.command.slot < 0 ? null : this.command.slot
  }

  getKeys(): readonly never[] {
    return NO_ARGUMENTS
  }

  setReplyContext(): void {}

  toWritable(): string {
    if (!this.isRedirected) return this.command.toWritable()
    this.isRedirected = false
    this.command.writes++
    return this.command.wire
  }

  resolve(reply: unknown): void {
    this.listener.answeredBy(this.command.node)
    this.command.resolve(reply)
  }

  /** What ioredis calls is what it has put here, with ours around it; what it keeps for the end is {@link giveUp}. */
  get reject(): (error: Error) => void {
    return this.reroute === undefined ? giveUp : routeError
  }

  set reject(reroute: (error: Error) => void) {
    this.reroute = reroute
  }
}

function routeError(this: RoutedCommand, error: Error): void {
  const { command, listener } = this
  const answered = isReplyError(error)
  const { writes, node, phase, series } = command
  if (answered) {
    listener.answeredBy(command.node)
    // This copy was not run; one before it, whose answer was lost, may have been.
    command.writes--
    this.isRedirected = true
  }
  const code = classifyError(error)
  this.answer = answered ? error : undefined
  this.reroute!(error)
  if (this.lastError === undefined || (answered && this.lastError !== error))
    listener.rerouted({ node, phase, series }, code, answered)
  else if (!answered && writes === 0) listener.unroutable()
}

function giveUp(this: RoutedCommand, error: Error): void {
  this.lastError = error
  // The last answer is an answer to a copy that was written.
  if (error === this.answer) this.command.writes++
  this.command.reject(error)
}
