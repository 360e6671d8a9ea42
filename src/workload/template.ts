/** A piece of an argument: text as it stands (one character for each byte), or something to be filled in. */
export type Part = { readonly text: string } | PlaceholderPart

export interface PlaceholderPart {
  readonly placeholder: string
  readonly argument: string
}

/** A command as a person writes it: each argument in pieces. The first argument is the command itself. */
export type Template = readonly (readonly Part[])[]

/** A template that cannot be read; the message says what is wrong and where. */
export class TemplateError extends Error {}

const MOST_ARGUMENTS = 10_000
const LONGEST_TEXT = 65_536
const BLANK = /[ \t\r\n]/
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' }

/**
 * Reads a command template: arguments with blanks in between, `"…"` (with `\n \r \t \0 \xHH \" \\`) or `'…'` around what
 * holds blanks, `{name argument}` for what is filled in, `{{` and `}}` for braces, and `( … )*3` for arguments that come
 * several times. Throws a {@link TemplateError}.
 */
export function parseTemplate(text: string): Template {
  if (text.length > LONGEST_TEXT) throw new TemplateError(`is longer than ${LONGEST_TEXT} characters`)
  const reader = new TemplateReader(Buffer.from(text).toString('latin1'))
  const template = reader.readArguments(0)
  if (template.length === 0) throw new TemplateError('is empty')
  if (template[0]!.some((part) => 'placeholder' in part))
    throw new TemplateError('must begin with the name of a command')
  return template
}

class TemplateReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  readArguments(depth: number): Part[][] {
    const found: Part[][] = []
    for (;;) {
      this.#skipBlanks()
      const character = this.#text[this.#at]
      if (character === undefined) {
        if (depth > 0) throw new TemplateError('a ( is never closed')
        return found
      }
      if (character === ')' && depth > 0) return found
      if (character === '(') found.push(...this.#readGroup(depth))
      else found.push(this.#readArgument(depth))
      if (found.length > MOST_ARGUMENTS) throw new TemplateError(`has more than ${MOST_ARGUMENTS} arguments`)
    }
  }

  #readGroup(depth: number): Part[][] {
    if (depth > 3) throw new TemplateError('nests ( ) too deep')
    this.#at++
    const group = this.readArguments(depth + 1)
    this.#at++
    const times = /^\*(\d{1,5})(?=[\s)]|$)/.exec(this.#text.slice(this.#at, this.#at + 8))
    if (times === null) throw new TemplateError('after ) comes *n, how often the arguments are repeated')
    this.#at += times[0].length
    if (group.length * Number(times[1]) > MOST_ARGUMENTS)
      throw new TemplateError(`has more than ${MOST_ARGUMENTS} arguments`)
    return Array.from({ length: Number(times[1]) }, () => group).flat()
  }

  #readArgument(depth: number): Part[] {
    const parts: Part[] = []
    let literal = ''
    const flush = (): void => {
      if (literal !== '') parts.push({ text: literal })
      literal = ''
    }
    for (;;) {
      const character = this.#text[this.#at]
      if (character === undefined || BLANK.test(character) || (character === ')' && depth > 0)) break
      if (character === '"') literal += this.#readQuoted()
      else if (character === "'") literal += this.#readVerbatim()
      else if (this.#isDoubled('{') || this.#isDoubled('}')) {
        literal += character
        this.#at += 2
      } else if (character === '{') {
        flush()
        parts.push(this.#readPlaceholder())
      } else if (character === '}') {
        throw new TemplateError(`has a } without a { at character ${this.#at + 1}; }} stands for a brace`)
      } else {
        literal += character
        this.#at++
      }
    }
    flush()
    return parts
  }

  #isDoubled(character: string): boolean {
    return this.#text[this.#at] === character && this.#text[this.#at + 1] === character
  }

  #readPlaceholder(): Part {
    const end = this.#text.indexOf('}', this.#at)
    if (end === -1) throw new TemplateError(`has a { at character ${this.#at + 1} that is never closed`)
    const inside = this.#text.slice(this.#at + 1, end).trim()
    this.#at = end + 1
    const [, placeholder = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(inside) ?? []
    return { placeholder, argument }
  }

  #readQuoted(): string {
    const startedAt = this.#at++
    let content = ''
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === undefined)
        throw new TemplateError(`has a " at character ${startedAt + 1} that is never closed`)
      if (character === '"') return content
      content += character === '\\' ? this.#readEscape() : character
    }
  }

  #readEscape(): string {
    const character = this.#text[this.#at++] ?? ''
    if (character !== 'x') return ESCAPES[character] ?? character
    const digits = this.#text.slice(this.#at, this.#at + 2)
    if (!/^[\da-f]{2}$/i.test(digits)) throw new TemplateError('\\x needs two hexadecimal digits')
    this.#at += 2
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #readVerbatim(): string {
    const end = this.#text.indexOf("'", this.#at + 1)
    if (end === -1) throw new TemplateError(`has a ' at character ${this.#at + 1} that is never closed`)
    const content = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return content
  }

  #skipBlanks(): void {
    while (BLANK.test(this.#text[this.#at] ?? 'x')) this.#at++
  }
}
