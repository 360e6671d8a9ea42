/** What two plans may differ in without being different loads: who ran it, when, and where the outputs go. */
const NO_MATTER = /^(?:identity\.|output\.|log\.|load\.seed$|metrics\.port$|metrics\.linger_ms$|schema)/

export interface PlanDifference {
  /** Dotted path in the plan. */
  readonly path: string
  readonly baseline: string
  readonly candidate: string
}

/** Everything in which two plans differ and that may matter. */
export function planDifferences(baseline: object, candidate: object): PlanDifference[] {
  const [one, other] = [leavesOf(baseline), leavesOf(candidate)]
  // The port of an embedded server is one that was free.
  const isEmbedded = one.get('target.embedded') === 'true' && other.get('target.embedded') === 'true'
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => !NO_MATTER.test(path) && !(isEmbedded && /^target\.(?:host|port|socket)$/.test(path)))
    .filter((path) => one.get(path) !== other.get(path))
    .map((path) => ({ path, baseline: one.get(path) ?? 'none', candidate: other.get(path) ?? 'none' }))
}

const LONGEST = 40

function leavesOf(plan: object): Map<string, string> {
  const leaves = new Map<string, string>()
  const descend = (value: unknown, path: string): void => {
    const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0
    if (!isBranch) leaves.set(path, JSON.stringify(value) ?? 'none')
    else
      for (const [name, part] of Object.entries(value)) descend(part, path === '' ? name : `${path}.${name}`)
  }
  descend(plan, '')
  return leaves
}

/** `load.clients 10 → 50, …`; the first few. */
export function describePlanDifferences(differences: readonly PlanDifference[], most = 12): string {
  const shown = differences
    .slice(0, most)
    .map(({ path, baseline, candidate }) => `${path} ${shorten(baseline)} → ${shorten(candidate)}`)
  const more = differences.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
