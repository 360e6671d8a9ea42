import { TemplateError } from './template.ts'

export interface NumberRange {
  readonly low: number
  readonly high: number
}

/** Reads `a..b` (both included), or one number; `undefined` when the text is empty. Throws a {@link TemplateError}. */
export function parseRange(
  text: string,
  { isWhole }: { readonly isWhole: boolean },
): NumberRange | undefined {
  if (text === '') return undefined
  const ends = text.split('..')
  const [low = NaN, high = low] = ends.map((end) => (end.trim() === '' ? NaN : Number(end)))
  const isFine = ends.length <= 2 && Number.isFinite(low) && Number.isFinite(high) && low <= high
  if (!isFine || (isWhole && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))))
    throw new TemplateError(`${JSON.stringify(text)} is not a range such as 0..99`)
  if (isWhole && high - low >= 2 ** 32) throw new TemplateError(`${text} spans more than 2^32 numbers`)
  return { low, high }
}
