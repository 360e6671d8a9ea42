import { describe, expect, it } from 'vitest'
import { classifySentinelError } from '../../src/redis/classify-sentinel-error.ts'

describe('classifySentinelError', () => {
  it.each([
    ['failed to connect to sentinel 10.0.0.1:26379 because Connection is closed.', 'sentinel_unreachable'],
    ['failed to connect to sentinel a.test:26379 because Command timed out', 'sentinel_unreachable'],
    ['failed to connect to sentinel a:1 because NOAUTH HELLO must be called with …', 'sentinel_refused'],
    [
      'failed to connect to sentinel a:1 because WRONGPASS invalid username-password pair',
      'sentinel_refused',
    ],
    ['failed to connect to sentinel a:1 because NOPERM this user has no permissions', 'sentinel_refused'],
    ['failed to connect to sentinel a:1 because ERR No such master with that name', 'sentinel_no_server'],
    ['connected to sentinel a:1 successfully, but got an invalid reply: null', 'sentinel_no_server'],
  ])('takes "%s" for %s', (message, failure) => {
    expect(classifySentinelError(new Error(message))).toBe(failure)
  })
})
