/** What comes is not RESP. */
export class FramingError extends Error {}

const [CR, LF] = [0x0d, 0x0a]
const DEEPEST = 32
const LONGEST_BULK = 512 * 1024 * 1024
const LONGEST_INLINE = 64 * 1024
const code = (text: string): number => text.charCodeAt(0)

/** The rest of the line is the value: simple string, error, integer, null, double, boolean, big number. */
const LINES = new Set(['+', '-', ':', '_', ',', '#', '('].map(code))
/** Length of bytes that follow: bulk string, bulk error, verbatim string. */
const BULKS = new Set(['$', '!', '='].map(code))
/** Number of values that follow, each, or twice that many: array, set, push; map, attribute. */
const AGGREGATES = new Map([
  [code('*'), 1],
  [code('~'), 1],
  [code('>'), 1],
  [code('%'), 2],
  [code('|'), 2],
])
const ATTRIBUTE = code('|')

type State = 'type' | 'line' | 'number' | 'number-lf' | 'bulk' | 'bulk-cr' | 'bulk-lf' | 'inline'

/**
 * Finds where values of RESP2 or RESP3 end, however they are cut into chunks. It remembers where it is and copies nothing.
 * An attribute belongs to the value after it.
 */
export class RespScanner {
  readonly #allowsInline: boolean
  #state: State = 'type'
  /** Values left in each aggregate around, and whether it is an attribute, which is not a value itself. */
  readonly #left: number[] = []
  readonly #isAttribute: boolean[] = []
  #type = 0
  #number = 0
  #isNegative = false
  #digits = 0
  #bytesLeft = 0

  /** `allowsInline`: a line that begins with a letter is a request too, as one types it into a terminal. */
  constructor(allowsInline: boolean) {
    this.#allowsInline = allowsInline
  }

  /** Goes on from `at`; the index after the end of the value, or -1 when the chunk ends first. */
  scan(chunk: Buffer, at: number): number {
    let index = at
    while (index < chunk.length) {
      if (this.#state === 'bulk') {
        const skipped = Math.min(this.#bytesLeft, chunk.length - index)
        this.#bytesLeft -= skipped
        index += skipped
        if (this.#bytesLeft === 0) this.#state = 'bulk-cr'
        continue
      }
      if (this.#state === 'line' || this.#state === 'inline') {
        const end = chunk.indexOf(LF, index)
        this.#countInline((end === -1 ? chunk.length : end) - index)
        if (end === -1) return -1
        index = end + 1
        if (this.#endValue()) return index
        continue
      }
      if (this.#step(chunk[index++]!)) return index
    }
    return -1
  }

  /** One byte; true when it ends the value. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case 'type':
        return this.#beginValue(byte)
      case 'number':
        return this.#readDigit(byte)
      case 'number-lf':
        if (byte !== LF) throw new FramingError('not a length')
        return this.#useNumber()
      case 'bulk-cr':
        if (byte !== CR) throw new FramingError('a bulk string is longer than it says')
        this.#state = 'bulk-lf'
        return false
      case 'bulk-lf':
        if (byte !== LF) throw new FramingError('a bulk string is longer than it says')
        return this.#endValue()
      default:
        throw new FramingError('not here')
    }
  }

  #beginValue(byte: number): boolean {
    this.#type = byte
    if (this.#allowsInline && this.#left.length === 0 && byte !== code('*')) {
      if (byte === LF) return this.#endValue()
      // Anything that can be seen; TLS, for one, begins with 0x16.
      if (byte !== CR && (byte < 0x20 || byte > 0x7e)) throw new FramingError('not a request')
      this.#state = 'inline'
      this.#bytesLeft = LONGEST_INLINE
    } else if (LINES.has(byte)) this.#state = 'line'
    else if (BULKS.has(byte) || AGGREGATES.has(byte)) {
      this.#state = 'number'
      this.#number = this.#digits = 0
      this.#isNegative = false
    } else throw new FramingError('not a type of RESP')
    return false
  }

  #countInline(bytes: number): void {
    if (this.#state !== 'inline') return
    this.#bytesLeft -= bytes
    if (this.#bytesLeft < 0) throw new FramingError('not a request')
  }

  #readDigit(byte: number): boolean {
    if (byte >= 0x30 && byte <= 0x39) {
      this.#number = this.#number * 10 + byte - 0x30
      if (++this.#digits > 10) throw new FramingError('a length is too long')
      return false
    }
    if (byte === code('-') && this.#digits === 0 && !this.#isNegative) {
      this.#isNegative = true
      return false
    }
    if (byte === CR && this.#digits > 0) {
      this.#state = 'number-lf'
      return false
    }
    throw new FramingError('not a length')
  }

  #useNumber(): boolean {
    if (this.#isNegative) {
      if (this.#number !== 1) throw new FramingError('not a length')
      return this.#endValue()
    }
    const each = AGGREGATES.get(this.#type)
    if (each === undefined) {
      if (this.#number > LONGEST_BULK) throw new FramingError('a bulk string is too long')
      this.#bytesLeft = this.#number
      this.#state = this.#number === 0 ? 'bulk-cr' : 'bulk'
      return false
    }
    const isAttribute = this.#type === ATTRIBUTE
    if (this.#number === 0) {
      this.#state = 'type'
      return !isAttribute && this.#endValue()
    }
    if (this.#left.length === DEEPEST) throw new FramingError('nested too deeply')
    this.#left.push(this.#number * each)
    this.#isAttribute.push(isAttribute)
    this.#state = 'type'
    return false
  }

  /** A value is complete, and so may be those around it. */
  #endValue(): boolean {
    this.#state = 'type'
    for (;;) {
      const last = this.#left.length - 1
      if (last < 0) return true
      if (--this.#left[last]! > 0) return false
      this.#left.pop()
      if (this.#isAttribute.pop() === true) return false
    }
  }
}
