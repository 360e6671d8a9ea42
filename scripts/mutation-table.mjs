// Deliberate defects, each of which `npm run mutations` must see caught by the simulation; or, where virtual time cannot
// see it by nature, by the named unit test. `find` stands exactly once in its file.
import { MUTATIONS_OF_OUTPUTS } from './mutations-of-outputs.mjs'

const dispatcher = 'src/engine/dispatcher.ts'
const openLoop = 'src/engine/open-loop.ts'
const closedLoop = 'src/engine/closed-loop.ts'
const engine = 'src/engine/run-engine.ts'
const command = 'src/redis/measured-command.ts'
const connection = 'src/redis/measured-connection.ts'
const lifeCycle = 'src/redis/life-cycle.ts'
const options = 'src/redis/client-options.ts'
const frame = 'src/redis/transaction-frame.ts'
const silence = 'src/redis/silence-watch.ts'
const timeline = 'src/faults/fault-timeline.ts'

/** @type {readonly { name: string, file: string, find: string, replace: string, test?: string }[]} */
export const MUTATIONS = [
  ...MUTATIONS_OF_OUTPUTS,
  {
    name: 'an error is dropped',
    file: dispatcher,
    find: '    this.#record(call, outcome, code, at)\n    if (call.tracker !== null) call.tracker.settled(call, outcome)',
    replace:
      '    if (outcome !== 1) this.#record(call, outcome, code, at)\n    if (call.tracker !== null) call.tracker.settled(call, outcome)',
  },
  {
    name: 'response times begin at the send',
    file: dispatcher,
    find: 'this.#hasDueInstants ? (at - call.dueAt) * MICROS_PER_MILLI : -1,',
    replace: 'this.#hasDueInstants ? (at - call.sentAt) * MICROS_PER_MILLI : -1,',
  },
  {
    name: 'service times begin at the due instant',
    file: dispatcher,
    find: 'const serviceMillis = at - call.sentAt',
    replace: 'const serviceMillis = at - call.dueAt',
  },
  {
    name: 'a batch settles before its last command',
    file: dispatcher,
    find: 'if (--batch.remaining > 0) return',
    replace: 'if (--batch.remaining > 1) return',
  },
  {
    name: 'a batch is as good as its first outcome',
    file: dispatcher,
    find: 'if (outcome > batch.outcome) {',
    replace: 'if (outcome < batch.outcome) {',
  },
  {
    name: 'an expired command is not marked',
    file: dispatcher,
    find: '      call.abandoned = true\n',
    replace: '',
  },
  {
    name: 'an abandoned command is held for ever',
    file: dispatcher,
    find: '    this.abandoned--\n',
    replace: '',
  },
  {
    name: 'an abandoned command that fails counts as a late reply',
    file: dispatcher,
    find: '    if (!failed) {\n',
    replace: '    {\n',
  },
  {
    name: 'what comes after the end is recorded',
    file: dispatcher,
    find: '    this.#isClosed = true\n',
    replace: '',
  },
  {
    name: 'nil replies are not counted',
    file: dispatcher,
    find: 'if (call.nil) this.#ledger.countNil(call.phase, call.series)',
    replace: '',
  },
  {
    name: 'a follow-up is not counted as scheduled',
    file: dispatcher,
    find: "    this.#ledger.countPhase(phase, 'scheduled', followUp.unit.size)\n",
    replace: '',
  },
  {
    name: 'the deadline list skips one',
    file: 'src/engine/deadline-list.ts',
    find: '    const call = this.#oldest\n',
    replace: '    const call = this.#oldest?.following ?? null\n',
  },
  {
    name: 'the deadline list loses its tail',
    file: 'src/engine/deadline-list.ts',
    find: 'else if (this.#newest === call) this.#newest = previous',
    replace: 'else if (this.#newest === call) this.#newest = null',
  },
  {
    name: 'the budget is off by one',
    file: 'src/engine/budget.ts',
    find: 'return this.#left <= 0',
    replace: 'return this.#left < 0',
  },
  {
    name: 'a drop is lost',
    file: openLoop,
    find: "      ledger.countPhase(phase, 'dropped_max_in_flight', unit.size)\n",
    replace: '',
  },
  {
    name: 'late arrivals are skipped in silence',
    file: openLoop,
    find: 'while (this.#dueAt < endAt && !this.#isSpent()) {',
    replace: 'while (false) {',
  },
  {
    name: 'warm-up counts as measured',
    file: openLoop,
    find: 'return this.#dueAt < this.#timeline.measureAt ? WARMUP : MEASURE',
    replace: 'return this.#dueAt < this.#timeline.startAt ? WARMUP : MEASURE',
  },
  {
    name: 'abandoned commands do not count as in flight',
    file: openLoop,
    find: 'if (dispatcher.inFlight + dispatcher.abandoned + unit.size > this.#maxInFlight) {',
    replace: 'if (dispatcher.inFlight + unit.size > this.#maxInFlight) {',
  },
  {
    name: 'arrivals go on after the end',
    file: openLoop,
    find: 'this.#dueAt <= at && this.#dueAt < endAt && !this.#isSpent(); fired++',
    replace: 'this.#dueAt <= at && !this.#isSpent(); fired++',
  },
  {
    name: 'warm-up counts as measured in a closed loop',
    file: closedLoop,
    find: 'const phase = at < this.#timeline.measureAt ? WARMUP : MEASURE',
    replace: 'const phase = at < this.#timeline.startAt ? WARMUP : MEASURE',
  },
  {
    name: 'an answer triggers two units',
    file: closedLoop,
    find: '    else this.#issue(connection, at)\n  }\n\n  available',
    replace:
      '    else {\n      this.#issue(connection, at)\n      this.#issue(connection, at)\n    }\n  }\n\n  available',
  },
  {
    name: 'nobody thinks',
    file: closedLoop,
    find: 'this.#thinking.push(at + min_ms + think.random.next() * (max_ms - min_ms), position)',
    replace: 'this.#thinking.push(at + think.random.next() * (max_ms - min_ms), position)',
  },
  {
    name: 'a slot whose connection is down is lost',
    file: closedLoop,
    find: 'if (isSynchronous || !connection.isReady || !this.#hasRoom()) this.#parked[position]! += 1',
    replace: 'if (isSynchronous || !connection.isReady || !this.#hasRoom()) return',
    test: 'test/engine/closed-loop.test.ts',
  },
  {
    name: 'what was sent before a rate was changed is forgotten',
    file: 'src/schedule/adjusted-curve.ts',
    find: 'sentBefore += factor * (plan.',
    replace: 'sentBefore += (plan.',
  },
  {
    name: 'random arrivals are drawn anew with each adjustment',
    file: 'src/schedule/poisson.ts',
    find: '    again() {\n',
    replace: '    again() {\n      passed -= Math.log(1 - random.next())\n',
  },
  {
    name: 'the arrival that is waited for comes as it was planned before',
    file: openLoop,
    find: 'if (!this.#isFinished) this.#dueAt = this.#timeline.startAt + this.#parts.schedule.again()',
    replace: 'void this.#isFinished',
  },
  {
    name: 'a pause ends a load that ends by its count',
    file: openLoop,
    find: 'next === Number.POSITIVE_INFINITY && this.#parts.time?.isPaused !== true',
    replace: 'next === Number.POSITIVE_INFINITY',
  },
  {
    name: 'a closed loop goes on in a pause',
    file: closedLoop,
    find: 'Math.min(untilMillis - skippedMillis, this.#time.nextAfter(elapsed))',
    replace: 'untilMillis - skippedMillis',
  },
  {
    name: 'a higher rate is more units on connections of an operation',
    file: closedLoop,
    find: 'this.#limits.isFixed === true ? planned :',
    replace: 'planned < 0 ? planned :',
  },
  {
    name: 'an adjustment holds before the load threads know of it',
    file: 'src/app/arrivals-control.ts',
    find: 'const atMillis = source.now() + LEAD_MILLIS - times',
    replace: 'const atMillis = source.now() - times',
  },
  {
    name: 'a phase that is left out is made up for at the end',
    file: engine,
    find: '      timeline.endAt = Math.min(timeline.endAt, endAt)\n',
    replace: '      void endAt\n',
  },
  {
    name: 'the drain does not wait for what is in flight',
    file: engine,
    find: '(held(lanes).inFlight === 0 || at >= timeline.endAt + drainLimit)',
    replace: 'true',
  },
  {
    name: 'the drain waits for ever',
    file: engine,
    find: '(held(lanes).inFlight === 0 || at >= timeline.endAt + drainLimit)',
    replace: 'held(lanes).inFlight === 0',
  },
  {
    name: 'a signal does not shorten the drain',
    file: engine,
    find: 'drainLimit = Math.min(drainLimit, limit)',
    replace: 'void limit',
  },
  {
    name: 'only the first lane has deadlines',
    file: engine,
    find: 'for (const { dispatcher } of lanes) dispatcher.expire()',
    replace: 'for (const { dispatcher } of lanes.slice(0, 1)) dispatcher.expire()',
  },
  {
    name: 'kept commands have no limit',
    file: 'src/engine/keep-gate.ts',
    find: '    this.#tokens[reason]--\n',
    replace: '',
  },
  {
    name: 'a histogram is off by one bucket',
    file: 'src/ledger/histogram-block.ts',
    find: 'data[offset + FIRST_BUCKET + bucketIndex(micros)]! += 1',
    replace: 'data[offset + FIRST_BUCKET + bucketIndex(micros) + 1]! += 1',
  },
  {
    name: 'times of errors are not recorded by code',
    file: 'src/ledger/writer.ts',
    find: '    this.#addByCode(base + SERIES.errorsByCode + code * BOUNDED_SIZE, serviceMicros)\n',
    replace: '',
  },
  {
    name: 'only the first thread is read',
    file: 'src/ledger/reader.ts',
    find: 'const sum = (offset: number): number => sumAt(ledgers, offset)',
    replace: 'const sum = (offset: number): number => sumAt(ledgers.slice(0, 1), offset)',
  },
  {
    name: 'an interval keeps what was before it',
    file: 'src/ledger/decimal-histogram.ts',
    find: 'counts[shift + at]! -= earlier.#counts[at]!',
    replace: 'counts[shift + at]! -= 0',
  },
  {
    name: 'a resend is counted twice',
    file: command,
    find: 'if (++this.writes > 1) this.connection.countResend()',
    replace:
      'if (++this.writes > 1) {\n      this.connection.countResend()\n      this.connection.countResend()\n    }',
  },
  {
    name: 'a resend is not counted',
    file: command,
    find: 'if (++this.writes > 1) this.connection.countResend()',
    replace: '++this.writes',
  },
  {
    name: 'a late reply is recorded as ok',
    file: command,
    find: 'if (this.abandoned) this.#listener.settledLate(this, outcome !== OK)\n    else this.#listener.settled',
    replace: 'this.#listener.settled',
  },
  {
    name: 'what is indeterminate counts as failed',
    file: command,
    find: 'return writes > (answered ? 1 : 0) ? INDETERMINATE : FAILED',
    replace: 'return FAILED',
  },
  {
    name: 'what was never written counts as indeterminate',
    file: command,
    find: 'return writes > (answered ? 1 : 0) ? INDETERMINATE : FAILED',
    replace: 'return answered ? FAILED : INDETERMINATE',
  },
  {
    name: 'an error after a resend is taken for certain',
    file: command,
    find: 'return writes > (answered ? 1 : 0) ? INDETERMINATE : FAILED',
    replace: 'return answered || writes === 0 ? FAILED : INDETERMINATE',
  },
  {
    name: 'a settled command stays held',
    file: command,
    find: '    this.connection.held--\n',
    replace: '',
  },
  {
    name: 'a connection is renewed with commands in flight',
    file: connection,
    find: 'if (this.isRenewing && this.held === 0) this.#renew()',
    replace: 'if (this.isRenewing) this.#renew()',
  },
  {
    name: 'a loss before a renewal is none',
    file: 'src/redis/load-connections.ts',
    find: '        isRenewing: connection.isClosing,\n',
    replace: '        isRenewing: connection.isRenewing,\n',
  },
  {
    name: 'the clock of an outage begins again with each attempt',
    file: lifeCycle,
    find: 'if (this.#outage !== undefined) this.#outage.attempts++',
    replace:
      'if (this.#outage !== undefined)\n      this.#outage = { ...this.#outage, lostAt: at, attempts: this.#outage.attempts + 1 }',
  },
  {
    name: 'an unfinished outage is not listed',
    file: lifeCycle,
    find: "return this.#outage === undefined ? undefined : this.#describeOutage(this.#outage, at, 'unfinished')",
    replace: 'void at\n    return undefined',
  },
  {
    name: 'a lost connection is not counted as dropped',
    file: lifeCycle,
    find: '    this.#ledger.countDrop(cause)\n',
    replace: '',
  },
  {
    name: 'a failed attempt ends an outage',
    file: lifeCycle,
    find: '    this.#ledger.countAttemptError(code)\n',
    replace: '    this.#ledger.countAttemptError(code)\n    this.#endOutage(at)\n',
  },
  {
    name: 'backoff is forgotten',
    file: lifeCycle,
    find: 'this.#outage.backoffMillis += delayMillis',
    replace: 'this.#outage.backoffMillis = delayMillis',
  },
  {
    name: 'reconnections have no backoff',
    file: options,
    find: 'return isRenewing() && attempt === 1 ? 0 : retryDelay(client.retry, attempt)',
    replace: 'return isRenewing() && attempt === 1 ? 0 : 0 * retryDelay(client.retry, attempt)',
  },
  {
    name: 'backoff has no upper limit',
    file: options,
    find: 'Math.min(retry.initial_ms * retry.factor ** (attempt - 1), retry.max_ms)',
    replace: 'retry.initial_ms * retry.factor ** (attempt - 1)',
  },
  {
    name: 'jitter is ignored',
    file: options,
    find: 'return Math.round(base + random() * retry.jitter_ms)',
    replace: 'return Math.round(base + 0 * random() * retry.jitter_ms)',
  },
  {
    name: 'the preset measure sends again what was lost',
    file: options,
    find: '    enableOfflineQueue: false,\n    maxRetriesPerRequest: 0,\n    autoResendUnfulfilledCommands: true,',
    replace:
      '    enableOfflineQueue: false,\n    maxRetriesPerRequest: 5,\n    autoResendUnfulfilledCommands: true,',
  },
  {
    name: 'the preset measure queues while offline',
    file: options,
    find: '    enableOfflineQueue: false,\n    maxRetriesPerRequest: 0,\n    autoResendUnfulfilledCommands: true,',
    replace:
      '    enableOfflineQueue: true,\n    maxRetriesPerRequest: 0,\n    autoResendUnfulfilledCommands: true,',
  },
  {
    name: 'an error inside a transaction is a success',
    file: frame,
    find: 'if (result instanceof Error) command.settle(outcome, classifyError(result))\n      else command.answer(result)',
    replace: 'void outcome\n      command.answer(result)',
  },
  {
    name: 'an aborted transaction forgets its first command',
    file: frame,
    find: '    for (const command of this.#commands) {\n',
    replace: '    for (const command of this.#commands.slice(1)) {\n',
  },
  {
    name: 'a silent connection is left alone',
    file: silence,
    find: "    this.#connection.destroy(isHandshaking ? 'handshake_timeout' : 'socket_timeout')\n",
    replace: "    if (isHandshaking) this.#connection.destroy('handshake_timeout')\n",
  },
  {
    name: 'a silent handshake is left alone',
    file: silence,
    find: "    this.#connection.destroy(isHandshaking ? 'handshake_timeout' : 'socket_timeout')\n",
    replace: "    if (!isHandshaking) this.#connection.destroy('socket_timeout')\n",
  },
  {
    name: 'a connection that talks is destroyed as silent',
    file: silence,
    find: '      bytesRead !== this.#bytesRead ||\n',
    replace: '',
  },
  {
    name: 'the measured time begins with the warm-up',
    file: 'src/schedule/build-schedule.ts',
    find: 'return load.warmup_ms + measured.next()',
    replace: 'return measured.next()',
  },
  {
    name: 'threads overlap',
    file: 'src/schedule/build-schedule.ts',
    find: 'let following = thread + 1',
    replace: 'let following = thread * 0 + 1',
  },
  {
    name: 'random arrivals come at half the rate',
    file: 'src/schedule/poisson.ts',
    find: 'passed -= Math.log(1 - random.next())',
    replace: 'passed -= 2 * Math.log(1 - random.next())',
  },
  {
    name: 'a ramp stays at its beginning',
    file: 'src/schedule/rate-curve.ts',
    find: 'return from === to ? 0 : (to - from) / durationMillis',
    replace: 'return 0 * from * to * durationMillis',
  },
  {
    name: 'only the first wave of a fault comes',
    file: timeline,
    find: '        scheduleNext()\n        parts.inject',
    replace: '        parts.inject',
  },
  {
    name: 'faults come after the end',
    file: timeline,
    find: '      if (plannedAt >= parts.endMillis) return\n',
    replace: '',
  },
  {
    name: 'a fault says that it hit nobody',
    file: 'src/faults/fault-injector.ts',
    find: 'active.latest = { ...active.latest, connections, detail }',
    replace: 'active.latest = { ...active.latest, connections: 0 * connections, detail }',
  },
  {
    name: 'a fault is not taken back',
    file: 'src/faults/fault-injector.ts',
    find: 'const reverted = await this.#revert(undo)',
    replace: 'const reverted = await this.#revert([])',
    test: 'test/faults/fault-injector.test.ts',
  },
  {
    name: 'a fault that could not be taken back is said to be',
    file: 'src/faults/fault-injector.ts',
    find: 'return { reverted: failed.length === 0, revert_error',
    replace: 'return { reverted: true, revert_error',
    test: 'test/faults/fault-injector.test.ts',
  },
  {
    name: 'two faults may change the same',
    file: 'src/faults/fault-injector.ts',
    find: 'if (taken !== undefined) throw',
    replace: 'if (taken === null) throw',
    test: 'test/faults/fault-injector.test.ts',
  },
  {
    name: 'a redirected command is a repetition',
    file: 'src/redis/routed-command.ts',
    find: '    command.writes--\n',
    replace: '',
    test: 'test/redis/routed-command.test.ts',
  },
  {
    name: 'a redirection is not counted',
    file: 'src/redis/routed-command.ts',
    find: 'if (this.lastError === undefined || (answered && this.lastError !== error))',
    replace: 'if (this.lastError === undefined && !answered)',
    test: 'test/redis/routed-command.test.ts',
  },
  {
    name: 'an outage of a shard begins anew with each failure',
    file: 'src/redis/shard-watch.ts',
    find: 'shard.failures++ === 0',
    replace: 'shard.failures++ >= 0',
    test: 'test/redis/shard-watch.test.ts',
  },
  {
    name: 'an empty hash tag is one',
    file: 'src/model/key-slot.ts',
    find: 'if (close > open + 1 && close < to)',
    replace: 'if (close >= open + 1 && close < to)',
    test: 'test/model/key-slot.test.ts',
  },
  {
    name: 'an acknowledged write that is gone is not lost',
    file: 'src/workload/acked/judge-segment.ts',
    find: "else lost.push(findingAt(read, 'lost', place))",
    replace: "else if (place < 0) lost.push(findingAt(read, 'lost', place))",
    test: 'test/workload/acked/judge-segment.test.ts',
  },
  {
    name: 'a write that is there twice is one',
    file: 'src/workload/acked/judge-segment.ts',
    find: 'times[place]!++ > 0',
    replace: 'times[place]!++ > 1',
    test: 'test/workload/acked/judge-segment.test.ts',
  },
]
