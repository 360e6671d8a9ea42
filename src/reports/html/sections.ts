import type { RunResult } from '../../model/result.ts'
import type { ChartData } from './chart-data.ts'
import type { HtmlTools } from './html-tools.ts'
import type { Markup } from './markup.ts'
import { ackedWritesSection } from './section-acked-writes.ts'
import { answerSection } from './section-answer.ts'
import { auditSection } from './section-audit.ts'
import { connectionsSection } from './section-connections.ts'
import { disturbancesSection } from './section-disturbances.ts'
import { errorsSection } from './section-errors.ts'
import { generatorSection } from './section-generator.ts'
import { latencySection, loadSection } from './section-load.ts'
import { maintenanceSection } from './section-maintenance.ts'
import { messagingSection } from './section-messaging.ts'
import { nodesSection } from './section-nodes.ts'
import { operationsSection } from './section-operations.ts'
import { planSection } from './section-plan.ts'
import { serverSection } from './section-server.ts'
import { slowestSection } from './section-slowest.ts'

/** What a section can use besides the result. */
export interface SectionContext {
  readonly tools: HtmlTools
  readonly charts: ReadonlyMap<string, ChartData>
}

interface Section {
  readonly title: string
  /** The contents below the heading; `undefined`: the result has nothing for it. */
  readonly render: (result: RunResult, context: SectionContext) => Markup | undefined
}

/** Every part of the page by its anchor, in the order of an answer. To add one: a function that renders it, and a line here. */
export const SECTIONS = {
  answer: { title: 'Verdict', render: answerSection },
  load: { title: 'Load', render: loadSection },
  latency: { title: 'Latency', render: latencySection },
  operations: { title: 'Operations', render: operationsSection },
  slowest: { title: 'Slowest', render: slowestSection },
  errors: { title: 'Errors', render: errorsSection },
  disturbances: { title: 'Disturbances', render: disturbancesSection },
  connections: { title: 'Connections', render: connectionsSection },
  'acked-writes': { title: 'Acked writes', render: ackedWritesSection },
  messaging: { title: 'Messages', render: messagingSection },
  nodes: { title: 'Nodes', render: nodesSection },
  maintenance: { title: 'Maintenance', render: maintenanceSection },
  server: { title: 'Server', render: serverSection },
  generator: { title: 'Generator', render: generatorSection },
  audit: { title: 'Audit', render: auditSection },
  plan: { title: 'Repeat', render: planSection },
} as const satisfies Readonly<Record<string, Section>>
