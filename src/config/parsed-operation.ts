import type { CommandBook } from '../model/command-book.ts'
import type { BatchPlan } from '../model/plan.ts'

/** An operation as the schema gives it. */
export interface ParsedOperation {
  /** Upper-case. */
  readonly name?: string
  readonly command?: string
  readonly commands?: readonly string[]
  readonly script?: string
  readonly function?: string
  readonly call?: string
  readonly keys?: readonly string[]
  readonly args?: readonly string[]
  readonly weight?: number
  readonly target_ops_per_second?: number
  readonly pipeline?: number | boolean
  readonly transaction?: number | boolean
  readonly watch?: readonly string[]
  readonly connections?: number
  readonly on_nil?: string
}

/** The commands that a profile gives an operation. */
export function ownCommands({ command, commands = [] }: ParsedOperation): readonly string[] {
  return command === undefined ? commands : [command, ...commands]
}

/** Its name, or what the command book calls its first command. */
export function labelOf(operation: ParsedOperation, book: CommandBook): string {
  if (operation.name !== undefined) return operation.name
  if (operation.script !== undefined) return 'EVALSHA'
  if (operation.function !== undefined) return 'FCALL'
  return book.nameOf(ownCommands(operation)[0] ?? '')
}

/** The pipeline or transaction of its own. */
export function ownBatch({ pipeline = false, transaction = false }: ParsedOperation): BatchPlan {
  if (transaction !== false) return { kind: 'transaction', size: Number(transaction) }
  return pipeline === false ? { kind: 'none', size: 1 } : { kind: 'pipeline', size: Number(pipeline) }
}

/** A command template of arguments that are templates each. */
export function scriptCommand(command: string, templates: readonly string[]): string {
  return [command, ...templates.map(asArgument)].join(' ')
}

/** One argument: what stands between its placeholders is quoted where a template would read something else into it. */
export function asArgument(template: string): string {
  if (template === '') return '""'
  return template
    .split(/(\{\{|\}\}|\{[^}]*\})/)
    .map((piece, index) =>
      index % 2 === 1 || !/^[^{}]*[\s"'\\()][^{}]*$/.test(piece)
        ? piece
        : `"${piece.replaceAll(/["\\]/g, '\\$&')}"`,
    )
    .join('')
}
