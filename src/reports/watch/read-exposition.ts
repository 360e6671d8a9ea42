/** One line of a Prometheus exposition in text format. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/y
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' }

/** Samples by the name of their metric. Lines that are none are left out: there may be comments and newer things. */
export function readExposition(text: string): ReadonlyMap<string, readonly Sample[]> {
  const samples = new Map<string, Sample[]>()
  for (const line of text.split('\n')) {
    const [, name, labels, value] = line.startsWith('#') ? [] : (LINE.exec(line) ?? [])
    if (name === undefined || value === undefined) continue
    const sample = { labels: readLabels(labels ?? ''), value: readValue(value) }
    if (Number.isNaN(sample.value)) continue
    const known = samples.get(name)
    if (known === undefined) samples.set(name, [sample])
    else known.push(sample)
  }
  return samples
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text))
    labels[match[1]!] = match[2]!.replaceAll(/\\(.)/g, (_, escaped: string) => ESCAPED[escaped] ?? escaped)
  return labels
}

function readValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}
