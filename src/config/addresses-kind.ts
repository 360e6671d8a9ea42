import { z } from 'zod'
import { writtenAs } from './input-form.ts'
import type { ValueKind } from './value-kinds.ts'

const MOST = 1000
/** A name, an IPv4 address, or an IPv6 address in brackets; then a port. */
const ADDRESS = /^(?:\[[\da-f:.]+\]|[\w.-]{1,253}):(\d{1,5})$/
const LARGEST_PORT = 65_535
const EXPECTED = 'expected servers as host:port with commas in between'

/** Servers as `host:port`, as a list or with commas in between; an empty one is none. */
export function addresses(): ValueKind {
  const schema = z
    .union([z.string(), z.array(z.string())], { error: EXPECTED })
    .transform((input, context) => {
      const given = typeof input === 'string' ? input.split(',') : input
      const list = given.map((address) => address.trim().toLowerCase()).filter((address) => address !== '')
      if (list.length <= MOST && list.every(isAddress)) return [...new Set(list)]
      context.addIssue({ code: 'custom', message: `${EXPECTED}, got ${JSON.stringify(input)}` })
      return z.NEVER
    })
  const form = { type: ['string', 'array'], items: { type: 'string' } }
  return {
    schema: writtenAs(schema, form),
    placeholder: '<host:port>',
    write: (value) => (value as readonly string[]).join(','),
  }
}

function isAddress(text: string): boolean {
  const port = Number(ADDRESS.exec(text)?.[1] ?? 0)
  return port >= 1 && port <= LARGEST_PORT
}
