import type { Redis } from 'ioredis'
import type { AckedWritesResult, RunResult } from '../../../src/model/result.ts'

/** Lists of audit writes, by key, as somebody else reads them. */
export type ReadLists = ReadonlyMap<string, readonly string[]>

export async function readLists(client: Redis): Promise<ReadLists> {
  const keys = (await client.keys('*:acked:*')).toSorted()
  const lists = await Promise.all(keys.map((key) => client.lrange(key, 0, -1)))
  return new Map(keys.map((key, index) => [key, lists[index]!]))
}

export function elementCount(lists: ReadLists): number {
  return [...lists.values()].reduce((sum, { length }) => sum + length, 0)
}

export function distinctCount(lists: ReadLists): number {
  return [...lists.values()].reduce((sum, elements) => sum + new Set(elements).size, 0)
}

export function acked({ acked_writes: result }: RunResult): AckedWritesResult {
  if (result === null) throw new Error('no audit writes')
  return result
}
