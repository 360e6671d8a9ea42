import { openDeployment } from '../../../src/app/deployment.ts'
import { faultTargetOf } from '../../../src/app/fault-target.ts'
import { parseLiveFault } from '../../../src/config/live-fault.ts'
import { FaultInjector, type PlannedFault } from '../../../src/faults/fault-injector.ts'
import type { Deployment } from '../../../src/model/deployment.ts'
import { createRandom } from '../../../src/model/random.ts'
import type { FaultResult } from '../../../src/model/fault-result.ts'
import { planOf } from '../../support/plan.ts'

export interface FaultBench {
  readonly deployment: Deployment
  readonly planned: readonly PlannedFault[]
  readonly injector: FaultInjector
  /** As `redis-test fault` asks for it; resolves when it is over. `onBegun` is called while it lasts. */
  inject(fault: Readonly<Record<string, unknown>>, onBegun?: () => void): Promise<FaultResult>
  /** Resolves when it has begun; `end` takes it back. */
  begin(fault: Readonly<Record<string, unknown>>): Promise<{ end(): Promise<FaultResult> }>
  close(): void
}

/** Causes faults in real servers, without a load. */
export function openFaultBench(
  flags: Readonly<Record<string, string>>,
  password: string | null = null,
): FaultBench {
  const { plan, secrets } = planOf({
    'safety.allow_dangerous': true,
    ...flags,
    ...(password === null ? {} : { 'target.password': password }),
  })
  const deployment = openDeployment(plan, secrets)
  const planned: PlannedFault[] = []
  const injector = new FaultInjector({
    target: faultTargetOf({
      plan,
      secrets,
      deployment,
      embedded: undefined,
      proxy: { url: plan.proxy.url, isOurs: false },
      loadAddresses: null,
      threads: { cut: () => Promise.resolve(0) },
    }),
    now: () => Date.now(),
    onPlanned: (one) => planned.push(one),
    onBegun() {},
    onEnded() {},
  })
  const inject: FaultBench['inject'] = (fault, onBegun = () => {}) =>
    injector.inject({
      plan: parseLiveFault(fault),
      origin: 'live',
      plannedAtMillis: Date.now(),
      random: createRandom(1),
      onBegun,
    })
  return {
    deployment,
    planned,
    injector,
    inject,
    async begin(fault) {
      let flow: Promise<FaultResult> | undefined
      await new Promise<void>((resolve, reject) => {
        flow = inject({ for: '5m', ...fault }, resolve)
        flow.then(({ error }) => reject(new Error(error ?? 'it did not begin')), reject)
      })
      return {
        async end() {
          await injector.endAll(10_000)
          return await flow!
        },
      }
    },
    close: () => deployment.close(),
  }
}
