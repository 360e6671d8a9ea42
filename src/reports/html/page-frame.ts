import { gzipSync } from 'node:zlib'
import type { PageData } from './chart-data.ts'
import type { PageParts } from './html-tools.ts'
import { html, type Markup } from './markup.ts'
import { pageHead } from './page-head.ts'

/** What a page says first: a word, and the class of the style sheet that goes with it. */
export interface PageVerdict {
  readonly word: string
  readonly kind: 'passed' | 'failed' | 'cut' | 'none'
}

export interface PageSection {
  /** Its anchor. */
  readonly id: string
  readonly title: string
  readonly contents: Markup
}

/** What is in a page, apart from what all pages have. */
export interface PageContents {
  /** Of the window. */
  readonly title: string
  /** What it is about, beside the verdict at the top. */
  readonly name: string
  readonly verdict: PageVerdict
  readonly headline: Markup
  readonly sections: readonly PageSection[]
  /** Who made it. */
  readonly footer: string
  readonly data: PageData
}

/**
 * A page that nothing outside of is needed for, and in which nothing comes from outside but as text. What the charts draw is
 * compressed into it; scripts and style sheets are those whose hashes its policy names, and no others run.
 */
export function renderFrame(contents: PageContents, parts: PageParts): string {
  const { title, name, verdict, headline, sections, footer, data } = contents
  return html`<!doctype html>
    <html lang="en">
      ${pageHead(title, parts)}
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <header class="top">
          <p class="brand">
            <span class="verdict ${verdict.kind}">${verdict.word}</span>
            <span class="run">${name}</span>
          </p>
          <nav aria-label="Sections">
            <ul>
              ${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}
            </ul>
          </nav>
          <p class="controls">
            <button type="button" id="reset-zoom" hidden>show all</button>
            <button type="button" id="theme" aria-pressed="false">Dark</button>
          </p>
        </header>
        <main id="main" tabindex="-1">
          ${headline}
          <noscript><p class="warnings">The charts need JavaScript; the tables do not.</p></noscript>
          ${sections.map((section) => sectionOf(section))}
        </main>
        <footer>
          <p>${footer} · drawn with uPlot</p>
          <p>
            Drag over a chart to zoom, double-click or Escape to see all. Arrow keys read the values of a
            chart that has the focus.
          </p>
        </footer>
        <div id="spoken" class="hidden" aria-live="polite"></div>
        <script type="application/octet-stream" id="data">
          ${packed(data)}
        </script>
      </body>
    </html> `.text
}

function sectionOf({ id, title, contents }: PageSection): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${contents}
  </section> `
}

/** Base64 has no character that HTML knows. */
function packed(data: PageData): string {
  return gzipSync(JSON.stringify(data), { level: 9 }).toString('base64')
}
