import { NOTIFICATIONS, type Notification } from '../model/maintenance.ts'

/** What a push frame says of a maintenance, as far as it can be understood. */
export interface ParsedNotification {
  readonly notification: Notification
  readonly sequence: number
  /** `null` when it names none. */
  readonly timeMillis: number | null
  readonly endpoint: string | null
  readonly subject: string
  /** It has the fields that are expected of its kind, and no others. */
  readonly isRegular: boolean
}

const LONGEST_TEXT = 200
const DEEPEST = 4
const LONGEST_NUMBER = 15
const MICROS_PER_SECOND = 1e6

type Field = 'time' | 'endpoint' | 'subject'

/** What follows the name and the sequence number. */
const FIELDS: Readonly<Record<Notification, readonly Field[]>> = {
  MOVING: ['time', 'endpoint'],
  MIGRATING: ['time', 'subject'],
  MIGRATED: ['subject'],
  FAILING_OVER: ['time', 'subject'],
  FAILED_OVER: ['subject'],
  SMIGRATING: ['subject'],
  SMIGRATED: ['subject'],
}

/**
 * Reads a push frame as ioredis decodes it: texts are buffers. The payloads were never published, and those that were
 * measured differ from the prose (StackExchange.Redis#3191), so only what acts has to be there: the sequence number, and
 * the time of MOVING. Never throws. `unknown`: it is about something else.
 */
export function parseNotification(frame: readonly unknown[]): ParsedNotification | 'unknown' | 'malformed' {
  const name = textOf(frame[0])?.toUpperCase()
  const notification = NOTIFICATIONS.find((known) => known === name)
  if (notification === undefined) return 'unknown'
  const sequence = numberOf(frame[1])
  const fields = FIELDS[notification]
  const valueOf = (field: Field): unknown =>
    fields.includes(field) ? frame[2 + fields.indexOf(field)] : null
  const seconds = numberOf(valueOf('time'))
  const isUsable = notification !== 'MOVING' || seconds !== undefined
  if (sequence === undefined || !Number.isInteger(sequence) || !isUsable) return 'malformed'
  return {
    notification,
    sequence,
    timeMillis: seconds === undefined ? null : Math.round(seconds * MICROS_PER_SECOND) / 1000,
    endpoint: printable(textOf(valueOf('endpoint')) ?? '') || null,
    subject: printable(describe(valueOf('subject'), DEEPEST)),
    isRegular:
      frame.length === 2 + fields.length && fields.every((field) => IS_REGULAR[field](valueOf(field))),
  }
}

/** What a field should be. A place to move to may be left open. */
const IS_REGULAR: Readonly<Record<Field, (value: unknown) => boolean>> = {
  time: (value) => numberOf(value) !== undefined,
  endpoint: (value) => value === null || textOf(value) !== undefined,
  subject: (value) => describe(value, DEEPEST) !== '',
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? Buffer.from(value.subarray(0, 4 * LONGEST_TEXT)).toString() : undefined
}

/** A number of zero or more, also one that is spelled out. */
function numberOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : textOf(value)
  return text !== undefined && text.length <= LONGEST_NUMBER && /^\d+(?:\.\d+)?$/.test(text)
    ? Number(text)
    : undefined
}

/** Lists are taken apart: the entries of a triplet stay together, triplets are separated. */
function describe(value: unknown, depth: number): string {
  if (!Array.isArray(value)) return textOf(value) ?? (typeof value === 'number' ? String(value) : '')
  if (depth === 0) return ''
  let text = ''
  for (const part of value as readonly unknown[]) {
    const next = describe(part, depth - 1)
    if (next === '') continue
    text += text === '' ? next : `${Array.isArray(part) ? '; ' : ' '}${next}`
    if (text.length > LONGEST_TEXT) break
  }
  return text
}

/** A server's words on their way to a terminal and to files. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, LONGEST_TEXT)
}
