import type { ThreadData } from '../model/thread-message.ts'
import { deriveSeed } from '../model/random.ts'
import { Verifier } from '../workload/verification/verifier.ts'
import type { LaneParts } from './load-lanes.ts'
import { workloadSpecOf } from './run-plan-parts.ts'

/** Judges what this load thread reads; `undefined` when values are not verified. */
export function createVerifier(
  { plan, anchor, verification }: ThreadData,
  { clock, time, ledger, outbox }: Pick<LaneParts, 'clock' | 'time' | 'ledger' | 'outbox'>,
): Verifier | undefined {
  if (verification === null) return undefined
  return new Verifier(workloadSpecOf(plan), {
    shared: verification,
    // Two starts of a run that is named alike began at different times.
    nonce: deriveSeed(anchor.epochMillis % 2 ** 32, Math.floor((anchor.monotonicMillis % 1e6) * 1000)),
    listener: {
      judged: (verdict) => ledger.count(`verify_${verdict}`, 1),
      found(verdict, key, atLeast, got) {
        if (!outbox.wantsFindings) return
        outbox.finding({ verdict, key, at_least: atLeast, got, at_ms: time.toEpochMillis(clock.now()) })
      },
    },
  })
}
