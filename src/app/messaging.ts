import { parseAddress } from '../model/address.ts'
import type { ReplyReader } from '../model/call.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ThreadData } from '../model/thread-message.ts'
import { escapeGlob } from '../redis/escape-glob.ts'
import { SubscriberConnections } from '../redis/subscriber-connections.ts'
import type { Subscription } from '../redis/subscriber.ts'
import type { WorkloadHooks } from '../workload/build-workload.ts'
import { ConsumerWorkload } from '../workload/consume-streams.ts'
import { DeliveryCounter } from '../workload/count-deliveries.ts'
import { createMessages } from '../workload/messages.ts'
import { channelName } from '../workload/prepare-operation.ts'
import { planSeries } from '../workload/series.ts'
import type { LaneParts } from './load-lanes.ts'
import { connectionNamePrefixOf, keyPrefixOf } from './run-plan-parts.ts'

/** The part of a load thread in messages: it makes them, hears them and reads them. */
export interface Messaging {
  readonly hooks: WorkloadHooks
  /** `undefined` when the thread has none. */
  readonly subscribers: SubscriberConnections | undefined
  readonly consumers: ConsumerWorkload | undefined
  /** What is published or added from then on is timed; milliseconds of the thread clock. */
  measureFrom(at: number): void
}

export function openMessaging(data: ThreadData, parts: LaneParts): Messaging {
  const { plan, share } = data
  const { clock, time, ledger } = parts
  const nowMillis = (): number => time.toEpochMillis(clock.now())
  const nowMicros = (): number => 1000 * nowMillis()
  const deliveries = new DeliveryCounter(ledger, {
    isPassedOn: plan.target.topology === 'cluster',
    listeners: share.subscribers.connections,
    subscribers: plan.pubsub.subscribers,
    publishers: plan.load.clients + plan.operations.reduce((sum, { connections }) => sum + connections, 0),
  })
  const consumers =
    share.consumers.connections === 0
      ? undefined
      : new ConsumerWorkload(
          {
            keyPrefix: keyPrefixOf(plan),
            streams: plan.streams,
            series: planSeries(plan).consumers,
            oneStreamEach: plan.target.topology === 'cluster',
          },
          { ledger, nowMicros },
        )
  const additions: ReplyReader = {
    read(reply) {
      if (reply !== null) ledger.count('stream_added', 1)
    },
  }
  return {
    hooks: {
      now: nowMillis,
      nextMessage: createMessages(nowMillis),
      readerOf(command, template) {
        if (plan.pubsub.subscribers > 0 && command === publishCommand(plan)) return deliveries.promises
        if (plan.streams.consumers > 0 && /^xadd \{stream\}/i.test(template)) return additions
        return null
      },
    },
    subscribers:
      share.subscribers.connections === 0 ? undefined : openSubscribers(data, parts, deliveries, nowMicros),
    consumers,
    measureFrom(at) {
      const micros = 1000 * time.toEpochMillis(at)
      deliveries.measuredFromMicros = micros
      if (consumers !== undefined) consumers.measuredFromMicros = micros
    },
  }
}

/** The command that reaches the subscribers of a plan, as `INFO commandstats` spells it. */
function publishCommand({ pubsub }: RunPlan): string {
  return pubsub.mode === 'sharded' ? 'spublish' : 'publish'
}

function openSubscribers(
  { plan, secrets, share }: ThreadData,
  { clock, time, ledger, outbox }: LaneParts,
  deliveries: DeliveryCounter,
  nowMicros: () => number,
): SubscriberConnections {
  const { firstConnection, connections: count } = share.subscribers
  return new SubscriberConnections(
    {
      target: plan.target,
      client: plan.client,
      secrets,
      thread: share.thread,
      firstConnection,
      count,
      namePrefix: connectionNamePrefixOf(plan),
      subscription: subscriptionOf(plan),
      // In a Cluster what is published at one node is heard at each.
      addresses:
        plan.target.topology === 'cluster' ? plan.target.nodes.map((node) => parseAddress(node)!) : [],
    },
    {
      clock,
      ledger,
      lifeCycleListener: outbox,
      toEpochMillis: (at) => time.toEpochMillis(at),
      onMessage: (subscriber, message) => deliveries.receive(subscriber, message, nowMicros()),
    },
  )
}

function subscriptionOf(plan: RunPlan): Subscription {
  const { mode, channels } = plan.pubsub
  const keyPrefix = keyPrefixOf(plan)
  if (mode === 'pattern') return { mode, names: [`${escapeGlob(keyPrefix)}:*`] }
  return { mode, names: channels.map((channel) => channelName({ keyPrefix }, channel)) }
}
