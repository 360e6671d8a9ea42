import type { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { type BulkProgress, writeInBulk } from '../../src/redis/bulk-writer.ts'
import type { PipelineSink, WireCommand } from '../../src/redis/ioredis-internals.ts'

/** A client that answers each write as a whole, on a later turn; `answer` may give an error for one of its commands. */
function createClient(answer: (request: string) => Error | undefined = () => undefined): {
  redis: Redis
  writes: number[]
} {
  const writes: number[] = []
  let waiting: { command: WireCommand; request: string }[] = []
  const redis = {
    sendCommand(command: WireCommand, sink: PipelineSink) {
      const request = command.toWritable(undefined)
      waiting.push({ command, request })
      sink.write(request)
    },
    stream: {
      write() {
        const written = waiting
        waiting = []
        writes.push(written.length)
        setImmediate(() => {
          for (const { command, request } of written) {
            const error = answer(request)
            if (error === undefined) command.resolve('OK')
            else command.reject(error)
          }
        })
      },
    },
  }
  return { redis: redis as unknown as Redis, writes }
}

function requests(count: number, bytes: number): () => string | undefined {
  let made = 0
  return () => (made++ < count ? 'x'.repeat(bytes) : undefined)
}

const nothing = (): BulkProgress => ({ written: 0, failed: 0, firstError: undefined })

describe('writeInBulk', () => {
  it('sends everything, five hundred requests at a time', async () => {
    const { redis, writes } = createClient()
    const progress = nothing()
    await writeInBulk({ connectionFor: () => redis }, requests(1200, 10), progress)
    expect(progress).toEqual({ written: 1200, failed: 0, firstError: undefined })
    expect(writes).toEqual([500, 500, 200])
  })

  it('puts no more than a few megabytes into one write', async () => {
    const { redis, writes } = createClient()
    const progress = nothing()
    await writeInBulk({ connectionFor: () => redis }, requests(20, 1_048_576), progress)
    expect(progress.written).toBe(20)
    expect(writes).toEqual([4, 4, 4, 4, 4])
  })

  it('goes on no further after an error', async () => {
    const { redis, writes } = createClient(() => new Error('OOM'))
    const progress = nothing()
    await writeInBulk({ connectionFor: () => redis }, requests(5000, 10), progress)
    expect(progress).toEqual({ written: 0, failed: 1000, firstError: new Error('OOM') })
    expect(writes).toEqual([500, 500])
  })
})
