import type { Call, CallTracker, ReplyReader } from '../../model/call.ts'
import { INDETERMINATE, OK, type Outcome } from '../../model/outcome.ts'
import { parseValueSizes } from '../../model/value-sizes.ts'
import type { SharedVerification, Verdict } from '../../model/verification.ts'
import type { WorkloadSpec } from '../build-workload.ts'
import type { NamedKeys } from '../compile-command.ts'
import type { Draw } from '../draw.ts'
import { type KeyRange, keyName } from '../keys.ts'
import type { Kit } from '../placeholders.ts'
import type { Template } from '../template.ts'
import { sizeDraw, type ValueSource } from '../values.ts'
import { type FollowedCommand, followedCommand } from './followed-command.ts'
import { isBelow, Registers, type Write } from './registers.ts'
import { idOf, namedRange, type VerifiedKeys, verifiedKeys, type VerifiedRange } from './verified-keys.ts'
import { NOT_OURS, OF_ANOTHER_KEY, VerifiedValues } from './verified-values.ts'

/** Told of every read that was judged. */
export interface VerdictListener {
  judged(verdict: Verdict): void
  /** Of one that went wrong, besides. `got` says what was read. */
  found(verdict: 'wrong' | 'stale' | 'missing', key: string, atLeast: number, got: string): void
}

/** What a command is compiled and filled with so that its keys are followed. */
export interface Following {
  /** Before each request is made. What it gives hears what becomes of the call, and reads its reply. */
  readonly begin: () => CallTracker & ReplyReader
  /** Who is told the index of each key that is drawn from a range; nobody, of keys that hold no values. */
  readonly onKey: (keys: KeyRange | string) => ((index: number) => void) | undefined
  readonly values: Kit['values']
}

export interface VerifierParts {
  readonly shared: SharedVerification
  /** 32 bits that no other start of the run has. */
  readonly nonce: number
  readonly listener: VerdictListener
}

/**
 * Judges what one load thread reads, by what all of them wrote. When a request is made, each key that it writes gets the
 * next sequence of its register, and for each key that it reads the floor of its register is remembered; when the call is
 * settled, what was read is judged by that floor and what was written is settled.
 */
export class Verifier {
  readonly #spec: WorkloadSpec
  readonly #keys: VerifiedKeys
  readonly #ranges: ReadonlyMap<string, VerifiedRange>
  readonly #registers: Registers
  readonly #values: VerifiedValues
  readonly #mayEvict: boolean
  readonly #listener: VerdictListener
  readonly #free: FollowedCall[] = []
  /** Whose request is being made. */
  #current: FollowedCall | undefined
  /** Whose value comes next. */
  #register = 0

  constructor(spec: WorkloadSpec, { shared, nonce, listener }: VerifierParts) {
    this.#spec = spec
    this.#keys = verifiedKeys(spec)
    this.#ranges = new Map(this.#keys.ranges.map((range) => [idOf(range), range]))
    this.#registers = new Registers(shared.memory)
    const { kind, compressibility } = spec.values
    const { largestBytes } = this.#keys
    this.#values = new VerifiedValues({ kind, compressibility, largestBytes, seed: spec.seed, nonce })
    this.#mayEvict = shared.mayEvict
    this.#listener = listener
  }

