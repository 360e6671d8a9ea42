import { FAILED, INDETERMINATE, OK } from '../../src/model/outcome.ts'
import type { Verdict } from '../../src/model/verification.ts'
import { buildWorkloads, type WorkloadSpec } from '../../src/workload/build-workload.ts'
import { allocateRegisters } from '../../src/workload/verification/registers.ts'
import { verifiedKeys } from '../../src/workload/verification/verified-keys.ts'
import { Verifier } from '../../src/workload/verification/verifier.ts'
import { FakeCall, FakeConnection } from './call.ts'
import { parseRequest } from './resp.ts'

/** A request on its way, or executed and not answered. */
export interface Sent {
  readonly call: FakeCall
  readonly args: readonly string[]
  readonly thread: number
  /** What the server answered, once it has run it. */
  reply: unknown
  isExecuted: boolean
  isSettled: boolean
}

export interface Found {
  readonly verdict: Verdict
  readonly key: string
  readonly atLeast: number
  readonly got: string
}

/** Load threads that verify values, and a server that is nothing but a map: the test decides what happens when. */
export class VerificationRig {
  readonly store = new Map<string, string>()
  readonly verdicts: Verdict[] = []
  readonly found: Found[] = []
  readonly verifiers: readonly Verifier[]
  readonly #workloads: readonly ReturnType<typeof buildWorkloads>[]
  readonly #connection = new FakeConnection(0, () => {
    throw new Error('not used')
  })

  constructor(spec: WorkloadSpec, options: { readonly threads?: number; readonly mayEvict?: boolean } = {}) {
    const { threads = 1, mayEvict = false } = options
    const shared = { memory: allocateRegisters(verifiedKeys(spec).count), mayEvict }
    const listener = {
      judged: (verdict: Verdict) => void this.verdicts.push(verdict),
      found: (verdict: Verdict, key: string, atLeast: number, got: string) =>
        void this.found.push({ verdict, key, atLeast, got }),
    }
    this.verifiers = Array.from(
      { length: threads },
      () => new Verifier(spec, { shared, nonce: 99, listener }),
    )
    this.#workloads = this.verifiers.map((verifier, thread) =>
      buildWorkloads(
        spec,
        { thread, threads },
        { now: () => 0, nextMessage: () => '', readerOf: () => null, verifier },
      ),
    )
  }

  /** Makes the next command of a thread; it is on its way. */
  send(thread = 0, writes = 1): Sent {
    const workload = this.#workloads[thread]!.shared!
    workload.nextUnit()
    const call = this.#newCall(writes)
    workload.fill(call)
    return {
      call,
      args: parseRequest(call.wire),
      thread,
      reply: undefined,
      isExecuted: false,
      isSettled: false,
    }
  }

  /** Makes commands until one is of this kind; what is made in between was never sent. */
  sendA(name: string, thread = 0): Sent {
    for (;;) {
      const sent = this.send(thread)
      if (sent.call.name === name) return sent
      this.fail(sent)
    }
  }

  /** The server runs it; with preset as-app it may do so again. */
  execute(sent: Sent): void {
    sent.reply = this.#run(sent.args)
    sent.isExecuted = true
  }

  answer(sent: Sent): void {
    sent.isSettled = true
    sent.call.reader?.read(sent.reply, sent.call)
    sent.call.tracker?.settled(sent.call, OK)
  }

  /** Nobody knows what became of it. */
  lose(sent: Sent): void {
    sent.isSettled = true
    sent.call.tracker?.settled(sent.call, INDETERMINATE)
  }

  fail(sent: Sent): void {
    sent.isSettled = true
    sent.call.tracker?.settled(sent.call, FAILED)
  }

  /** One command after the other: sent, run, answered. */
  perform(sent: Sent): Sent {
    this.execute(sent)
    this.answer(sent)
    return sent
  }

  count(verdict: Verdict): number {
    return this.verdicts.filter((one) => one === verdict).length
  }

  #newCall(writes: number): FakeCall {
    const call = new FakeCall(this.#connection)
    call.writes = writes
    return call
  }

  #run([name = '', key = '', ...rest]: readonly string[]): unknown {
    const { store } = this
    const valueOf = (one: string): Buffer | null => {
      const value = store.get(one)
      return value === undefined ? null : Buffer.from(value, 'latin1')
    }
    const keys = [key, ...rest]
    switch (name) {
      case 'GET':
      case 'GETEX':
        return valueOf(key)
      case 'MGET':
        return keys.map(valueOf)
      case 'GETDEL':
      case 'GETSET': {
        const old = valueOf(key)
        if (name === 'GETSET') store.set(key, rest[0]!)
        else store.delete(key)
        return old
      }
      case 'DEL':
      case 'UNLINK':
        return keys.filter((one) => store.delete(one)).length
      case 'SETNX':
        if (store.has(key)) return 0
        store.set(key, rest[0]!)
        return 1
      case 'MSET':
        for (let at = 0; at < keys.length; at += 2) store.set(keys[at]!, keys[at + 1]!)
        return Buffer.from('OK')
      case 'SET':
        return this.#set(key, rest)
      default:
        throw new Error(`the model has no ${name}`)
    }
  }

  #set(key: string, [value = '', ...options]: readonly string[]): unknown {
    const old = this.store.get(key)
    const isMet =
      (!options.includes('NX') || old === undefined) && (!options.includes('XX') || old !== undefined)
    if (isMet) this.store.set(key, value)
    if (options.includes('GET')) return old === undefined ? null : Buffer.from(old, 'latin1')
    return isMet ? Buffer.from('OK') : null
  }
}
