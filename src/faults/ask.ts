import type { FaultTarget } from '../model/fault.ts'
import { selectNodes } from '../model/node-selector.ts'
import type { FaultPlan } from '../model/fault-plan.ts'
import type { Random } from '../model/random.ts'

/** How long a server may take for an answer. */
export const LIMIT_MILLIS = 5000

/** Addresses of the servers that a fault acts on; rejects when there is none, or one that it may not act on. */
export async function chooseNodes(target: FaultTarget, plan: FaultPlan, random: Random): Promise<string[]> {
  const nodes = await target.deployment.nodes(LIMIT_MILLIS)
  return selectNodes(plan.on ?? 'all', nodes, random).map(({ address }) => address)
}

/** Fields of an answer that is a list of names and values, a map, or an object, as the protocol has it. */
export function fieldsOf(answer: unknown): Map<string, unknown> {
  if (answer instanceof Map)
    return new Map([...(answer as Map<unknown, unknown>)].map(([name, value]) => [String(name), value]))
  if (!Array.isArray(answer)) return new Map(Object.entries((answer ?? {}) as Record<string, unknown>))
  const list = answer as readonly unknown[]
  return new Map(
    Array.from({ length: Math.floor(list.length / 2) }, (_, index) => [
      String(list[2 * index]),
      list[2 * index + 1],
    ]),
  )
}

/** Waits; less when the signal comes. */
export function pause(millis: number, over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over?.aborted === true) {
      resolve()
      return
    }
    const done = (): void => {
      clearTimeout(timer)
      over?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, millis)
    over?.addEventListener('abort', done)
  })
}

/** Asks again and again until the answer is not `undefined`; rejects when it is too late. */
export async function waitUntil<Value>(
  what: string,
  limitMillis: number,
  ask: () => Promise<Value | undefined>,
  over?: AbortSignal,
): Promise<Value> {
  const deadline = performance.now() + limitMillis
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
    if (performance.now() > deadline || over?.aborted === true)
      throw new Error(`not within ${limitMillis} ms: ${what}`)
    await pause(50, over)
  }
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}
