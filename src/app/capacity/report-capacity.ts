import type { CapacityResult } from '../../model/capacity-result.ts'
import { renderHtmlCapacity } from '../../reports/capacity/html-capacity.ts'
import { renderTextCapacity } from '../../reports/capacity/text-capacity.ts'
import { writeWhole } from '../write-result.ts'

/** The result as JSON. */
export function writeCapacity(result: CapacityResult, file: string): void {
  writeWhole(file, `${JSON.stringify(result, undefined, 2)}\n`)
}

/** Shows the answer and writes the files that were asked for. `columns`: width of the terminal. */
export function reportCapacity(
  result: CapacityResult,
  outputs: {
    readonly stdout: (text: string) => void
    readonly columns: number
    readonly jsonFile: string | null
    readonly htmlFile: string | null
  },
): void {
  outputs.stdout(renderTextCapacity(result, outputs.columns))
  if (outputs.jsonFile !== null) writeCapacity(result, outputs.jsonFile)
  if (outputs.htmlFile !== null) writeWhole(outputs.htmlFile, renderHtmlCapacity(result))
}
