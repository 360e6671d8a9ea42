import {
  CHART_COLUMNS,
  type ChartColumn,
  SERVER_COLUMN_NAMES,
  type ServerColumn,
  type ServerRow,
  type ServerSeriesResult,
  type ServerTotals,
  type ServerValue,
} from '../model/server-samples.ts'

const PLACES = new Map(SERVER_COLUMN_NAMES.map((name, index) => [name, index]))

/** `null` where the server did not say. */
export function valueIn({ values }: ServerRow, column: ServerColumn): ServerValue {
  return values[PLACES.get(column)!] ?? null
}

const RATES: Partial<Record<ChartColumn, ServerColumn>> = {
  ops_per_second: 'commands',
  cpu_cores: 'cpu_seconds',
  cpu_main_thread_cores: 'cpu_main_thread_seconds',
  net_input_bytes_per_second: 'net_input_bytes',
  net_output_bytes_per_second: 'net_output_bytes',
  expired_keys_per_second: 'expired_keys',
  evicted_keys_per_second: 'evicted_keys',
  connections_received_per_second: 'connections_received',
  rejected_connections_per_second: 'rejected_connections',
}

/** What a chart shows of a row; rates with four significant digits. */
export function chartValue(row: ServerRow, column: ChartColumn): ServerValue {
  const counted = RATES[column]
  if (counted !== undefined) return perSecond(valueIn(row, counted), row.seconds)
  if (column === 'hit_ratio') return hitRatio(valueIn(row, 'keyspace_hits'), valueIn(row, 'keyspace_misses'))
  return valueIn(row, column as ServerColumn)
}

export function perSecond(value: ServerValue, seconds: number): ServerValue {
  return value === null || seconds <= 0 ? null : significant(value / seconds)
}

/** Reads that found their key, of all reads; `null` without any. */
export function hitRatio(hits: ServerValue, misses: ServerValue): ServerValue {
  if (hits === null || misses === null || hits + misses === 0) return null
  return significant(hits / (hits + misses))
}

function significant(value: number): number {
  return Number(value.toPrecision(4))
}

/** All rows as columns; a column of which nothing is known is left out. */
export function columnsOf(rows: readonly ServerRow[]): ServerSeriesResult['columns'] {
  const columns = CHART_COLUMNS.map(
    (column) => [column, rows.map((row) => chartValue(row, column))] as const,
  ).filter(([, values]) => values.some((value) => value !== null))
  return Object.fromEntries(columns)
}

export const SERVER_TOTALS = [
  ...(['commands', 'cpu_seconds', 'net_input_bytes', 'net_output_bytes', 'keyspace_hits'] as const),
  ...(['keyspace_misses', 'expired_keys', 'evicted_keys', 'connections_received'] as const),
  'rejected_connections',
] as const satisfies readonly (keyof ServerTotals)[]

export const NO_TOTALS = Object.fromEntries(SERVER_TOTALS.map((name) => [name, null])) as Record<
  (typeof SERVER_TOTALS)[number],
  number | null
>

/** Values that are told under other names than ours, or in another order: what is not among them is not known. */
export function arrangeRow(row: ServerRow, names: readonly string[]): ServerRow {
  if (names === SERVER_COLUMN_NAMES) return row
  const values = SERVER_COLUMN_NAMES.map((name) => row.values[names.indexOf(name)] ?? null)
  return { at_ms: row.at_ms, seconds: row.seconds, values }
}
