import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { NO_DATA, type PanelText, writeText } from './panels.ts'
import { refIdAt, tableQuery } from './query.ts'

/** A column with the value of a query; its rows are those of the first query that have the same labels. */
export interface Column {
  readonly name: string
  readonly expr: string
  readonly unit: string
}

export interface TablePanel extends PanelText {
  /** Labels in the order of their columns. Other labels are not shown. */
  readonly labels: readonly string[]
  readonly columns: readonly Column[]
  /** Columns whose value says nothing (an info metric is always 1). */
  readonly hidden?: readonly string[]
  /** Links in the cells of a label. */
  readonly labelLinks?: Readonly<Record<string, { readonly title: string; readonly url: string }>>
}

/** A table of the newest values, one row for each set of labels. */
export function table(options: TablePanel): Panel {
  const builder = new TableBuilder()
  writeText(builder, options, 8)
  const hidden = new Set(options.hidden)
  const names = options.columns.map((column, index) => [`Value #${refIdAt(index)}`, column.name] as const)
  const shown = names.filter(([, name]) => !hidden.has(name))
  builder
    .unit('none')
    .noValue('no data')
    .mappings([NO_DATA])
    .filterable(true)
    .targets(options.columns.map(({ expr }, index) => tableQuery(refIdAt(index), expr)))
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: {
            Time: true,
            ...Object.fromEntries(
              names.filter(([, name]) => hidden.has(name)).map(([field]) => [field, true]),
            ),
          },
          indexByName: Object.fromEntries(
            [...options.labels, ...shown.map(([field]) => field)].map((field, index) => [field, index]),
          ),
          renameByName: Object.fromEntries(names),
        },
      },
    ])
  for (const { name, unit } of options.columns) {
    builder.overrideByName(name, [{ id: 'unit', value: unit }])
  }
  for (const [label, link] of Object.entries(options.labelLinks ?? {})) {
    builder.overrideByName(label, [{ id: 'links', value: [{ ...link, targetBlank: false }] }])
  }
  return builder.build()
}
