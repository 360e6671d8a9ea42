import { createRandom, deriveSeed, type Random } from '../model/random.ts'
import type { Toxic, ToxicStream, ToxicType, ToxicValue } from '../model/toxic.ts'
import { ApiError, badRequest } from './api-error.ts'
import { readAttributes } from './attributes.ts'
import { attributeRulesOf, isToxicType } from './toxic-kinds.ts'

/** A toxic of one proxy. Its attributes are one object for its whole life: whoever holds it sees changes. */
export interface ActiveToxic {
  readonly name: string
  readonly type: ToxicType
  readonly stream: ToxicStream
  toxicity: number
  readonly attributes: Record<string, ToxicValue>
  /** For what is drawn for all connections together. */
  readonly random: Random
  /** How often it picked a command. */
  picked: number
  /** Whether it acts on the connection with this number: the same answer each time, also when the toxicity changes. */
  strikes(connection: number): boolean
  /** Randomness of its own for one connection. */
  randomOf(connection: number): Random
}

export interface ToxicSet {
  /** In the order in which they were added. */
  readonly all: readonly ActiveToxic[]
  get(name: string): ActiveToxic
  /** Reads and adds one; the body is of Toxiproxy's form. */
  add(body: unknown): ActiveToxic
  update(name: string, body: unknown): ActiveToxic
  remove(name: string): ActiveToxic
}

const STREAMS = new Set(['upstream', 'downstream'])
const LONGEST_NAME = 200

/** The toxics of one proxy; `seed` decides which connections they act on. */
export function createToxicSet(seed: number): ToxicSet {
  const toxics: ActiveToxic[] = []
  let made = 0
  const find = (name: string): ActiveToxic => {
    const found = toxics.find((toxic) => toxic.name === name)
    if (found === undefined) throw new ApiError('toxic not found', 404)
    return found
  }
  return {
    all: toxics,
    get: find,
    add(body) {
      const fields = readFields(body)
      const { type, stream } = fields
      if (!STREAMS.has(stream))
        throw new ApiError('stream was invalid, can be either upstream or downstream', 400)
      if (!isToxicType(type)) throw new ApiError('invalid toxic type', 400)
      if (toxics.some(({ name }) => name === fields.name)) throw new ApiError('toxic already exists', 409)
      const attributes = readAttributes(attributeRulesOf(type), fields.attributes)
      const own = deriveSeed(seed, made++)
      const toxic: ActiveToxic = {
        name: fields.name,
        type,
        stream: stream as ToxicStream,
        toxicity: fields.toxicity,
        attributes,
        random: createRandom(own),
        picked: 0,
        strikes: (connection) => createRandom(deriveSeed(own, 0, connection)).next() < toxic.toxicity,
        randomOf: (connection) => createRandom(deriveSeed(own, 1, connection)),
      }
      toxics.push(toxic)
      return toxic
    },
    update(name, body) {
      const toxic = find(name)
      const { attributes, toxicity } = asObject(body)
      const rules = attributeRulesOf(toxic.type)
      const changed = readAttributes(rules, attributes, toxic.attributes)
      toxic.toxicity = readToxicity(toxicity, toxic.toxicity)
      Object.assign(toxic.attributes, changed)
      return toxic
    },
    remove(name) {
      const toxic = find(name)
      toxics.splice(toxics.indexOf(toxic), 1)
      return toxic
    },
  }
}

export function describeToxic({ attributes, name, type, stream, toxicity }: ActiveToxic): Toxic {
  return { attributes, name, type, stream, toxicity }
}

interface Fields {
  readonly name: string
  readonly type: string
  readonly stream: string
  readonly toxicity: number
  readonly attributes: unknown
}

function readFields(body: unknown): Fields {
  const { type = '', stream = 'downstream', name, toxicity, attributes } = asObject(body)
  if (typeof type !== 'string' || typeof stream !== 'string')
    throw badRequest('type and stream must be texts')
  if (name !== undefined && name !== null && typeof name !== 'string') throw badRequest('name must be a text')
  if ((name?.length ?? 0) > LONGEST_NAME) throw badRequest('name is too long')
  return {
    name: name === undefined || name === null || name === '' ? `${type}_${stream}` : name,
    type,
    stream,
    toxicity: readToxicity(toxicity, 1),
    attributes,
  }
}

function readToxicity(given: unknown, otherwise: number): number {
  if (given === undefined || given === null) return otherwise
  if (typeof given !== 'number' || !Number.isFinite(given)) throw badRequest('toxicity must be a number')
  return given
}

/** A JSON object; anything else is a bad request. */
export function asObject(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('it must be an object')
  return body as Record<string, unknown>
}
