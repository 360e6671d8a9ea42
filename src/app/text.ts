export { alignColumns } from '../reports/format.ts'
export { renderTextDryRun } from '../reports/text-dry-run.ts'
export { renderTextCheck } from '../reports/text-check.ts'
export { verdictOf } from '../reports/verdict.ts'
