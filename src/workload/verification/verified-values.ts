import type { ValuesPlan } from '../../model/plan.ts'
import { createRandom, deriveSeed } from '../../model/random.ts'
import { randomText, SPARE_BYTES } from '../values.ts'

/** Widths of the parts of a label, `4fz0q1:00000017:0000000003:0c1m9xk`, which have a character in between. */
const NONCE = 6
const REGISTER = 8
const SEQUENCE = 10
const CHECK = 7
const REGISTER_AT = NONCE + 1
const SEQUENCE_AT = REGISTER_AT + REGISTER + 1
const CHECK_AT = SEQUENCE_AT + SEQUENCE + 1
const LABEL_BYTES = CHECK_AT + CHECK

const FEW_BYTES = 200
const COLON = 0x3a
const ZERO = 0x30
const LETTER_A = 0x61

/** What surrounds the label and the body, so that a JSON value stays one. */
const FRAMES = {
  random: { open: '', middle: ':', close: '' },
  compressible: { open: '', middle: ':', close: '' },
  json: { open: '{"check":"', middle: '","text":"', close: '"}' },
} as const satisfies Record<ValuesPlan['kind'], unknown>

/** What a value is, if it is not one that was written to its key: ours but damaged, not of this run, or of another key. */
export const DAMAGED = -1
export const NOT_OURS = -2
export const OF_ANOTHER_KEY = -3

/** The smallest value that has room for its label. */
export function leastVerifiedBytes(kind: ValuesPlan['kind']): number {
  const { open, middle, close } = FRAMES[kind]
  return open.length + LABEL_BYTES + middle.length + close.length
}

export interface VerifiedSpec extends Pick<ValuesPlan, 'kind' | 'compressibility'> {
  readonly largestBytes: number
  /** Of the run: what the bodies are. The same for all threads. */
  readonly seed: number
  /** Of this start of the run alone, 32 bits. */
  readonly nonce: number
}

/**
 * Values that say what they are: each begins with a label of its run, its register, its sequence and a check over those
 * and its length; its body is a piece of a long text that the check chooses. So a value that was read can be made again
 * and compared byte for byte.
 */
export class VerifiedValues {
  readonly #frame: { readonly open: string; readonly middle: string; readonly close: string }
  readonly #least: number
  readonly #randomShare: number
  readonly #nonce: number
  readonly #label = Buffer.alloc(LABEL_BYTES, ':')
  readonly #text: string
  readonly #blank: string
  readonly #bytes: { readonly text: Buffer; readonly blank: Buffer }

