/** A value of a fault's parameter, as the plan holds it: durations in milliseconds, commands as lists of words. */
export type FaultParameter = string | number | boolean | readonly string[]
export type FaultParameters = Readonly<Record<string, FaultParameter>>

/** One parameter of a fault, as a person writes it. */
export interface ParameterSpec {
  readonly type: 'duration' | 'integer' | 'number' | 'text' | 'choice' | 'toggle' | 'command' | 'nodes'
  readonly help: string
  /** In the unit of the plan; without one it is left out, or has to be given. */
  readonly default?: FaultParameter
  readonly required?: true
  /** Of numbers, and of durations in milliseconds. */
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  /** Of texts; without one, any line of at most 1000 characters. */
  readonly matching?: RegExp
  readonly expected?: string
}

/** A kind of fault: what may be said about it, and what people need to know of it. */
export interface FaultSpec {
  readonly help: string
  /** Acts on servers, processes or other people's connections, so that the user has to allow it. */
  readonly isDangerous: boolean | ((parameters: FaultParameters) => boolean)
  readonly takesShare: boolean
  /** Selector of the servers that it acts on unless the user says otherwise; `null` when it acts on none. */
  readonly on: string | null
  /** How long it lasts, milliseconds; `null`: it is over as soon as it is done. */
  readonly lasts: { readonly usual: number; readonly max: number } | null
  readonly parameters: Readonly<Record<string, ParameterSpec>>
  /** What is wrong with parameters that are right one by one. */
  readonly check?: (parameters: FaultParameters) => { parameter: string; message: string } | undefined
  /** For the documentation. */
  readonly needs: string
  readonly undo: string
  readonly seen: string
}

export const DAY_MILLIS = 86_400_000
