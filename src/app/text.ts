export { alignColumns } from '../reports/format.ts'
export { renderTextDryRun } from '../reports/text-dry-run.ts'
export { renderTextCheck } from '../reports/text-check.ts'