  constructor({ kind, compressibility, largestBytes, seed, nonce }: VerifiedSpec) {
    this.#frame = FRAMES[kind]
    this.#least = leastVerifiedBytes(kind)
    this.#randomShare = kind === 'compressible' ? 1 - compressibility : 1
    this.#nonce = nonce | 0
    this.#text = randomText(largestBytes + SPARE_BYTES, createRandom(deriveSeed(seed, 8)))
    this.#blank = kind === 'compressible' ? ' '.repeat(largestBytes) : ''
    this.#bytes = { text: Buffer.from(this.#text, 'latin1'), blank: Buffer.from(this.#blank) }
    writeBase36(this.#label, 0, NONCE, nonce % 36 ** NONCE)
  }

  compose(register: number, sequence: number, sizeBytes: number): string {
    const label = this.#label
    const check = this.#checkOf(register, sequence, sizeBytes)
    writeDecimal(label, REGISTER_AT, REGISTER, register)
    writeDecimal(label, SEQUENCE_AT, SEQUENCE, sequence >>> 0)
    writeBase36(label, CHECK_AT, CHECK, check)
    const body = sizeBytes - this.#least
    const random = Math.round(body * this.#randomShare)
    const which = check % SPARE_BYTES
    const { open, middle, close } = this.#frame
    const text = open + label.toString('latin1') + middle + this.#text.slice(which, which + random)
    return random === body ? text + close : text + this.#blank.slice(0, body - random) + close
  }

  /** The sequence (0 to 2^32 - 1) of a value that was read from the key of a register, or what is wrong with it. */
  examine(value: Buffer, register: number): number {
    const { open, middle } = this.#frame
    const at = open.length
    if (value.length < this.#least) return NOT_OURS
    if (!hasBytes(value, at, this.#label, 0, NONCE)) return NOT_OURS
    if (!this.#isFramed(value)) return DAMAGED
    const owner = readDecimal(value, at + REGISTER_AT, REGISTER)
    const sequence = readDecimal(value, at + SEQUENCE_AT, SEQUENCE)
    if (owner < 0 || sequence < 0 || sequence >= 2 ** 32) return DAMAGED
    const check = this.#checkOf(owner, sequence | 0, value.length)
    if (!isBase36(value, at + CHECK_AT, CHECK, check)) return DAMAGED
    if (!this.#hasBody(value, at + LABEL_BYTES + middle.length, check % SPARE_BYTES)) return DAMAGED
    return owner === register ? sequence : OF_ANOTHER_KEY
  }

  /** The register that a value says it belongs to. */
  ownerOf(value: Buffer): number {
    return readDecimal(value, this.#frame.open.length + REGISTER_AT, REGISTER)
  }

  #isFramed(value: Buffer): boolean {
    const { open, middle, close } = this.#frame
    const at = open.length
    return (
      hasText(value, 0, open) &&
      value[at + NONCE] === COLON &&
      value[at + SEQUENCE_AT - 1] === COLON &&
      value[at + CHECK_AT - 1] === COLON &&
      hasText(value, at + LABEL_BYTES, middle) &&
      hasText(value, value.length - close.length, close)
    )
  }

  #hasBody(value: Buffer, at: number, which: number): boolean {
    const body = value.length - this.#least
    const random = Math.round(body * this.#randomShare)
    const { text, blank } = this.#bytes
    if (which + random > text.length || body - random > blank.length) return false
    return hasBytes(value, at, text, which, random) && hasBytes(value, at + random, blank, 0, body - random)
  }

  /** 32 bits that depend on all bits of each. */
  #checkOf(register: number, sequence: number, sizeBytes: number): number {
    let mixed = this.#nonce
    mixed = mix(mixed ^ Math.imul(register + 1, 0x9e3779b9))
    mixed = mix(mixed ^ Math.imul(sequence, 0x85ebca6b))
    return mix(mixed ^ Math.imul(sizeBytes, 0xc2b2ae35)) >>> 0
  }
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x21f0aaad)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}

/** Whether so many bytes are the same. Few are compared faster here than by a call into the runtime. */
function hasBytes(value: Buffer, at: number, other: Buffer, otherAt: number, count: number): boolean {
  if (count > FEW_BYTES) return value.compare(other, otherAt, otherAt + count, at, at + count) === 0
  for (let index = 0; index < count; index++) if (value[at + index] !== other[otherAt + index]) return false
  return true
}

function hasText(value: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (value[at + index] !== text.charCodeAt(index)) return false
  return true
}

function writeDecimal(bytes: Buffer, at: number, width: number, value: number): void {
  let rest = value
  for (let index = at + width - 1; index >= at; index--) {
    const tenth = Math.floor(rest / 10)
    bytes[index] = ZERO + rest - tenth * 10
    rest = tenth
  }
}

/** -1 for anything but digits. */
function readDecimal(bytes: Buffer, at: number, width: number): number {
  let value = 0
  for (let index = at; index < at + width; index++) {
    const digit = bytes[index]! - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

function writeBase36(bytes: Buffer, at: number, width: number, value: number): void {
  let rest = value
  for (let index = at + width - 1; index >= at; index--) {
    const next = Math.floor(rest / 36)
    bytes[index] = base36(rest - next * 36)
    rest = next
  }
}

function isBase36(bytes: Buffer, at: number, width: number, value: number): boolean {
  let rest = value
  for (let index = at + width - 1; index >= at; index--) {
    const next = Math.floor(rest / 36)
    if (bytes[index] !== base36(rest - next * 36)) return false
    rest = next
  }
  return true
}

function base36(digit: number): number {
  return digit < 10 ? ZERO + digit : LETTER_A + digit - 10
}
