import { errorCodeIndex } from '../model/error-codes.ts'
import { INDETERMINATE } from '../model/outcome.ts'
import { classifyError, isReplyError } from './classify-error.ts'
import type { WireCommand } from './ioredis-internals.ts'
import { type MeasuredCommand, outcomeOf } from './measured-command.ts'
import { PlainCommand } from './plain-command.ts'

const UNEXPECTED = errorCodeIndex('unexpected_reply')
const CONFLICT = errorCodeIndex('watch_conflict')
const REQUEST = { MULTI: '*1\r\n$5\r\nMULTI\r\n', EXEC: '*1\r\n$4\r\nEXEC\r\n' } as const

/** MULTI or EXEC around the commands of a transaction. Not an operation: it is counted for the audit only. */
function frameCommand(
  name: 'MULTI' | 'EXEC',
  pipelineIndex: number,
  onReply: (reply: unknown) => void,
  onError: (error: Error) => void,
): PlainCommand {
  const request = REQUEST[name]
  return new PlainCommand({
    name: name.toLowerCase(),
    inTransaction: true,
    pipelineIndex,
    request: () => request,
    onReply,
    onError,
  })
}

/**
 * The MULTI and EXEC of one transaction. Its commands settle when EXEC does, because only then is it known what
 * became of them: EXEC's reply holds one result, or one error, for each.
 */
export class TransactionFrame {
  readonly multi: WireCommand
  readonly exec: PlainCommand
  readonly #commands: readonly MeasuredCommand[]
  #multiCode = 0

  constructor(commands: readonly MeasuredCommand[]) {
    this.#commands = commands
    this.multi = frameCommand(
      'MULTI',
      0,
      () => {},
      (error) => (this.#multiCode = classifyError(error)),
    )
    this.exec = frameCommand(
      'EXEC',
      commands.length + 1,
      (reply) => this.#executed(reply),
      (error) => this.#rejected(error),
    )
  }

  #executed(reply: unknown): void {
    const outcome = outcomeOf(true, this.exec.writes)
    if (reply === null) {
      // A watched key had changed: nothing was run.
      for (const command of this.#commands) command.settle(outcome, CONFLICT)
      return
    }
    if (!Array.isArray(reply) || reply.length !== this.#commands.length) {
      for (const command of this.#commands) command.settle(INDETERMINATE, UNEXPECTED)
      return
    }
    const results = reply as unknown[]
    for (const [index, command] of this.#commands.entries()) {
      const result = results[index]
      if (result instanceof Error) command.settle(outcome, classifyError(result))
      else command.answer(result)
    }
  }

  /** EXECABORT: the command whose queueing failed has the cause, the others share it. Otherwise the answer is lost. */
  #rejected(error: Error): void {
    const answered = isReplyError(error)
    const aborted = errorCodeIndex('EXECABORT')
    const code = classifyError(error)
    if (!answered && this.exec.writes > 0) this.#commands[0]!.connection.noteLost(this.#commands[0]!)
    for (const command of this.#commands) {
      const own = command.queueingCode > 0 ? command.queueingCode : this.#multiCode
      const outcome = outcomeOf(answered, this.exec.writes)
      command.settle(outcome, answered && code === aborted && own > 0 ? own : code)
    }
  }
}
