import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { CommandBook } from '../model/command-book.ts'
import type { ScriptPlan } from '../model/plan.ts'
import { extendProfile } from './extend-profile.ts'
import { findProfile } from './find-profile.ts'
import {
  asUsageError,
  partsOn,
  type Placed,
  type PlacedProblem,
  placeOf,
  placeOfKey,
  plainOf,
  type SourceFile,
} from './placed.ts'
import { type ParsedProfile, profileSchema } from './profile-schema.ts'
import { readScripts } from './scripts.ts'
import { suggest } from './suggest.ts'

const DANGEROUS_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** What reading a profile needs to know of the rest. */
export interface ProfileContext {
  readonly commands: CommandBook
  /** Folder of the profiles that come with the tool. */
  readonly workloadsFolder: string
}

/** A profile, with everything it inherits and its scripts, and where each value stands. */
export interface Profile {
  readonly value: ParsedProfile
  /** By the number of the operation that calls it. */
  readonly scripts: ReadonlyMap<number, ScriptPlan>
  readonly context: ProfileContext
  /** `file:line:column` of the value at a dotted path. */
  locate(path: string): string
}

/** Parses and checks a profile that is called so. */
export function parseProfile(text: string, fileName: string, context: ProfileContext): Profile {
  return readProfile({ text, fileName, folder: dirname(resolve(fileName)) }, context)
}

/**
 * Parses and checks a profile and what it names. Every problem is in the one `UsageError`, with path, line and a hint.
 */
export function readProfile(file: SourceFile, context: ProfileContext): Profile {
  const root = extendProfile(file, (nameOrPath, from) =>
    findProfile(nameOrPath, context.workloadsFolder, from),
  )
  const schema = profileSchema(context.commands)
  const result = schema.safeParse(plainOf(root))
  const scripts = readScripts(root)
  const issues = result.success ? [] : result.error.issues.flatMap((issue) => describe(issue, root, schema))
  const problems = [...issues, ...scripts.problems]
  if (problems.length > 0) throw asUsageError(problems)
  return {
    value: result.data as ParsedProfile,
    scripts: scripts.found,
    context,
    locate: (path) => placeOf(root, path.split('.')).shown,
  }
}

function describe(issue: z.core.$ZodIssue, root: Placed, schema: z.ZodType): PlacedProblem[] {
  const path = issue.path
  if (issue.code !== 'unrecognized_keys')
    return [{ path: path.join('.'), place: placeOf(root, path), message: messageOf(issue, root) }]
  const known = keysAt(schema, path, plainOf(root))
  return issue.keys.map((key) => {
    const hint = DANGEROUS_KEYS.has(key) ? undefined : suggest(key, known)
    return {
      path: [...path, shownKey(key)].join('.'),
      place: placeOfKey(root, path, key),
      message: 'unknown key',
      hint: hint ?? `known here: ${known.join(', ')}`,
    }
  })
}

/** A key of any length, with anything in it, as a part of one line. */
function shownKey(key: string): string {
  return /^[\x21-\x7e]{1,100}$/.test(key) ? key : JSON.stringify(key.slice(0, 100))
}

function messageOf({ path, message }: z.core.$ZodIssue, root: Placed): string {
  const isThere = partsOn(root, path).length === path.length
  return `${isThere ? '' : 'missing: '}${message.split('\n')[0]!}`
}

/** Keys that the schema knows at a path of a value. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  let current: unknown = schema
  let part = value
  for (const step of path) {
    current = descend(unwrap(current, part), step)
    part = (part as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step]
  }
  const object = unwrap(current, part)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function descend(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodArray) return schema.element
  return schema instanceof z.ZodObject ? schema.shape[String(step)] : undefined
}

/** What is below an optional schema, or the one of several that a value is of. */
function unwrap(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap(), value)
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema
  const { discriminator } = schema.def
  const kind = (value as Readonly<Record<string, unknown>> | null | undefined)?.[discriminator]
  const options = schema.options as readonly unknown[]
  return options.find(
    (option) =>
      option instanceof z.ZodObject && (option.shape[discriminator] as z.ZodType).safeParse(kind).success,
  )
}
