import { expect, it } from 'vitest'
import { ERROR_CODES } from '../../src/model/error-codes.ts'
import { startHostileLoad } from '../support/hostile-load.ts'
import { hostileReply, startHostileServer } from '../support/hostile-replies.ts'

const REPLIES = 600
const CODES = new Set(ERROR_CODES.map(({ code }) => code))

/** A few of those of test/long/hostile-replies.test.ts. */
it(`${REPLIES} hostile replies: every command settles with a code that is known`, async () => {
  let index = 0
  const server = await startHostileServer(() => hostileReply(7, index++))
  const load = startHostileLoad(server.port, 3)
  try {
    await server.until(REPLIES, 5000)
    await load.until(load.sent(), 5000)
  } finally {
    load.stop()
    await server.close()
  }
  expect([...load.settled.keys()].filter((key) => !CODES.has(key.split(' ')[1]!))).toEqual([])
  expect(load.losses().get('protocol')).toBeGreaterThan(REPLIES / 10)
})
