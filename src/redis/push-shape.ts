const LONGEST_WORD = 16
const MOST_ELEMENTS = 4
/** What each type of an element is here: a text, a number, nothing, or something else. */
const LETTERS: Readonly<Record<string, string>> = { '+': 's', $: 's', '=': 's', ':': 'i', _: 'n' }

/** What has to follow the first word: texts and numbers, as ioredis uses them without looking. */
const PARTS: Readonly<Record<string, RegExp>> = {
  message: /^sss/,
  smessage: /^sss/,
  pmessage: /^ssss/,
  subscribe: /^ssi/,
  psubscribe: /^ssi/,
  ssubscribe: /^ssi/,
  unsubscribe: /^s[sn]i/,
  punsubscribe: /^s[sn]i/,
  sunsubscribe: /^s[sn]i/,
}

/** What the first elements of a push frame are, or of a list that may be a message. */
export class PushShape {
  /** A letter for each of the first elements. */
  #letters = ''
  #count = 0
  #word = ''

  /** An element of the frame itself begins. */
  element(type: number): void {
    this.#count++
    if (this.#count <= MOST_ELEMENTS) this.#letters += LETTERS[String.fromCharCode(type)] ?? 'o'
  }

  /** The element that began last turns out to be nothing. */
  becomesNull(): void {
    if (this.#count <= MOST_ELEMENTS) this.#letters = `${this.#letters.slice(0, -1)}n`
  }

  /** A part of a text. */
  text(chunk: Uint8Array, from: number, to: number): void {
    if (this.#count !== 1 || this.#word.length >= LONGEST_WORD) return
    for (let at = from; at < Math.min(to, from + LONGEST_WORD); at++)
      this.#word += String.fromCharCode(chunk[at]!)
  }

  /**
   * Whether ioredis can take it as it is. `isListener`: on a connection that subscribes; `onlyMessages`: on which a list
   * is a message or a confirmation.
   */
  isExpected(
    isPush: boolean,
    { isListener, onlyMessages }: { readonly isListener: boolean; readonly onlyMessages: boolean },
  ): boolean {
    // It ignores an empty push; in an empty list it looks for a first word.
    if (this.#count === 0) return isPush
    if (this.#letters.startsWith('n')) return false
    const word = this.#word
    const parts = Object.hasOwn(PARTS, word) ? PARTS[word] : undefined
    if (parts === undefined) return isPush || !onlyMessages
    // A confirmation answers the oldest request, whatever that is.
    if (isPush && !isListener && /^[ps]?subscribe$/.test(word)) return false
    return parts.test(this.#letters)
  }
}
