/** Commands that were not ok, by fine error code. */
export interface ErrorCount {
  readonly outcome: 'failed' | 'indeterminate'
  readonly error_type: string
  readonly code: string
  readonly count: number
}
