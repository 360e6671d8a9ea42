import { z } from 'zod'
import { parseAddress } from '../model/address.ts'
import { writtenAs } from './input-form.ts'
import type { ValueKind } from './value-kinds.ts'

/** `host:port` with commas in between; a host with colons in brackets. Kept as texts of that form. */
export function addresses(defaultPort: number): ValueKind {
  const expected = 'addresses such as 10.0.0.1:7000,10.0.0.2:7000'
  return listKind('<addresses>', expected, (part) => parseAddress(part, defaultPort)?.text)
}

/** `10.0.0.1:6379=127.0.0.1:7001,…`: what nodes say of themselves, and where they are reached from here. */
export function addressMap(): ValueKind {
  const expected = 'pairs of addresses such as 10.0.0.1:6379=127.0.0.1:7001'
  return listKind('<from=to>', expected, (part) => {
    const [from, to, ...more] = part.split('=').map((side) => parseAddress(side.trim())?.text)
    return from === undefined || to === undefined || more.length > 0 ? undefined : `${from}=${to}`
  })
}

/** A list, or a text with commas in between (semicolons come from a flag that was repeated); empty for nothing. */
function listKind(
  placeholder: string,
  expected: string,
  parse: (part: string) => string | undefined,
): ValueKind {
  const schema = z
    .union([z.string(), z.array(z.string())], { error: `expected ${expected}` })
    .transform((input, context) => {
      const parts = typeof input === 'string' ? input.split(/[,;]/) : input
      const parsed = parts.map((part) => part.trim()).filter((part) => part !== '')
      const list = parsed.map((part) => parse(part))
      if (!list.includes(undefined)) return list
      context.addIssue({ code: 'custom', message: `expected ${expected}, got ${JSON.stringify(input)}` })
      return z.NEVER
    })
  const form = { type: ['string', 'array'], items: { type: 'string' } }
  const write = (value: unknown): string => (value as readonly string[]).join(',')
  return { schema: writtenAs(schema, form), placeholder, write }
}
