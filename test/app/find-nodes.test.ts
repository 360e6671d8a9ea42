import { describe, expect, it } from 'vitest'
import { findNodes } from '../../src/app/find-nodes.ts'
import { planOf } from '../support/plan.ts'

const NODES = 'a1 127.0.0.1:7001@17001 myself,master - 0 0 1 connected 0-16383\n'
const { target } = planOf({ 'target.topology': 'cluster' }).plan

function ask(
  answers: Readonly<Record<string, () => Promise<unknown>>>,
  limitMillis = 1000,
): { asked: string[]; nodes: ReturnType<typeof findNodes> } {
  const asked: string[] = []
  const call = (address: string): Promise<unknown> => {
    asked.push(address)
    return answers[address]!()
  }
  const entrances = Object.keys(answers)
  return { asked, nodes: findNodes({ target, entrances, call, known: () => [] }, limitMillis) }
}

const never = (): Promise<unknown> => new Promise(() => {})
const refused = (): Promise<unknown> => Promise.reject(new Error('refused'))
const answers = (): Promise<unknown> => Promise.resolve(NODES)

describe('the nodes of a Cluster', () => {
  it('are told by the first that answers, and nobody else is asked', async () => {
    const { asked, nodes } = ask({ a: answers, b: answers })
    expect(await nodes).toMatchObject([{ address: '127.0.0.1:7001', slots: [[0, 16_383]] }])
    expect(asked).toEqual(['a'])
  })

  it('are told by the next one when one fails, or says nothing', async () => {
    expect(await ask({ a: refused, b: answers }).nodes).toHaveLength(1)
    const frozen = ask({ a: never, b: refused, c: answers }, 60)
    expect(await frozen.nodes).toHaveLength(1)
    expect(frozen.asked).toEqual(['a', 'b', 'c'])
  })

  it('are not known when nobody tells', async () => {
    await expect(ask({ a: refused, b: refused }).nodes).rejects.toThrow('refused')
  })
})
