import { z } from 'zod'
import { decimal, duration, integer, type ValueKind } from './value-kinds.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const EXPECTED_NAME = 'expected 1 to 64 characters from A-Z a-z 0-9 . _ -'
const EXPECTED_TEXT = 'expected name:duration:load, … with a load of 1000, 1000..5000 or 8c, or none'

export const SHORTEST_STAGE_MILLIS = 100
/** Longest list of stages: each boundary is looked at. */
const MOST_STAGES = 1000

const stageRate = decimal({ min: 0, max: 10_000_000 }).schema

/** The stages of a profile: `[{ name, duration, rate, ramp_to, concurrency }]`. */
export const stagesSchema = z
  .array(
    z.strictObject(
      {
        name: z.string({ error: EXPECTED_NAME }).regex(NAME, { error: EXPECTED_NAME }).optional(),
        duration: duration({ min: SHORTEST_STAGE_MILLIS, max: 31_536_000_000 }).schema,
        rate: stageRate.optional(),
        ramp_to: stageRate.optional(),
        concurrency: integer({ min: 0, max: 10_000_000 }).schema.optional(),
      },
      { error: 'expected a mapping with duration and rate or concurrency' },
    ),
    { error: 'expected a list of stages' },
  )
  .max(MOST_STAGES, { error: `expected at most ${MOST_STAGES} stages` })

/** A stage as it was written; an empty list is no stages, also where another source has some. */
export interface StageDraft {
  readonly name?: string
  readonly duration: number
  /** Commands per second at its beginning; without it, where the stage before it ended, or the target. */
  readonly rate?: number
  /** Commands per second at its end; without it, those of its beginning. */
  readonly ramp_to?: number
  readonly concurrency?: number
}

/** The same stages in one line, for flags and variables: `warm:30s:1000,climb:1m:1000..5000,off:10s:0`. */
export function stagesText(): ValueKind {
  const schema = z.string({ error: EXPECTED_TEXT }).transform((text, context) => {
    const written = text.trim() === 'none' ? [] : text.split(',').map((part) => parseStage(part))
    const complain = (message: string): never => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    if (written.includes(undefined)) return complain(`${EXPECTED_TEXT}; got ${JSON.stringify(text)}`)
    const result = stagesSchema.safeParse(written)
    if (result.success) return result.data
    const [issue] = result.error.issues
    const which = issue?.path[0] === undefined ? '' : `stage ${Number(issue.path[0]) + 1}: `
    return complain(`${which}${issue?.message ?? EXPECTED_TEXT}`)
  })
  return {
    schema,
    placeholder: '<stages>',
    write: (stages) => writeStages(stages as readonly StageDraft[] | null),
  }
}

/** As {@link stagesText} reads them. */
export function writeStages(stages: readonly StageDraft[] | null): string {
  const written = (stages ?? []).map(({ name = '', duration: length, rate, ramp_to: end, concurrency }) => {
    const rates = `${rate ?? ''}${end === undefined ? '' : `..${end}`}`
    return `${name}:${length}ms:${concurrency === undefined ? rates : `${concurrency}c`}`
  })
  return written.length === 0 ? 'none' : written.join(',')
}

const LOAD = /^(?:(?<rate>\d+(?:\.\d+)?)?(?:\.\.(?<end>\d+(?:\.\d+)?))?|(?<concurrency>\d+)c)$/

/** One stage of the text, its values still as written; the schema is the judge of them. */
function parseStage(text: string): Record<string, string> | undefined {
  const [name, length, load = '', ...rest] = text.trim().split(':')
  const groups = LOAD.exec(load.trim())?.groups
  if (name === undefined || length === undefined || groups === undefined || rest.length > 0) return undefined
  const { rate, end, concurrency } = groups
  return {
    ...(name === '' ? {} : { name }),
    duration: length,
    ...(rate === undefined ? {} : { rate }),
    ...(end === undefined ? {} : { ramp_to: end }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }
}
