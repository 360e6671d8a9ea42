import { readWord } from './request.ts'

/** What happens to a reply instead of being handed on. */
export interface ChangedReply {
  /** What the client gets in its place. */
  readonly bytes: Buffer
  /** `hold`: the client gets nothing more on this connection. */
  readonly action: 'go-on' | 'close' | 'reset' | 'hold'
}

/** A request whose replies have not come yet. */
export interface Pending {
  readonly name: string
  readonly next: string
  /** How many replies are to come; subscriptions have one for each channel. */
  left: number
  /** Ours; the server was not asked. */
  readonly answer: Buffer | undefined
  /** Looks at the first bytes of a reply; undefined when it stays as it is. */
  readonly change: ((head: Buffer) => ChangedReply | undefined) | undefined
  /** Its reply was read and is about to be handed on. */
  readonly onReply: ((isError: boolean) => void) | undefined
}

const [STAR, PUSH, MINUS, PLUS] = [0x2a, 0x3e, 0x2d, 0x2b]
const SUBSCRIPTIONS = new Set([
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
])
const MESSAGES = new Set([...SUBSCRIPTIONS, 'message', 'pmessage', 'smessage'])

export function isSubscription(name: string): boolean {
  return SUBSCRIPTIONS.has(name)
}

/** What a connection is doing, as far as it decides which replies answer a request. */
export interface ReplyMode {
  resp: 2 | 3
  hasSubscribed: boolean
  isMonitoring: boolean
}

/** Whether this reply answers the oldest request, or comes of its own accord. */
export function answersRequest(head: Buffer, oldest: Pending | undefined, mode: ReplyMode): boolean {
  if (oldest === undefined) return false
  const type = head[0]
  if (isSubscription(oldest.name)) return type === MINUS || firstWord(head) === oldest.name
  if (type === PUSH) return false
  if (type === STAR && mode.hasSubscribed && mode.resp === 2) return !MESSAGES.has(firstWord(head))
  // A line of MONITOR begins with the time.
  return !(mode.isMonitoring && type === PLUS && head[1]! >= 0x30 && head[1]! <= 0x39)
}

/** The first word of an array or push, lower case. */
function firstWord(head: Buffer): string {
  if (head[0] !== STAR && head[0] !== PUSH) return ''
  return readWord(head, head.indexOf(0x0a) + 1).word
}

export function isError(head: Buffer): boolean {
  return head[0] === MINUS
}
