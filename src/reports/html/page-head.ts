import { createHash } from 'node:crypto'
import type { PageParts } from './html-tools.ts'
import { html, Markup } from './markup.ts'

/** All that runs in the page, and the policy that lets nothing else run and nothing be fetched. */
export function pageHead(title: string, { chartScript, chartStyle, script, style }: PageParts): Markup {
  const scripts = [chartScript, script].map(inert)
  const styles = [chartStyle, style].map(inert)
  return html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy(scripts, styles)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    ${styles.map((text) => verbatim('style', text))}${scripts.map((text) => verbatim('script', text))}
  </head>`
}

/** To the last character, as the policy has its hash. */
function verbatim(element: 'script' | 'style', text: string): Markup {
  return new Markup(`<${element}>${text}</${element}>\n`)
}

/** Only what is in the page already, by its hash; no request to anywhere. Styles of elements are set by scripts alone. */
function policy(scripts: readonly string[], styles: readonly string[]): string {
  const hashes = (texts: readonly string[]): string =>
    texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ')
  return `default-src 'none'; script-src ${hashes(scripts)}; style-src ${hashes(styles)}; base-uri 'none'; form-action 'none'`
}

/** What stands in a script or style element ends at its end tag, wherever that is. */
function inert(text: string): string {
  return text.replaceAll(/<(?=\/(?:script|style)|!--)/gi, String.raw`\x3c`)
}
