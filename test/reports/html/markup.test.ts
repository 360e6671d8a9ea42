import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html } from '../../../src/reports/html/markup.ts'

describe('markup', () => {
  it('escapes what is filled in, unless it came out of a template itself', () => {
    const name = `<img src=x onerror="alert('1')">&`
    expect(html`<b title="${name}">${name}</b>`.text).toBe(
      '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</b>',
    )
    expect(html`${html`<i>${1}</i>`}${[html`<u></u>`, '<', null, false, undefined]}`.text).toBe(
      '<i>1</i><u></u>&lt;',
    )
  })

  it('leaves no character that begins a tag, ends an attribute or turns the direction of text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const written = html`${text}`.text
        expect(written).not.toMatch(/[<>"'\u{7F}\u{202A}-\u{202E}]/u)
        for (const character of written) expect(character >= ' ' || '\t\n\r'.includes(character)).toBe(true)
      }),
    )
  })
})
