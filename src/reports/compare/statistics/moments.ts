export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length
}

/** Unbiased: the sum of squares over n - 1; 0 of a single value. */
export function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

/**
 * Autocorrelation at a lag of one, from 0 to 0.95: r = Σ(x_t - m)(x_{t+1} - m) / Σ(x_t - m)², and (1 + 4r)/n more, by which
 * a series of n shows too little of it (Kendall, Biometrika 41, 1954); 0 where nothing varies.
 */
export function autocorrelationOf(values: readonly number[]): number {
  const mean = meanOf(values)
  let [shared, square] = [0, 0]
  values.forEach((value, index) => {
    square += (value - mean) ** 2
    const next = values[index + 1]
    if (next !== undefined) shared += (value - mean) * (next - mean)
  })
  if (square === 0) return 0
  const shown = shared / square
  return Math.min(0.95, Math.max(0, shown + (1 + 4 * shown) / values.length))
}
