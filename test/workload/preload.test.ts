import { describe, expect, it } from 'vitest'
import type { KeysPlan, OperationPlan } from '../../src/model/plan.ts'
import type { WorkloadSpec } from '../../src/workload/build-workload.ts'
import { preloadRequests } from '../../src/workload/preload.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'
import { parseRequest } from '../support/resp.ts'

const { plan } = planOf({ 'values.size': '10' })

function specOf(operations: readonly OperationPlan[], keys: Partial<KeysPlan> = {}): WorkloadSpec {
  return {
    ...plan,
    operations,
    keys: { ...plan.keys, count: 20, preload: 1, ...keys },
    keyPrefix: 'p',
    seed: 1,
  }
}

function requestsOf(spec: WorkloadSpec, turn = { thread: 0, threads: 1 }): string[][] {
  const { next } = preloadRequests(spec, turn)
  const found: string[][] = []
  for (let request = next(); request !== undefined; request = next()) found.push(parseRequest(request))
  return found
}

describe('preloadRequests', () => {
  it('fills every key that is read, once, with what its type wants', () => {
    const spec = specOf([operationOf('GET'), operationOf('ZRANGE'), operationOf('PING'), operationOf('XADD')])
    const requests = requestsOf(spec)
    expect(requests).toHaveLength(40)
    expect(preloadRequests(spec, { thread: 0, threads: 1 }).expected).toBe(40)
    expect(requests.slice(0, 20).map(([name, key]) => `${name} ${key}`)).toEqual(
      Array.from({ length: 20 }, (_, index) => `SET p:s:${index}`),
    )
    expect(requests[20]!.slice(0, 2)).toEqual(['ZADD', 'p:z:0'])
    expect(requests[20]).toHaveLength(2 + 2 * 50)
    expect(requests[20]!.filter((word) => word.startsWith('m:'))).toEqual(
      Array.from({ length: 50 }, (_, index) => `m:${index}`),
    )
  })

  it('shares the keys out over the threads, the same ones for any number of them', () => {
    const spec = specOf([operationOf('GET')], { preload: 0.7, count: 1000 })
    const alone = requestsOf(spec)
    expect(alone.length).toBeGreaterThan(650)
    expect(alone.length).toBeLessThan(750)
    const shares = [0, 1, 2].map((thread) => requestsOf(spec, { thread, threads: 3 }))
    const byKey = (a: string[], b: string[]): number => a[1]!.localeCompare(b[1]!)
    expect(shares.flat().toSorted(byKey)).toEqual(alone.toSorted(byKey))
  })

  it('fills the first keys where the latest are read most', () => {
    const spec = specOf([operationOf('GET')], { preload: 0.5, distribution: 'latest' })
    expect(requestsOf(spec).map(([, key]) => key)).toEqual(
      Array.from({ length: 10 }, (_, index) => `p:s:${index}`),
    )
  })

  it('gives values the time to live of the plan', () => {
    const [request] = requestsOf(specOf([operationOf('GET')], { ttl: { min_ms: 5000, max_ms: 5000 } }))
    expect(request).toEqual(['SET', 'p:s:0', expect.stringMatching(/^[\w-]{10}$/), 'PX', '5000'])
  })
})
