import {
  type ByteToxicType,
  RESP_TOXICS,
  type RespToxicType,
  TOXIPROXY_TOXICS,
  type ToxicType,
} from '../model/toxic.ts'
import { type AttributeRules, boolean, integer, oneOf, share, text, texts, values } from './attributes.ts'
import type { Stage, StageContext } from './stage.ts'
import { type BandwidthAttributes, createBandwidth } from './stages/bandwidth.ts'
import { createLatency, type LatencyAttributes } from './stages/latency.ts'
import { createLimitData, type LimitDataAttributes } from './stages/limit-data.ts'
import { createResetPeer, type ResetPeerAttributes } from './stages/reset-peer.ts'
import { createSlicer, type SlicerAttributes } from './stages/slicer.ts'
import { createSlowClose, type SlowCloseAttributes } from './stages/slow-close.ts'
import { createTimeout, type TimeoutAttributes } from './stages/timeout.ts'

/** Which commands a toxic picks: by name (none: all but those of a handshake), by chance, and at most so many (0: any number). */
const PICKED: AttributeRules = { commands: texts(), probability: share(1), count: integer() }

/** Every toxic with its attributes. Add one here. */
const ATTRIBUTES: Readonly<Record<ToxicType, AttributeRules>> = {
  latency: { latency: integer(), jitter: integer() },
  bandwidth: { rate: integer() },
  slow_close: { delay: integer() },
  timeout: { timeout: integer() },
  reset_peer: { timeout: integer() },
  slicer: { average_size: integer(), size_variation: integer(), delay: integer() },
  limit_data: { bytes: integer() },
  half_open: {},
  accept_close: {},
  refuse: {},
  resp_error: { ...PICKED, error: text('ERR injected') },
  resp_garbage: { ...PICKED, bytes: integer(32) },
  resp_cut: { ...PICKED, bytes: integer(1), bulk: integer(1), action: oneOf(['close', 'reset']) },
  resp_push: { push: values(), interval: integer(), opted_in: boolean() },
  resp_drop_reply: { ...PICKED, action: oneOf(['close', 'reset', 'hold']) },
  resp_duplicate: { commands: texts(), share: share(1), count: integer() },
  resp_maint_notifications: {},
}

export function isToxicType(type: string): type is ToxicType {
  return Object.hasOwn(ATTRIBUTES, type)
}

export function attributeRulesOf(type: ToxicType): AttributeRules {
  return ATTRIBUTES[type]
}

/** A toxic that has a place in the chain of one direction. */
export function isByteToxic(type: ToxicType): type is ByteToxicType {
  return (TOXIPROXY_TOXICS as readonly string[]).includes(type)
}

export function isRespToxic(type: ToxicType): type is RespToxicType {
  return (RESP_TOXICS as readonly string[]).includes(type)
}

/** Attributes are checked when they are read, by the rules above. */
type CreateStage = (context: StageContext, attributes: object) => Stage

const STAGES = {
  latency: (context, attributes) => createLatency(context, attributes as LatencyAttributes),
  bandwidth: (context, attributes) => createBandwidth(context, attributes as BandwidthAttributes),
  slow_close: (context, attributes) => createSlowClose(context, attributes as SlowCloseAttributes),
  timeout: (context, attributes) => createTimeout(context, attributes as TimeoutAttributes),
  reset_peer: (context, attributes) => createResetPeer(context, attributes as ResetPeerAttributes),
  slicer: (context, attributes) => createSlicer(context, attributes as SlicerAttributes),
  limit_data: (context, attributes) => createLimitData(context, attributes as LimitDataAttributes),
} satisfies Record<ByteToxicType, CreateStage>

/** The stage of a toxic in one direction of one connection. */
export function createStage(type: ByteToxicType, context: StageContext, attributes: object): Stage {
  return STAGES[type](context, attributes)
}
