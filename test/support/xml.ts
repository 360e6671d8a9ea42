/** An element of an XML document. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

const NAME = '[A-Za-z_][\\w.-]*'
const ATTRIBUTE = `\\s+(${NAME})="([^<"]*)"`
const TOKEN = new RegExp(`<(${NAME})((?:${ATTRIBUTE})*)\\s*(/?)>|</(${NAME})>|([^<]+)`, 'y')
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** A strict parser for what we write: elements, attributes in double quotes and text. Anything else is an error. */
export function parseXml(document: string): XmlElement {
  // oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to hold them
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(document))
    throw new Error('a character that XML cannot hold')
  const prologue = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(document)
  if (prologue === null) throw new Error('no XML declaration')
  type Open = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }
  const root: Open = { name: '', attributes: {}, children: [], text: '' }
  const stack = [root]
  TOKEN.lastIndex = prologue[0].length
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(document)
    if (token === null) throw new Error(`not XML: ${document.slice(at, at + 60)}`)
    const [, name, attributes = '', , , empty, closed, text] = token
    const parent = stack.at(-1)!
    if (name !== undefined) {
      const element: Open = { name, attributes: {}, children: [], text: '' }
      for (const [, key, value] of attributes.matchAll(new RegExp(ATTRIBUTE, 'g'))) {
        if (Object.hasOwn(element.attributes, key!)) throw new Error(`twice: ${key}`)
        element.attributes[key!] = decode(value!)
      }
      parent.children.push(element)
      if (empty === '') stack.push(element)
    } else if (closed === undefined) parent.text += decode(text!)
    else if (stack.pop()?.name !== closed) throw new Error(`</${closed}> closes another element`)
  }
  if (stack.length !== 1 || root.children.length !== 1 || root.text.trim() !== '')
    throw new Error('not one whole element')
  return root.children[0]!
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|(\w+));|&/g, (reference, code?: string, name?: string) => {
    const value = code === undefined ? ENTITIES[name ?? ''] : String.fromCodePoint(Number(code))
    if (value === undefined) throw new Error(`not an entity: ${reference}`)
    return value
  })
}
