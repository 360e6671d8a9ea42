import type { Permission } from '../model/check-report.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'

const LIMIT_MILLIS = 2000
/** They change what a connection is, or what a transaction is, even within one. */
const NOT_IN_TRANSACTION = new Set(
  'subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe monitor watch multi exec discard reset quit'.split(
    ' ',
  ),
)

export interface Permissions {
  readonly known: readonly Permission[]
  readonly unknown: readonly string[]
}

type Request = readonly [string, ...string[]]

/**
 * Asks whether commands may be run without running any: they are put into a transaction, where the server checks the
 * user's rights, the arity and its own state before it queues them, and then the transaction is discarded. Where that
 * is not possible, ACL DRYRUN is asked.
 */
export async function probePermissions(
  control: ControlClient,
  requests: readonly Request[],
): Promise<Permissions> {
  const known: Permission[] = []
  const later: Request[] = []
  // In a Cluster each command could go to another connection.
  if (!control.isCluster && (await succeeds(control, 'MULTI', []))) {
    for (const request of requests) {
      const answer = isForTransactions(request) ? await queue(control, request) : undefined
      if (answer === undefined) later.push(request)
      else known.push(answer)
    }
    await succeeds(control, 'DISCARD', [])
  } else {
    if (!control.isCluster) known.push({ command: 'MULTI', allowed: false, error: 'NOPERM' })
    later.push(...requests)
  }
  const unknown: string[] = []
  const user = later.length === 0 ? undefined : await whoAmI(control)
  for (const request of later) {
    const answer = user === undefined ? undefined : await dryRun(control, user, request)
    if (answer === undefined) unknown.push(nameOf(request))
    else known.push(answer)
  }
  return { known, unknown }
}

export function nameOf([command, first]: Request): string {
  const name = command.toUpperCase()
  return name === 'CLIENT' && first !== undefined ? `${name} ${first.toUpperCase()}` : name
}

function isForTransactions([command]: Request): boolean {
  return !NOT_IN_TRANSACTION.has(command.toLowerCase())
}

async function queue(control: ControlClient, request: Request): Promise<Permission | undefined> {
  const [command, ...args] = request
  try {
    await control.call(command, args, LIMIT_MILLIS)
    return { command: nameOf(request), allowed: true, error: null }
  } catch (error) {
    if (error instanceof Error && /inside (a transaction|MULTI)/i.test(error.message)) return undefined
    return { command: nameOf(request), allowed: false, error: causeOf(error) }
  }
}

/** Redis 7 and later, for users who may use ACL. */
async function dryRun(
  control: ControlClient,
  user: string,
  request: Request,
): Promise<Permission | undefined> {
  try {
    const answer = await control.call('ACL', ['DRYRUN', user, ...request], LIMIT_MILLIS)
    const allowed = answer === 'OK'
    return { command: nameOf(request), allowed, error: allowed ? null : 'NOPERM' }
  } catch {
    return undefined
  }
}

export async function whoAmI(control: ControlClient): Promise<string | undefined> {
  try {
    return String(await control.call('ACL', ['WHOAMI'], LIMIT_MILLIS))
  } catch {
    return undefined
  }
}

async function succeeds(control: ControlClient, command: string, args: readonly string[]): Promise<boolean> {
  try {
    await control.call(command, args, LIMIT_MILLIS)
    return true
  } catch {
    return false
  }
}
