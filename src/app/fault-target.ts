import { processBirth } from '../faults/process-birth.ts'
import type { UndoTarget } from '../faults/take-back.ts'
import type { Deployment } from '../model/deployment.ts'
import type { FaultTarget, OwnProcess } from '../model/fault.ts'
import { parseAddress, writeAddress } from '../model/address.ts'
import type { RunPlan, Secrets } from '../model/plan.ts'
import { bounded } from '../redis/bounded.ts'
import type { EmbeddedServer } from '../redis/embedded-server.ts'
import { type ListedClient, parseClientList } from '../redis/info.ts'
import type { FaultProxy } from './fault-proxy.ts'
import type { LoadThreads } from './load-threads.ts'
import { passwordRotation } from './rotate-password.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'

const LIMIT_MILLIS = 5000

export interface FaultTargetParts {
  readonly plan: RunPlan
  readonly secrets: Secrets
  readonly deployment: Deployment
  readonly embedded: EmbeddedServer | undefined
  readonly proxy: Pick<FaultProxy, 'url' | 'isOurs'>
  /** Servers that the load goes to, where it does not go to all of the deployment. */
  readonly loadAddresses: readonly string[] | null
  readonly threads: Pick<LoadThreads, 'cut'>
}

/** The deployment and our connections to it, as faults may hit them. */
export function faultTargetOf(parts: FaultTargetParts): FaultTarget & UndoTarget {
  const { plan, deployment, embedded, threads, loadAddresses, proxy } = parts
  const prefix = connectionNamePrefixOf(plan)
  return {
    ...undoTargetOf(parts),
    loadAddresses,
    async listConnections(address, type) {
      const text = await deployment.call(address, 'CLIENT', ['LIST'], LIMIT_MILLIS)
      const clients = parseClientList(String(text)).filter((client) => KINDS[type](client, prefix))
      return clients.map(({ id }) => ({ address, id }))
    },
    async killConnection({ address, id }) {
      return Number(await deployment.call(address, 'CLIENT', ['KILL', 'ID', id], LIMIT_MILLIS)) > 0
    },
    cutConnections: (share, random) =>
      bounded(threads.cut(share, random.below(2 ** 32)), LIMIT_MILLIS, 'cutting connections'),
    processOf: (address) =>
      embedded !== undefined && address === writeAddress(embedded) ? asProcess(embedded) : undefined,
    user: plan.target.username ?? 'default',
    sentinelMaster: plan.target.sentinel.name,
    toxiproxy: proxy.url?.replace(/\/+$/, '') ?? null,
    isOurToxiproxy: proxy.isOurs,
    isAllowed: (address) => isFaultTarget(plan, address),
  }
}

/** What faults are taken back with; also by a process that did not cause them. */
export function undoTargetOf({
  plan,
  secrets,
  deployment,
  embedded,
}: Pick<FaultTargetParts, 'plan' | 'secrets' | 'deployment' | 'embedded'>): UndoTarget {
  const { password } = secrets
  const { username } = plan.target
  return {
    deployment,
    passwords: passwordRotation(plan, secrets, deployment),
    migrateCredentials() {
      if (password === null) return []
      return username === null ? ['AUTH', password] : ['AUTH2', username, password]
    },
    startEmbedded: async () => await embedded?.restart(),
  }
}

/** Servers on this machine, and those that the user has named. */
export function isFaultTarget({ safety }: Pick<RunPlan, 'safety'>, address: string): boolean {
  const { host = '' } = parseAddress(address) ?? {}
  const isHere = host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
  return isHere || safety.fault_targets.some((one) => one.toLowerCase() === address.toLowerCase())
}

const isOurs = ({ name }: ListedClient, prefix: string): boolean => name.startsWith(`${prefix}:`)
const isPubsub = ({ flags }: ListedClient): boolean => flags.includes('P')
/** Replicas, masters and monitors are no clients that want something. */
const isNormal = ({ flags }: ListedClient): boolean => !/[PSMO]/.test(flags)
const isControl = ({ name }: ListedClient, prefix: string): boolean => name === `${prefix}-control`

const KINDS: Readonly<
  Record<Parameters<FaultTarget['listConnections']>[1], (client: ListedClient, prefix: string) => boolean>
> = {
  ours: isOurs,
  'ours-normal': (client, prefix) => isOurs(client, prefix) && isNormal(client),
  'ours-pubsub': (client, prefix) => isOurs(client, prefix) && isPubsub(client),
  normal: (client, prefix) => isNormal(client) && !isControl(client, prefix),
  pubsub: isPubsub,
  replica: ({ flags }) => flags.includes('S'),
}

function asProcess(server: EmbeddedServer): OwnProcess | undefined {
  const { pid } = server
  const born = server.isRunning ? processBirth(pid) : undefined
  if (born === undefined) return undefined
  return {
    pid,
    born,
    signal: (name) => server.signal(name),
    crash: () => bounded(server.crash(), LIMIT_MILLIS, 'SIGKILL'),
    restart: () => server.restart(),
  }
}