  /** How to follow a command; `undefined` for one that has nothing to do with values. */
  follow(template: Template): Following | undefined {
    const command = followedCommand(template)
    if (command === undefined) return undefined
    return {
      begin: () => {
        const call = this.#free.pop() ?? new FollowedCall(this.#registers, (done) => this.#settle(done))
        call.command = command
        this.#current = call
        return call
      },
      onKey: (keys) => {
        const range = this.#rangeOf(keys)
        return range === undefined ? undefined : (index) => this.#touch(command, range.firstRegister + index)
      },
      values: this.#valuesOf((register, sizeBytes) =>
        this.#values.compose(register, this.#current!.addWrite(register, false), sizeBytes),
      ),
    }
  }

  /** How to fill keys before the load, with the first value of each; `undefined` for keys that hold no values. */
  filling(keys: KeyRange): Pick<Following, 'onKey' | 'values'> | undefined {
    const range = this.#rangeOf(keys)
    if (range === undefined) return undefined
    return {
      onKey: () => (index) => {
        this.#register = range.firstRegister + index
      },
      values: this.#valuesOf((register, sizeBytes) =>
        this.#values.compose(register, this.#registers.fill(register), sizeBytes),
      ),
    }
  }

  /** Whether values of any of the keys are verified. */
  covers(keys: readonly NamedKeys[]): boolean {
    return keys.some((named) => named !== undefined && this.#rangeOf(named) !== undefined)
  }

  #rangeOf(keys: KeyRange | string): VerifiedRange | undefined {
    return this.#ranges.get(idOf(namedRange(keys)))
  }

  #valuesOf(compose: (register: number, sizeBytes: number) => string): Kit['values'] {
    return (draw: Draw, sizes = this.#spec.values.size): ValueSource => {
      const nextSize = sizeDraw(parseValueSizes(sizes) ?? [], draw.random)
      const nextText = (): string => compose(this.#register, nextSize())
      return {
        nextText,
        nextBulk() {
          const text = nextText()
          return `$${text.length}\r\n${text}\r\n`
        },
      }
    }
  }

  #touch({ reads, writes }: FollowedCommand, register: number): void {
    const call = this.#current!
    if (reads !== 'nothing') call.addRead(register)
    if (writes === 'removals') call.addWrite(register, true)
    this.#register = register
  }

  #settle(call: FollowedCall): void {
    if (call.isAnswered) {
      const { reads } = call.command
      const replies = reads === 'each' && Array.isArray(call.reply) ? (call.reply as unknown[]) : [call.reply]
      for (let index = 0; index < call.reads; index++)
        this.#judge(call.registers[index]!, call.floors[index]!, replies[index])
    }
    this.#free.push(call)
  }

  /** `floor` is that of the register before the read was sent. */
  #judge(register: number, floor: number, value: unknown): void {
    if (value === null || value === undefined) this.#judgeNothing(register, floor)
    else this.#judgeValue(register, floor, value)
  }

  #judgeNothing(register: number, floor: number): void {
    const registers = this.#registers
    if (registers.mayBeRemoved(register, floor)) this.#listener.judged('ok')
    else if (this.#mayEvict || this.#rangeAt(register).expires || registers.mayBeRemovedLate(register))
      this.#listener.judged('unjudged')
    else this.#find('missing', register, floor, 'nothing')
  }

  #judgeValue(register: number, floor: number, value: unknown): void {
    const registers = this.#registers
    const found = Buffer.isBuffer(value) ? this.#values.examine(value, register) : NOT_OURS
    if (found < 0) {
      // Before the first value of ours nobody knows what was there.
      if (found === NOT_OURS && floor === 0) this.#listener.judged('unjudged')
      else this.#find('wrong', register, floor, this.#describe(found, value as Buffer))
      return
    }
    const sequence = found | 0
    if (!registers.wasIssued(register, sequence))
      this.#find('wrong', register, floor, `sequence ${found}, which was not written yet`)
    else if (!isBelow(sequence, floor)) this.#listener.judged('ok')
    else if (registers.mayComeLate(register, sequence)) this.#listener.judged('unjudged')
    else this.#find('stale', register, floor, `sequence ${found}`)
  }

  #find(verdict: 'wrong' | 'stale' | 'missing', register: number, floor: number, got: string): void {
    this.#listener.judged(verdict)
    this.#listener.found(verdict, this.#nameOf(register), floor >>> 0, got)
  }

  #describe(found: number, value: Buffer): string {
    if (found === NOT_OURS) return 'a value that is none of this run'
    if (found !== OF_ANOTHER_KEY) return 'a value that is damaged'
    const owner = this.#values.ownerOf(value)
    return `a value of ${owner < this.#keys.count ? this.#nameOf(owner) : 'another key'}`
  }

  #rangeAt(register: number): VerifiedRange {
    return this.#keys.ranges.findLast(({ firstRegister }) => firstRegister <= register)!
  }

  #nameOf(register: number): string {
    const range = this.#rangeAt(register)
    return range.isSingle ? range.before : keyName(range, register - range.firstRegister)
  }
}

/** What one call reads and writes. Used again once it is settled. */
class FollowedCall implements CallTracker, ReplyReader {
  command!: FollowedCommand
  readonly registers: number[] = []
  readonly floors: number[] = []
  reads = 0
  isAnswered = false
  reply: unknown = undefined
  readonly #registers: Registers
  readonly #done: (call: FollowedCall) => void
  readonly #writes: Write[] = []
  #written = 0

  constructor(registers: Registers, done: (call: FollowedCall) => void) {
    this.#registers = registers
    this.#done = done
  }

  read(reply: unknown): void {
    this.reply = reply
  }

  addRead(register: number): void {
    this.registers[this.reads] = register
    this.floors[this.reads++] = this.#registers.floorOf(register)
  }

  /** Issues a write of a key, or a removal; returns its sequence. */
  addWrite(register: number, isRemoval: boolean): number {
    const write = (this.#writes[this.#written++] ??= {
      register: 0,
      sequence: 0,
      isRemoval: false,
      floor: 0,
      lastRemoval: 0,
    })
    this.#registers.begin(write, register, isRemoval)
    return write.sequence
  }

  settled(call: Call, outcome: Outcome): void {
    this.isAnswered = outcome === OK
    const settlement = {
      applied: this.isAnswered && this.command.applied(this.reply),
      mayComeLate: outcome === INDETERMINATE || call.writes > 1,
    }
    const written = this.#written
    for (let index = 0; index < written; index++) this.#registers.settle(this.#writes[index]!, settlement)
    this.#written = 0
    this.#done(this)
    this.reads = 0
    this.reply = undefined
  }
}
