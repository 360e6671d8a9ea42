/** Text that is HTML already. Only {@link html} makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: text is escaped, markup is not, nothing is left out. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[]

/** Everything that is filled in is escaped, unless it came out of such a template itself. Attributes need their quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, part, index) => text + written(values[index - 1]) + part))
}

function written(content: Content): string {
  if (content instanceof Markup) return content.text
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content))
  if (content === null || content === undefined || content === false) return ''
  return content.map((one) => written(one)).join('')
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for quoted attributes. Control characters, which HTML does not know, are replaced. */
export function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => REFERENCES[character]!).replaceAll(CONTROLS, '\u{FFFD}')
}

/** But tab, line feed and carriage return; and what turns the direction of the text that follows. */
const CONTROLS = /(?![\t\n\r])\p{Cc}|[\u{202A}-\u{202E}\u{2066}-\u{2069}]/gu
