const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** As many digits as can be told apart: `1,234`, `12.3`, `1.23`, `0.123`, `0.00123`. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return grouped.format(value)
  return Math.abs(value) >= 1 ? String(Number(value.toPrecision(4))) : String(Number(value.toPrecision(3)))
}

/** Shares are per cent. */
export function readingText(value: number | null | undefined, unit: string | undefined): string {
  if (unit !== '%' || value === null || value === undefined) return numberText(value)
  return value > 0 && value < 0.0005 ? '< 0.1 %' : `${Number((100 * value).toFixed(1))} %`
}

/** `0:12`, `0:12.5`, `1:02:03`; of seconds. */
export function timeText(seconds: number, digits = 0): string {
  const sign = seconds < 0 ? '−' : ''
  const rounded = Number(Math.abs(seconds).toFixed(digits))
  const whole = Math.floor(rounded)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const rest = (rounded - whole + (whole % 60)).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0')
  return hours === 0
    ? `${sign}${minutes}:${rest}`
    : `${sign}${hours}:${String(minutes).padStart(2, '0')}:${rest}`
}

/** `12:34:56 UTC`. */
export function clockText(epochMillis: number): string {
  return `${new Date(epochMillis).toISOString().slice(11, 19)} UTC`
}
