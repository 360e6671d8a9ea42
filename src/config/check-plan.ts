import { ACKED_WRITE } from '../model/acked-writes.ts'
import type { Problem } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import type { Sourced } from './sources.ts'

/** Rules that tie several settings together. Each problem names the setting that has to change. */
export function checkPlan(plan: RunPlan, resolved: ReadonlyMap<string, Sourced>, problems: Problem[]): void {
  const { load, batch, target } = plan
  const largest = largestBatch(plan)
  const complain = (path: string, message: string, hint: string): void => {
    problems.push({ path, where: resolved.get(path)?.origin ?? 'default', message, hint })
  }
  checkRenewal(plan, complain)
  checkMaintenance(plan, complain)
  if (load.threads > load.clients)
    complain(
      'load.threads',
      `${load.threads} threads for ${load.clients} connections`,
      'every thread needs a connection: fewer threads or more clients',
    )
  else if (load.model === 'closed' && load.concurrency < load.threads)
    complain(
      'load.concurrency',
      `${load.concurrency} in flight for ${load.threads} threads`,
      'give at least one to each thread',
    )
  if (load.max_in_flight < largest * load.threads)
    complain(
      'load.max_in_flight',
      `${load.max_in_flight} has no room for a batch of ${largest} on each of ${load.threads} threads`,
      'raise it or make the batch smaller',
    )
  if (load.model === 'closed' && load.max_in_flight < load.concurrency * largest)
    complain(
      'load.max_in_flight',
      `${load.max_in_flight} is less than ${load.concurrency} × ${largest} in flight`,
      'raise it',
    )
  if (load.model === 'open' && load.think_time !== null)
    complain(
      'load.think_time',
      'an open loop waits for no answer, so there is no time to think after one',
      'leave it out, or leave out the rates',
    )
  if (Number(resolved.get('pipeline.size')?.value) > 0 && batch.kind === 'transaction')
    complain(
      'pipeline.size',
      'pipelines and transactions cannot be combined',
      'set one of the two sizes to 0',
    )
  if ((target.tls.cert_file === null) !== (target.tls.key_file === null))
    complain(
      'target.tls.cert_file',
      'a client certificate needs its private key, and the other way round',
      'give both',
    )
  checkMessaging(plan, complain)
  checkAudit(plan, complain)
}

type Complain = (path: string, message: string, hint: string) => void

/** Subscribers that could never hear what is published, and reads that would not be answered before the end. */
function checkMessaging({ pubsub, streams, operations, client, load }: RunPlan, complain: Complain): void {
  if (streams.consumers > 0 && streams.block_ms >= load.drain_ms)
    complain(
      'streams.block',
      `${streams.block_ms} ms is not shorter than the drain of ${load.drain_ms} ms, so reads would be in flight at the end`,
      'shorten it, or lengthen load.drain',
    )
  if (pubsub.subscribers === 0) return
  if (client.read_from === 'replicas')
    complain(
      'pubsub.subscribers',
      'subscribers listen at the target, and the load goes to its replicas',
      'leave out one of the two',
    )
  const commands = operations.flatMap((operation) => operation.commands)
  const hasCommand = (name: string): boolean =>
    commands.some((command) => command.trim().split(/\s/)[0]!.toUpperCase() === name)
  const [heard, unheard] = pubsub.mode === 'sharded' ? ['SPUBLISH', 'PUBLISH'] : ['PUBLISH', 'SPUBLISH']
  if (hasCommand(unheard) && !hasCommand(heard))
    complain(
      'pubsub.mode',
      `${pubsub.mode} subscribers do not hear ${unheard}`,
      `publish with ${heard}, or choose another mode`,
    )
}

/** Commands in the largest unit that can be drawn. */
function largestBatch({ batch, operations }: RunPlan): number {
  return Math.max(
    batch.size,
    ...operations.map((operation) => operation.batch.size * operation.commands.length),
  )
}

function checkRenewal({ client, load }: RunPlan, complain: Complain): void {
  if (client.renew_after !== null && load.model === 'open' && load.clients < 2 * load.threads)
    complain(
      'client.renew_after',
      `${load.clients} connections on ${load.threads} threads: while one is renewed another has to take the load`,
      'give each thread at least two connections (--clients)',
    )
}

function checkMaintenance({ client, target }: RunPlan, complain: Complain): void {
  if (client.maintenance_notifications !== 'off' && target.protocol === 2)
    complain(
      'client.maintenance_notifications',
      'servers announce their maintenance in RESP3 only',
      'leave out --protocol 2, or switch the notifications off',
    )
}

/** Audit writes go where the load goes, and have a name of their own. */
function checkAudit({ acked_writes, operations, client }: RunPlan, complain: Complain): void {
  if (acked_writes.share === 0) return
  if (operations.some(({ name }) => name === ACKED_WRITE))
    complain(
      'acked_writes.share',
      `an operation is named ${ACKED_WRITE}, as audit writes are`,
      'give it another name',
    )
  if (client.read_from === 'replicas')
    complain(
      'acked_writes.share',
      'the load goes to replicas, which take no writes',
      'leave out the audit, or client.read_from',
    )
}
