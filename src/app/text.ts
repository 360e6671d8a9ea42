export { alignColumns } from '../reports/format.ts'
export { renderTextCheck } from '../reports/text-check.ts'
