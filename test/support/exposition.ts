/** Values of an exposition (text or OpenMetrics) by metric name, then by `name=value` labels in a fixed order. */
export function parseExposition(text: string): Map<string, Map<string, number>> {
  const metrics = new Map<string, Map<string, number>>()
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})? (\S+)(?: # .*)?$/.exec(line)
    if (match === null) continue
    const [, name, labelText = '', value] = match
    const labels = [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, label, content]) => `${label}=${content}`,
    )
    const series = metrics.get(name!) ?? new Map<string, number>()
    series.set(labels.toSorted().join(' '), Number(value))
    metrics.set(name!, series)
  }
  return metrics
}

/** Sum over all series of a metric whose labels contain all of the given ones. */
export function sumOf(
  metrics: Map<string, Map<string, number>>,
  name: string,
  labels: Record<string, string> = {},
): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  let sum = 0
  for (const [key, value] of metrics.get(name) ?? []) {
    const has = key.split(' ')
    if (wanted.every((label) => has.includes(label))) sum += value
  }
  return sum
}
