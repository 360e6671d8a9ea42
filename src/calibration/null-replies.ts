/** What the responder answers, by what the client expects of each command. Everything else gets the integer 1. */
const OK_COMMANDS =
  'SET SETEX PSETEX MSET HMSET LSET LTRIM RENAME SELECT AUTH CLIENT READONLY WATCH UNWATCH XGROUP PFMERGE CONFIG FLUSHDB FLUSHALL SCRIPT FUNCTION JSON.SET'
const BULK_COMMANDS =
  'GET GETSET GETEX GETDEL GETRANGE HGET LPOP RPOP LINDEX LMOVE RPOPLPUSH SPOP SRANDMEMBER RANDOMKEY ECHO DUMP JSON.GET'
const NUMBER_COMMANDS = 'INCRBYFLOAT HINCRBYFLOAT ZSCORE ZINCRBY'
const EMPTY_COMMANDS =
  'HGETALL HKEYS HVALS SMEMBERS SINTER SUNION SDIFF LRANGE ZRANGE ZRANGEBYSCORE ZREVRANGE ZRANGEBYLEX ZPOPMIN ZPOPMAX KEYS SORT XRANGE XREVRANGE XREADGROUP XREAD XPENDING GEOSEARCH GEOPOS EVAL EVALSHA FCALL'
const PER_KEY_COMMANDS = 'MGET HMGET ZMSCORE SMISMEMBER'

const VALUE_BYTE = 'x'

/** The bytes of a reply, given how many arguments follow the name of the command. */
export interface Reply {
  (args: number): string
}

/** Replies by upper-case name. `valueBytes` is the length of what GET and its like give. */
export function nullReplies(valueBytes: number): ReadonlyMap<string, Reply> {
  const value = `$${valueBytes}\r\n${VALUE_BYTE.repeat(valueBytes)}\r\n`
  const always = (text: string): Reply => {
    return () => text
  }
  const replies = new Map<string, Reply>([
    ['PING', always('+PONG\r\n')],
    ['XADD', always('$3\r\n1-0\r\n')],
    ['SCAN', always('*2\r\n$1\r\n0\r\n*0\r\n')],
    // Whoever asks what commands there are is told that nobody may ask.
    ['COMMAND', always('-NOPERM this responder knows no commands\r\n')],
    ['ACL', always('-NOPERM this responder knows no users\r\n')],
    ['CLUSTER', always('-ERR This instance has cluster support disabled\r\n')],
  ])
  const add = (names: string, reply: Reply): void => {
    for (const name of names.split(' ')) replies.set(name, reply)
  }
  add(OK_COMMANDS, always('+OK\r\n'))
  add(BULK_COMMANDS, always(value))
  add(NUMBER_COMMANDS, always('$1\r\n1\r\n'))
  add(EMPTY_COMMANDS, always('*0\r\n'))
  add(PER_KEY_COMMANDS, (args) => `*${args}\r\n${'$-1\r\n'.repeat(args)}`)
  return replies
}

export const ONE = ':1\r\n'
export const QUEUED = '+QUEUED\r\n'

/** The answer to HELLO in both versions of RESP, as short as clients take it. */
export function helloReply(version: 2 | 3): string {
  const fields = ['server', 'redis', 'version', '7.0.0', 'mode', 'standalone', 'role', 'master']
  const bulk = fields.map((field) => `$${field.length}\r\n${field}\r\n`)
  const proto = `$5\r\nproto\r\n:${version}\r\n`
  return version === 3 ? `%5\r\n${proto}${bulk.join('')}` : `*10\r\n${proto}${bulk.join('')}`
}
