import { html, type Content, type Markup } from './markup.ts'

export interface Column {
  readonly title: Content
  /** Text is on the left, numbers are on the right. */
  readonly is: 'text' | 'number'
}

export type Row = readonly Content[]

export interface Table {
  readonly caption: Content
  readonly columns: readonly Column[]
  /** The first cell of each is its heading. */
  readonly rows: readonly Row[]
  /** Shown above the table; otherwise only read aloud. */
  readonly showCaption?: true
}

export function words(...titles: readonly Content[]): Column[] {
  return titles.map((title) => ({ title, is: 'text' }))
}

export function numbers(...titles: readonly Content[]): Column[] {
  return titles.map((title) => ({ title, is: 'number' }))
}

/** A table that scrolls by itself where it is too wide. */
export function table({ caption, columns, rows, showCaption }: Table): Markup {
  const head = columns.map(({ title, is }) => html`<th scope="col" class="${is}">${title}</th>`)
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell, index) => cellOf(cell, index, columns[index]))}
      </tr>`,
  )
  return html`<div class="scroll">
    <table>
      <caption class="${showCaption === true ? '' : 'hidden'}">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`
}

function cellOf(cell: Content, index: number, column: Column | undefined): Markup {
  const is = column?.is ?? 'text'
  return index === 0 ? html`<th scope="row" class="${is}">${cell}</th>` : html`<td class="${is}">${cell}</td>`
}

/** Names and what they are, as a list. */
export function facts(pairs: readonly (readonly [name: string, value: Content])[]): Markup {
  const items = pairs.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  )
  return html`<dl class="facts">${items}</dl>`
}
