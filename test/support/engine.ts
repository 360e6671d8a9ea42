import { Dispatcher } from '../../src/engine/dispatcher.ts'
import { KeepGate } from '../../src/engine/keep-gate.ts'
import type { LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import type { LedgerWriter } from '../../src/model/ledger.ts'
import type { MaintenanceGuard, Unit } from '../../src/model/call.ts'
import { createRandom } from '../../src/model/random.ts'
import { fakeWorkload, FakeConnection } from './call.ts'
import { FakeClock } from './fake-clock.ts'
import { createLedger } from './ledger.ts'

export interface EngineParts {
  readonly clock: FakeClock
  readonly ledger: LedgerWriter
  readonly read: () => LedgerSnapshot
  readonly workload: ReturnType<typeof fakeWorkload>
  readonly dispatcher: Dispatcher
  readonly connections: FakeConnection[]
}

/** A real dispatcher and a real ledger over connections that the test answers, in time that the test moves. */
export function createEngineParts(
  options: {
    readonly connections?: number
    readonly unit?: Unit
    readonly hasDueInstants?: boolean
    readonly commandTimeoutMillis?: number
    readonly maintenance?: MaintenanceGuard
  } = {},
): EngineParts {
  const clock = new FakeClock(1000)
  const { ledger, read } = createLedger(
    options.unit === undefined || options.unit.kind === 'single'
      ? undefined
      : [
          { operation: 'GET', shape: options.unit.kind },
          { operation: 'PIPELINE', shape: 'batch' },
        ],
  )
  const workload = fakeWorkload(options.unit)
  const keepGate = new KeepGate(
    { sampleRatio: 0, maxPerSecond: 0, slowMillis: 1e9, slowestOfEach: 1 },
    createRandom(1),
    ledger,
    16,
  )
  const dispatcher = new Dispatcher(
    { clock, ledger, workload, keepGate, maintenance: options.maintenance },
    {
      commandTimeoutMillis: options.commandTimeoutMillis ?? 5000,
      hasDueInstants: options.hasDueInstants ?? true,
    },
  )
  const connections = Array.from(
    { length: options.connections ?? 2 },
    (_, index) => new FakeConnection(index, () => dispatcher),
  )
  return { clock, ledger, read, workload, dispatcher, connections }
}
