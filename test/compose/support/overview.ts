import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Panel {
  readonly title?: string
  readonly targets?: readonly { readonly expr?: string }[]
  readonly panels?: readonly Panel[]
}

const allPanels = (panels: readonly Panel[]): Panel[] =>
  panels.flatMap((panel) => [panel, ...allPanels(panel.panels ?? [])])

/** The query behind a panel of the run overview, as Grafana would send it with every variable on "All". */
export function overviewQuery(checkout: string, title: string): string {
  const file = join(checkout, 'grafana/dashboards/redis-test-overview.json')
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: Panel[] }
  const expr = allPanels(panels).find((panel) => panel.title === title)?.targets?.[0]?.expr
  if (expr === undefined) throw new Error(`the overview has no panel "${title}"`)
  return expr
    .replaceAll(/\$__rate_interval|\$__range|\$__interval/g, '20s')
    .replaceAll('"$job"', '"redis-test"')
    .replaceAll(/"\$\{?\w+\}?"/g, '".*"')
}
