import {
  type AnnotationQuery,
  type Dashboard,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  defaultDashboard,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'

const GRID_WIDTH = 24

/** A heading and the panels below it, left to right. */
export interface Section {
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface DashboardPlan {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly VariableModel[]
  readonly annotations: readonly AnnotationQuery[]
  readonly sections: readonly Section[]
}

/** All dashboards in the order of a reader's questions; each links to the others. */
export const DASHBOARD_TITLES = {
  'redis-test-overview': 'Run overview',
  'redis-test-latency': 'Latency',
  'redis-test-connections': 'Connections & reconnections',
  'redis-test-redis-server': 'Redis server',
  'redis-test-comparison': 'Run comparison',
  'redis-test-instances': 'Instances',
  'redis-test-telemetry': 'Telemetry pipeline',
} as const
export type DashboardUid = keyof typeof DASHBOARD_TITLES

/** A data link to another dashboard that keeps time and variables. `extra` is more of the query string. */
export function linkTo(uid: DashboardUid, extra = '${__all_variables}'): { title: string; url: string } {
  return { title: DASHBOARD_TITLES[uid], url: `/d/${uid}?\${__url_time_range}&${extra}` }
}

function navigation(here: string): DashboardLink[] {
  return Object.entries(DASHBOARD_TITLES)
    .filter(([uid]) => uid !== here)
    .map(([uid, title]) =>
      shown(
        new DashboardLinkBuilder(title)
          .type(DashboardLinkType.Link)
          .icon('dashboard')
          .url(`/d/${uid}`)
          .keepTime(true)
          .includeVars(true)
          .build(),
      ),
    )
}

/** The SDK would put it away in a menu. */
export function shown<Control extends { placement?: unknown }>(control: Control): Omit<Control, 'placement'> {
  const { placement: _menu, ...rest } = control
  return rest
}

/** Panels in rows of the grid, in reading order, with numbers from 1. */
function place(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = []
  let top = 0
  for (const { title, panels } of sections) {
    placed.push({
      type: 'row',
      collapsed: false,
      title,
      id: placed.length + 1,
      gridPos: { x: 0, y: top, w: GRID_WIDTH, h: 1 },
      panels: [],
    })
    top += 1
    let left = 0
    let height = 0
    for (const panel of panels) {
      const { w, h } = panel.gridPos!
      if (left + w > GRID_WIDTH) {
        top += height
        left = 0
        height = 0
      }
      placed.push({ ...panel, id: placed.length + 1, gridPos: { x: left, y: top, w, h } })
      left += w
      height = Math.max(height, h)
    }
    top += height
  }
  return placed
}

/** The dashboard as Grafana reads it. */
export function buildDashboard(plan: DashboardPlan): Dashboard {
  return {
    ...defaultDashboard(),
    id: null,
    uid: plan.uid,
    title: plan.title,
    description: plan.description,
    tags: ['redis-test'],
    timezone: 'browser',
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: 'now-15m', to: 'now' },
    timepicker: { refresh_intervals: ['5s', '10s', '30s', '1m', '5m'] },
    refresh: '5s',
    panels: place(plan.sections),
    templating: { list: [...plan.variables] },
    annotations: { list: [...plan.annotations] },
    links: navigation(plan.uid),
  }
}
