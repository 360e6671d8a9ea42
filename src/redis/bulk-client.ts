import { Redis } from 'ioredis'
import { type ClientSpec, controlClientOptions } from './client-options.ts'

/** A connection for writing a lot at once; it does not come back when it is lost. Rejects when there is none. */
export async function openBulkClient(spec: ClientSpec): Promise<Redis> {
  const redis = new Redis(controlClientOptions(spec))
  // What goes wrong arrives with the commands.
  redis.on('error', () => {})
  await redis.connect()
  return redis
}
