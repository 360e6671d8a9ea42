import type { Redis } from 'ioredis'
import type { BulkClient } from './bulk-client.ts'
import { type PipelineSink, sendWireCommand, socketOf } from './ioredis-internals.ts'
import { PlainCommand } from './plain-command.ts'

const COMMANDS_PER_WRITE = 500
const BYTES_PER_WRITE = 4_194_304

export interface BulkProgress {
  written: number
  failed: number
  /** Of the first request that failed. */
  firstError: Error | undefined
}

/**
 * Sends requests as fast as the server takes them: the next write begins when the one before last is answered. One object
 * stands for all of its commands, so that a request costs little more than its text.
 */
export async function writeInBulk(
  client: Pick<BulkClient, 'connectionFor'>,
  next: () => string | undefined,
  progress: BulkProgress,
): Promise<void> {
  await Promise.all([writeBatches(client, next, progress), writeBatches(client, next, progress)])
}

async function writeBatches(
  client: Pick<BulkClient, 'connectionFor'>,
  next: () => string | undefined,
  progress: BulkProgress,
): Promise<void> {
  for (;;) {
    const requests = takeRequests(next)
    if (requests.length === 0) return
    const byConnection = new Map<Redis, string[]>()
    for (const request of requests) {
      const redis = client.connectionFor(request)
      const own = byConnection.get(redis)
      if (own === undefined) byConnection.set(redis, [request])
      else own.push(request)
    }
    await Promise.all([...byConnection].map(([redis, own]) => writeAtOnce(redis, own, progress)))
    // What does not fit, or is not allowed, will not be later.
    if (progress.firstError !== undefined) return
  }
}

/** As many as one write is to hold: not too many, and not too much. */
function takeRequests(next: () => string | undefined): string[] {
  const requests: string[] = []
  let bytes = 0
  while (requests.length < COMMANDS_PER_WRITE && bytes < BYTES_PER_WRITE) {
    const request = next()
    if (request === undefined) break
    requests.push(request)
    bytes += request.length
  }
  return requests
}

/** Resolves when all are answered. */
function writeAtOnce(redis: Redis, requests: readonly string[], progress: BulkProgress): Promise<void> {
  return new Promise((resolve) => {
    let made = 0
    let left = requests.length
    const countDown = (): void => {
      if (--left === 0) resolve()
    }
    const command = new PlainCommand({
      name: 'set',
      inTransaction: false,
      pipelineIndex: undefined,
      request: () => requests[made++]!,
      onReply() {
        progress.written++
        countDown()
      },
      onError(error) {
        progress.failed++
        progress.firstError ??= error
        countDown()
      },
    })
    let text = ''
    const sink: PipelineSink = {
      isPipeline: true,
      destination: { redis },
      write(part) {
        text += part
      },
    }
    for (let index = 0, count = requests.length; index < count; index++) sendWireCommand(redis, command, sink)
    if (text !== '') socketOf(redis)?.write(text, 'latin1')
  })
}
