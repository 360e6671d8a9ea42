import { z } from 'zod'
import { FAULT_CATALOGUE, FAULT_KINDS, type FaultKind } from '../model/fault-catalogue.ts'
import type { FaultParameters, FaultSpec, ParameterSpec } from '../model/fault-catalogue/fault-spec.ts'
import { isNodeSelector, SELECTOR_EXPECTED } from '../model/node-selector.ts'
import type { FaultPlan } from '../model/fault-plan.ts'
import { annotated, writtenAs } from './input-form.ts'
import { choice, decimal, duration, integer, ratio, toggle, checked } from './value-kinds.ts'

const LONGEST_TEXT = 1000
const MOST_WORDS = 100
const SHORTEST_PERIOD_MILLIS = 100
/** More would be a load of its own. */
const MOST_FAULTS = 1000
// oxlint-disable-next-line no-control-regex -- it is shown, and it goes to servers
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/

const nodes = checked('<servers>', SELECTOR_EXPECTED, { type: 'string' }, (input) =>
  isNodeSelector(String(input).toLowerCase()) ? String(input).toLowerCase() : undefined,
).schema

const COMMAND_EXPECTED = 'expected a command as a list of words, or as a text with spaces between them'

/** A list of words, or a text that is taken apart at its spaces; quotes mean nothing, as there is no shell. */
const command = writtenAs(
  z.union([z.string(), z.array(z.string())], { error: COMMAND_EXPECTED }).transform((input, context) => {
    const words = typeof input === 'string' ? input.split(' ').filter((word) => word !== '') : input
    const isFine = words.length > 0 && words.length <= MOST_WORDS && words[0] !== ''
    if (isFine && !words.some((word) => word.length > LONGEST_TEXT || word.includes('\0'))) return words
    context.addIssue({ code: 'custom', message: COMMAND_EXPECTED })
    return z.NEVER
  }),
  { type: ['string', 'array'], items: { type: 'string' } },
)

function text({ matching, expected = 'one line of text' }: ParameterSpec): z.ZodType {
  return checked('<text>', expected, { type: ['string', 'number', 'boolean'] }, (input) => {
    const value = String(input)
    const isLine = value.length <= LONGEST_TEXT && !CONTROL_CHARACTER.test(value)
    return isLine && (matching === undefined || matching.test(value)) ? value : undefined
  }).schema
}

const SCHEMAS: Readonly<Record<ParameterSpec['type'], (spec: ParameterSpec) => z.ZodType>> = {
  duration: (spec) => duration(rangeOf(spec)).schema,
  integer: (spec) => integer(rangeOf(spec)).schema,
  number: (spec) => decimal(rangeOf(spec)).schema,
  text,
  choice: ({ choices = [] }) => choice(choices).schema,
  toggle: () => toggle().schema,
  command: () => command,
  nodes: () => nodes,
}

function rangeOf({ min, max }: ParameterSpec): { min?: number; max?: number } {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

/** What a fault may say of when and where, besides its own parameters. */
function commonOf(spec: FaultSpec, isPlanned: boolean): Record<string, z.ZodType> {
  const times = {
    at: duration().schema.optional(),
    every: duration({ min: SHORTEST_PERIOD_MILLIS }).schema.optional(),
    jitter: duration().schema.optional(),
  }
  return {
    ...(isPlanned ? times : {}),
    ...(spec.lasts === null ? {} : { for: duration({ min: 1, max: spec.lasts.max }).schema.optional() }),
    ...(spec.takesShare ? { share: ratio().schema.optional() } : {}),
    ...(spec.on === null ? {} : { on: nodes.optional() }),
  }
}

function schemaOf(kind: FaultKind, isPlanned: boolean): z.ZodType {
  const spec = FAULT_CATALOGUE[kind]
  const own = Object.entries(spec.parameters).map(([name, parameter]) => {
    const schema = SCHEMAS[parameter.type](parameter)
    const described = annotated(parameter.required === true ? schema : schema.optional(), {
      description: parameter.help,
    })
    return [name, described] as const
  })
  const spellings = [...new Set([kind, kind.replaceAll('-', '_')])] as [string, ...string[]]
  return z.strictObject(
    { kind: z.literal(spellings), ...commonOf(spec, isPlanned), ...Object.fromEntries(own) },
    { error: 'expected a mapping' },
  )
}

type Options = [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]

function unionOf(isPlanned: boolean): z.ZodType {
  const options = FAULT_KINDS.map((kind) => schemaOf(kind, isPlanned)) as unknown as Options
  const one = z.discriminatedUnion('kind', options, {
    error: ({ input }) =>
      typeof input === 'object' && input !== null
        ? `expected one of ${FAULT_KINDS.join(', ')}, got ${JSON.stringify((input as Partial<ParsedFault>).kind) ?? 'nothing'}`
        : 'expected a mapping',
  })
  return one.superRefine((fault, context) => {
    const { kind, ...given } = fault as ParsedFault
    const problem = FAULT_CATALOGUE[kindOf(kind)].check?.(parametersOf(kindOf(kind), given))
    if (problem !== undefined)
      context.addIssue({ code: 'custom', path: [problem.parameter], message: problem.message })
  })
}

/** The faults of a profile, each as its kind allows. */
export const faultsSchema = z
  .array(unionOf(true), { error: 'expected a list of faults' })
  .max(MOST_FAULTS, { error: `expected at most ${MOST_FAULTS} faults` })

/** A fault that somebody asks for while a run goes on: it begins at once. */
export const liveFaultSchema = unionOf(false)

/** A fault as the schema gives it: values in the unit of the plan, absent where the file is silent. */
export interface ParsedFault {
  readonly kind: string
  readonly [parameter: string]: unknown
}

function kindOf(kind: string): FaultKind {
  return kind.replaceAll('_', '-') as FaultKind
}

/** The parameters of its kind, with defaults for what is not said. */
function parametersOf(kind: FaultKind, given: Readonly<Record<string, unknown>>): FaultParameters {
  const entries = Object.entries(FAULT_CATALOGUE[kind].parameters).map(
    ([name, spec]) => [name, given[name] ?? spec.default] as const,
  )
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as FaultParameters
}

export function toFaultPlan(fault: ParsedFault): FaultPlan {
  const kind = kindOf(fault.kind)
  const spec = FAULT_CATALOGUE[kind]
  // A kind may have a parameter of its own that is called as one of all.
  const common = (name: string): number | undefined =>
    spec.parameters[name] === undefined ? (fault[name] as number | undefined) : undefined
  return {
    kind,
    at_ms: common('at') ?? common('every') ?? 0,
    every_ms: common('every') ?? null,
    jitter_ms: common('jitter') ?? 0,
    for_ms: spec.lasts === null ? null : (common('for') ?? spec.lasts.usual),
    share: common('share') ?? 1,
    on: spec.on === null ? null : ((fault['on'] as string | undefined) ?? spec.on),
    params: parametersOf(kind, fault),
  }
}
