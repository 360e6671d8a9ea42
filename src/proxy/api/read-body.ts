import type { IncomingMessage } from 'node:http'
import type { ProxySpec } from '../../model/toxic.ts'
import { ApiError, badRequest, missingField } from '../api-error.ts'
import { asObject } from '../toxic-set.ts'

const LARGEST_BODY_BYTES = 1024 * 1024

/** The JSON of a request; an empty body is undefined. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > LARGEST_BODY_BYTES) throw new ApiError('request body too large', 413)
    parts.push(part)
  }
  const text = Buffer.concat(parts).toString()
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}

/** What of a proxy may be given, and of which type. */
const FIELDS = {
  name: 'string',
  listen: 'string',
  upstream: 'string',
  enabled: 'boolean',
  rewrite: 'string',
  group: 'string',
  protocol: 'string',
} as const
const WORDS = { rewrite: ['cluster', 'sentinel'], protocol: ['resp', 'tcp'] } as const

/** The given fields of a proxy; anything else in it is left out, as Toxiproxy does. */
export function readProxyFields(body: unknown): Partial<ProxySpec> {
  const given = asObject(body)
  const fields = Object.entries(FIELDS).flatMap(([name, type]) => {
    const value = given[name]
    if (value === undefined || value === null) return []
    if (typeof value !== type) throw badRequest(`${name} must be a ${type}`)
    return [[name, value] as const]
  })
  const found = Object.fromEntries(fields) as Partial<ProxySpec>
  for (const [name, words] of Object.entries(WORDS)) {
    const value = found[name as 'rewrite' | 'protocol']
    if (value !== undefined && !(words as readonly string[]).includes(value))
      throw badRequest(`${name} must be one of ${words.join(', ')}`)
  }
  return found
}

/** A proxy to be made; `at` says which of several, as in `name at proxy 2`. */
export function readProxySpec(body: unknown, at = ''): ProxySpec {
  const fields = readProxyFields(body)
  const { name = '', upstream = '' } = fields
  if (name === '') throw missingField(`name${at}`)
  if (upstream === '') throw missingField(`upstream${at}`)
  return { ...fields, name, upstream }
}
