import type { Call, FollowUp, ReplyReader, Unit, Workload } from '../model/call.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { StreamsPlan } from '../model/plan.ts'
import { bulkString, keyName, streamKeys } from './keys.ts'
import { parseMessage } from './messages.ts'
import type { ConsumerSeries } from './series.ts'
import { readStreamReply, type StreamEntry } from './stream-reply.ts'

export interface ConsumerSpec {
  readonly keyPrefix: string
  readonly streams: StreamsPlan
  readonly series: ConsumerSeries
  /** Each consumer reads one stream only: in a Cluster one command cannot read several. */
  readonly oneStreamEach: boolean
}

export interface ConsumerParts {
  readonly ledger: LedgerWriter
  /** The wall clock, microseconds, from the monotonic one. */
  readonly nowMicros: () => number
}

/** Where the first stream is in an XREADGROUP of ours. */
const STREAMS_AT = 9
const SINGLE: Unit = { kind: 'single', size: 1, series: -1 }
const ACKNOWLEDGE: FollowUp = { on: 'ok', unit: SINGLE }

/**
 * What the consumers of a group send: XREADGROUP over all streams, then an XACK for each stream that had entries, one
 * after the other. A consumer that does not know what became of a read or an acknowledgement first asks for what the
 * group holds for it, as an application would, until nothing is left.
 */
export class ConsumerWorkload implements Workload {
  readonly #spec: ConsumerSpec
  readonly #parts: ConsumerParts
  readonly #consumers = new Map<number, Consumer>()
  #isFollowing = false
  /** Entries that were added earlier belong to the warm-up: they are counted and not timed. */
  measuredFromMicros = Number.POSITIVE_INFINITY

  constructor(spec: ConsumerSpec, parts: ConsumerParts) {
    this.#spec = spec
    this.#parts = parts
  }

  nextUnit(): Unit {
    this.#isFollowing = false
    return SINGLE
  }

  follow(): void {
    this.#isFollowing = true
  }

  fill(call: Call): void {
    const consumer = this.#consumer(call.connection.index)
    const { read, acknowledge } = this.#spec.series
    call.draw = 0
    call.key = 0
    call.followUp = null
    call.name = this.#isFollowing ? 'xack' : 'xreadgroup'
    call.keyArgument = this.#isFollowing ? 1 : STREAMS_AT
    call.series = this.#isFollowing ? acknowledge : read
    call.reader = this.#isFollowing ? consumer.acknowledged : consumer.entries
    call.wire = this.#isFollowing ? consumer.acknowledge() : consumer.read()
  }

  #consumer(connection: number): Consumer {
    const known = this.#consumers.get(connection)
    if (known !== undefined) return known
    const { nowMicros, ledger } = this.#parts
    const consumer = new Consumer(connection, this.#spec, {
      ledger,
      nowMicros,
      isMeasured: (stampMicros) => stampMicros >= this.measuredFromMicros,
    })
    this.#consumers.set(connection, consumer)
    return consumer
  }
}

interface TimingParts extends ConsumerParts {
  readonly isMeasured: (stampMicros: number) => boolean
}

class Consumer {
  readonly #group: string
  readonly #parts: TimingParts
  readonly #readNew: string
  readonly #readAgain: string
  /** Entries that were read and whose acknowledgement was not answered yet, by stream. */
  #open: { readonly key: string; readonly ids: readonly string[] }[] = []
  /** `key id` of the entries that were seen and not acknowledged; no more than the group holds for this consumer. */
  readonly #seen = new Set<string>()
  /** A read was sent and its answer has not come. */
  #isReading = false
  #isCatchingUp = false

  constructor(connection: number, { keyPrefix, streams, oneStreamEach }: ConsumerSpec, parts: TimingParts) {
    this.#group = streams.group
    this.#parts = parts
    const range = streamKeys({ keyPrefix, streams })
    // Each begins with another stream, so that none is always served first.
    const keys = Array.from({ length: oneStreamEach ? 1 : range.count }, (_, index) =>
      keyName(range, (connection + index) % range.count),
    )
    const head = ['XREADGROUP', 'GROUP', streams.group, `consumer-${connection}`, 'COUNT', streams.batch]
    const readFrom = (id: string): string =>
      request([...head, 'BLOCK', streams.block_ms, 'STREAMS', ...keys, ...keys.map(() => id)])
    this.#readNew = readFrom('>')
    this.#readAgain = readFrom('0')
  }

  read(): string {
    if (this.#isReading || this.#open.length > 0) this.#isCatchingUp = true
    this.#open = []
    this.#isReading = true
    return this.#isCatchingUp ? this.#readAgain : this.#readNew
  }

  acknowledge(): string {
    const { key, ids } = this.#open[0]!
    return request(['XACK', key, this.#group, ...ids])
  }

  readonly entries: ReplyReader = {
    read: (reply, call) => {
      this.#isReading = false
      const streams = readStreamReply(reply).filter(({ entries }) => entries.length > 0)
      for (const { key, entries } of streams) {
        for (const entry of entries) this.#count(key, entry)
        this.#open.push({ key, ids: entries.map(({ id }) => id) })
      }
      if (this.#isCatchingUp && streams.length === 0) {
        this.#isCatchingUp = false
        // What was acknowledged without our knowing.
        this.#seen.clear()
      }
      call.followUp = this.#open.length > 0 ? ACKNOWLEDGE : null
    },
  }

  readonly acknowledged: ReplyReader = {
    read: (reply, call) => {
      const done = this.#open.shift()
      for (const id of done?.ids ?? []) this.#seen.delete(`${done!.key} ${id}`)
      this.#parts.ledger.count('stream_acknowledged', countIn(reply, done?.ids.length ?? 0))
      call.followUp = this.#open.length > 0 ? ACKNOWLEDGE : null
    },
  }

  #count(key: string, { id, message: bytes }: StreamEntry): void {
    const { ledger, nowMicros, isMeasured } = this.#parts
    const name = `${key} ${id}`
    if (this.#seen.has(name)) {
      ledger.count('stream_redelivered', 1)
      return
    }
    this.#seen.add(name)
    ledger.count('stream_read', 1)
    const message = bytes === null ? undefined : parseMessage(bytes)
    if (message === undefined) ledger.count('stream_damaged', 1)
    else if (isMeasured(message.stampMicros))
      ledger.recordThread('stream_delivery', Math.max(0, nowMicros() - message.stampMicros))
  }
}

/** What a server says it has acknowledged: no more than it was asked to. */
function countIn(reply: unknown, most: number): number {
  const count = Number(reply)
  return Number.isInteger(count) && count >= 0 ? Math.min(count, most) : 0
}

/** A request in RESP. */
function request(words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${words.map((word) => bulkString(String(word))).join('')}`
}
