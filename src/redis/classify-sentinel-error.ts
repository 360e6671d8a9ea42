import type { SentinelFailure } from '../model/sentinel-failures.ts'

const REFUSED = /^failed to connect to sentinel \S+ because (?:NOAUTH|WRONGPASS|NOPERM|DENIED)\b/
const NO_SERVER =
  /^connected to sentinel \S+ successfully, but got an invalid reply|^failed to connect to sentinel \S+ because ERR No such master/

/** Of ioredis' event `sentinelError` only the text says what happened, and it is made of fixed parts. */
export function classifySentinelError({ message }: Error): SentinelFailure {
  if (NO_SERVER.test(message)) return 'sentinel_no_server'
  return REFUSED.test(message) ? 'sentinel_refused' : 'sentinel_unreachable'
}
